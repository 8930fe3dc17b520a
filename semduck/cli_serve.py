"""`semduck serve-model`: one of our engines as an OpenAI-compatible server."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from semduck.cli_options import PATH, collect, model_options
from semduck.exits import ExitCode, Problem, emit, note

if TYPE_CHECKING:
    from semduck.duck.engine import Engine
    from semduck.duck.serving import ModelServer


@click.command("serve-model")
@model_options
@click.option("--config", type=PATH, metavar="FILE", help="Use this config file, not the user's.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="HOST", help="Where to listen.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any that is free."
)
@click.option("--ask-key", metavar="NAME", help="Askers must show the key in this environment variable.")
@click.pass_context
def serve_model(ctx: click.Context, /, host: str, port: int, ask_key: str | None, **_options: Any) -> int:
    """Load a model here and answer other programs, one question at a time, until ctrl+c.

    Prints the address for --url. Speaks /v1/models, /v1/completions, /v1/chat/completions.
    """
    settings = collect(ctx).settings(Path.cwd())
    key = os.environ.get(ask_key, "") if ask_key else ""
    if ask_key and not key:
        raise Problem(f"the environment variable {ask_key} is empty", "put a key into it")
    from semduck.duck.choose import choose
    from semduck.duck.engine import EngineError
    from semduck.wanted import wanted

    try:
        choice = choose(wanted(settings))
        if choice.spec is None:
            raise EngineError("there is no model to serve; name one with --model, see semduck models list")
        engine = choice.spec.make()
        note(f"semduck: loading {choice.why}")
        engine.load()
    except EngineError as error:
        raise Problem(str(error), code=ExitCode.NO_MODEL) from error
    return _serve(engine, host, port, key)


def _serve(engine: Engine, host: str, port: int, key: str) -> ExitCode:
    from semduck.duck.serving import ModelServer

    try:
        server = ModelServer(engine, host, port, key)
    except (OSError, OverflowError) as error:
        raise Problem(
            f"cannot listen on {host} port {port}: {error}", "choose another with --port"
        ) from error
    for line in engine.about.notes:
        note(f"semduck: {line}")
    if not key and host not in ("127.0.0.1", "::1", "localhost"):
        note("semduck: anyone who reaches this machine can ask; --ask-key NAME wants a key")
    note(f"semduck: {engine.about.line or engine.about.name} answers at the address below; ctrl+c ends it")
    emit(f"{server.url}\n")
    return _until_stopped(server)


def _until_stopped(server: ModelServer) -> ExitCode:
    """Answer in threads; wait here for ctrl+c."""
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(0.5)
    except KeyboardInterrupt:
        note("semduck: stopped")
    finally:
        server.engine.cancel()
        server.shutdown()
        server.server_close()
    return ExitCode.FINE


COMMANDS = (serve_model,)
