"""`semduck models`: what is there, fetch, choose, look at and delete models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from semduck import config, config_edit, locations, target_args
from semduck.cli_pull import confirmed, pull, remember
from semduck.exits import ExitCode, Problem, emit, note

if TYPE_CHECKING:
    from semduck.duck.catalogue import Known
    from semduck.duck.weights import Local


@click.group("models", short_help="List, fetch, choose and delete models.")
def models() -> None:
    """List, fetch, choose and delete models. Only `pull` uses the network."""


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def list_(as_json: bool) -> int:
    """Show which models are on this machine, which are known, and which is in use."""
    from semduck.duck import catalogue, weights
    from semduck.duck.models import Memory, here

    named = _settings().model_name
    found = here(Memory.load(locations.models()), named)
    ids = {local.name for local in found}
    others = [known for known in catalogue.known() if known.id not in ids]
    used = weights.local(named) if named else None
    if as_json:
        emit(json.dumps([*(_row(local, used) for local in found), *map(_offered, others)], indent=2) + "\n")
        return ExitCode.FINE
    emit(f"on this machine ({weights.hub_cache()})\n" if found else "no model is on this machine\n")
    for local in found:
        emit(_line(local, in_use=used is not None and used.folder == local.folder))
    emit("known\n" if others else "")
    for known in others:
        emit(f"  {known.id:<36} {_size(known.bytes):>8}  {known.about} ({_terms(known)})\n")
    return ExitCode.FINE


@models.command("show")
@click.argument("name")
def show(name: str) -> int:
    """Show what model NAME is, what it needs, and whether that is free now."""
    from semduck.duck import catalogue, weights
    from semduck.duck.models import Memory, facts, needs, parameters

    known = catalogue.find(weights.split(name)[0])
    local = weights.local(_full(name))
    if known is None and local is None:
        raise _unknown(name)
    memory = Memory.load(locations.models())
    licence = memory.licences.get(local.name, "") if local else ""
    rows = {"model": local.name if local else known.id if known else name}
    if local:
        rows |= {"folder": str(local.folder), "commit": local.revision, "on disk": _size(local.bytes)}
        rows |= {"state": local.missing or "whole", **facts(local.folder)}
    elif known:
        rows |= {"state": f"not on this machine; semduck models pull {known.id}"}
        rows |= {
            "download": f"about {_size(known.bytes)}",
            "parameters": f"{known.parameters / 1e9:.2f} billion",
        }
    rows |= {"licence": _terms(known) if known else licence or "unknown: see the model's page"}
    rows |= {"good for": known.about} if known else {}
    count = (parameters(local.folder) if local else 0) or (known.parameters if known else 0)
    for n, line in enumerate(needs(weights.config(local.folder) if local else {}, count)):
        rows["memory" if not n else " " * n] = line
    emit("".join(f"{label:<14} {text}\n" for label, text in rows.items() if text))
    return ExitCode.FINE


@models.command("use")
@click.argument("name")
def use(name: str) -> int:
    """Let model NAME speak from now on: a model on this machine, the address of a server, or narrator.

    Writes to your config file (semduck locate config); everything else in it stays as it is.
    """
    path = locations.config()
    if name == "narrator":
        values, said = {"engine": "narrator"}, "the narrator"
    elif "://" in name:
        values, said = _server(name)
    else:
        values, said = _model(name)
    config_edit.set_values(path, "model", values)
    note(f"semduck: {said} speaks from now on ({path})")
    settings = _settings()
    for key, value in values.items():
        if (in_force := getattr(settings, f"model_{key}")) != value:
            note(f"semduck: but here model.{key} is {in_force!r}, by a variable or the project's file")
    return ExitCode.FINE


@models.command("rm")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def rm(name: str, yes: bool) -> int:
    """Delete model NAME from the hub's cache, all revisions of it."""
    from semduck.duck import weights
    from semduck.duck.models import Memory, occupied, remove

    name = weights.split(_full(name))[0]
    if weights.is_folder(name) and not weights.storage(name).is_dir():
        raise Problem(f"{name} is a folder of yours, not of the hub's cache", "delete it yourself")
    if not weights.storage(name).is_dir():
        raise _unknown(name)
    if not confirmed(f"Delete {name}, {_size(occupied(name))}?", yes):
        return ExitCode.UNMET
    try:
        freed = remove(name)
    except OSError as error:
        raise Problem(f"cannot delete {name}: {error}", code=ExitCode.NO_MODEL) from error
    memory = Memory.load(locations.models())
    memory.pinned.pop(name, None)
    memory.licences.pop(name, None)
    remember(memory)
    note(f"semduck: {name} is deleted, {_size(freed)} are free again")
    if weights.split(_settings().model_name)[0] == name:
        note("semduck: it was in use; semduck models use NAME chooses another")
    return ExitCode.FINE


def _server(name: str) -> tuple[dict[str, str], str]:
    from semduck.duck import address
    from semduck.duck.engine import EngineError

    try:
        url = address.base(name)
    except EngineError as error:
        raise Problem(str(error)) from error
    return {"engine": "openai", "url": url, "name": ""}, f"the model at {address.origin(url)}"


def _model(name: str) -> tuple[dict[str, str], str]:
    """What goes into the config for a model on this machine. Raises Problem unless it is whole."""
    from semduck.duck import choose
    from semduck.duck.engine import EngineError
    from semduck.duck.models import Memory

    try:
        local = choose.resolve(name)
    except EngineError as error:
        raise Problem(str(error), code=ExitCode.NO_MODEL) from error
    if not local.revision:
        memory = Memory.load(locations.models())
        memory.folders = list(dict.fromkeys([*memory.folders, local.name]))
        remember(memory)
    if not choose.has_extra():
        note(f"semduck: it also needs the extra semcoder (torch, transformers); {choose.INSTALL}")
    pinned = f"{local.name}@{local.revision}" if local.revision else local.name
    return {"engine": "transformers", "name": pinned}, local.name


def _settings() -> config.Settings:
    return config.load(project=target_args.project_file(Path.cwd()))


def _full(name: str) -> str:
    """A name without its owner completed from the catalogue."""
    from semduck.duck import catalogue, weights

    first, revision = weights.split(name)
    known = None if weights.is_folder(name) else catalogue.find(first)
    return "@".join(filter(None, (known.id, revision))) if known else name


def _unknown(name: str) -> Problem:
    from semduck.duck import catalogue

    near = catalogue.near(name)
    hint = f"did you mean {near}?" if near not in ("", name) else "see semduck models list"
    return Problem(f"no model {name} on this machine", hint, code=ExitCode.NO_MODEL)


def _line(local: Local, *, in_use: bool) -> str:
    state = f"not whole: {local.missing}" if local.missing else "whole"
    commit = f"  {local.revision[:8]}" if local.revision else ""
    mark, used = ("*", "  in use") if in_use else (" ", "")
    return f"{mark} {local.name:<36} {_size(local.bytes):>8}  {state}{commit}{used}\n"


def _row(local: Local, used: Local | None) -> dict[str, Any]:
    return {
        "name": local.name,
        "folder": str(local.folder),
        "revision": local.revision,
        "bytes": local.bytes,
        "missing": local.missing,
        "in_use": used is not None and used.folder == local.folder,
        "here": True,
    }


def _offered(known: Known) -> dict[str, Any]:
    return {
        "name": known.id,
        "bytes": known.bytes,
        "licence": known.licence,
        "about": known.about,
        "here": False,
    }


def _terms(known: Known) -> str:
    return f"{known.licence}: {known.terms}" if known.terms else known.licence


def _size(amount: float) -> str:
    from semduck.duck.models import size

    return size(amount)


models.add_command(pull)
COMMANDS = (models,)
