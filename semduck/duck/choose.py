"""Which engine to use, and why, in one sentence. No network, and no model library is loaded here."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from semduck.duck import address, catalogue, weights
from semduck.duck.engine import EngineError, EngineSpec

ENGINES = ("auto", "narrator", "scripted", "transformers", "openai")
QUANTIZATIONS = ("auto", "none", "bf16", "int8", "nf4")
TRANSFORMERS = "semduck.duck.engines.transformers:Transformers"
SERVER = "semduck.duck.engines.openai:OpenAI"
SCRIPTED = "semduck.duck.engines.scripted:Scripted"
MEANWHILE = "the narrator speaks meanwhile"
INSTALL = "pip install 'semduck[semcoder]'"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What settings and options ask for. engine: of ENGINES, or "scripted:FILE". model: folder or hub id."""

    engine: str = "auto"
    model: str = ""
    quantize: str = "auto"
    device: str = "auto"
    url: str = ""
    key_variable: str = "OPENAI_API_KEY"


@dataclass(frozen=True, slots=True)
class Choice:
    """spec: None means the narrator alone. why: one line for the user. lacking: it is a makeshift."""

    spec: EngineSpec | None
    why: str
    lacking: bool = False


def choose(wanted: Wanted) -> Choice:
    """The engine that is asked for. Raises EngineError (one line) when it is unknown or cannot work."""
    kind, _, file = wanted.engine.partition(":")
    if kind not in ENGINES or (file and kind != "scripted"):
        near = difflib.get_close_matches(kind, ENGINES, 1)
        hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(ENGINES[:-1])} and {ENGINES[-1]}"
        raise EngineError(f"no engine is called {wanted.engine!r}; {hint}")
    if kind == "narrator":
        return Choice(None, "the narrator: recorded facts in sentences, nothing is forecast")
    if kind == "scripted":
        spec = EngineSpec(SCRIPTED, {"file": file or "demo"})
        return Choice(spec, f"scripted answers from {file or 'the demo'}: no model")
    if kind == "openai" or (kind == "auto" and wanted.url):
        return _server(wanted)
    if kind == "transformers" or wanted.model:
        return _transformers(wanted)
    return Choice(None, f"the narrator, as no model is chosen; {_next_step()}")


def choose_or_narrate(wanted: Wanted) -> Choice:
    """The same, with the narrator in place of what cannot be had."""
    try:
        return choose(wanted)
    except EngineError as error:
        return Choice(None, f"{error}; {MEANWHILE}", lacking=True)


def has_extra() -> bool:
    """Are the libraries of the transformers engine installed? Looks for them without loading them."""
    return all(find_spec(name) is not None for name in ("torch", "transformers"))


def resolve(name: str) -> weights.Local:
    """The model `name` on this machine, whole. Raises EngineError saying how to get it."""
    known = None if weights.is_folder(name) else catalogue.find(weights.split(name)[0])
    if known is not None:
        name = "@".join(filter(None, (known.id, weights.split(name)[1])))
    found = weights.local(name)
    if found is None and weights.is_folder(name):
        raise EngineError(f"no folder {name}; --model takes a folder with a model or a name like {_first()}")
    pull = f"semduck models pull {weights.split(name)[0]}"
    if found is None:
        near = "" if known else catalogue.near(name)
        hint = f"did you mean {near}?" if near else f"fetch it with {pull}"
        raise EngineError(f"the model {name} is not on this machine; {hint}")
    if found.missing:
        rest = "" if weights.is_folder(name) else f"; {pull} fetches the rest"
        raise EngineError(f"the model {name} is not whole: {found.missing}{rest}")
    return found


def _server(wanted: Wanted) -> Choice:
    if not wanted.url:
        raise EngineError(f"the engine openai needs the address of a server; {address.EXAMPLE} after --url")
    url = address.base(wanted.url)
    options = {"url": url, "model": wanted.model, "key_variable": wanted.key_variable}
    return Choice(EngineSpec(SERVER, options), f"{wanted.model or 'the model'} at {address.origin(url)}")


def _transformers(wanted: Wanted) -> Choice:
    if not wanted.model:
        raise EngineError(f"the engine transformers needs a model; {_next_step()}")
    if wanted.quantize not in QUANTIZATIONS:
        raise EngineError(f"no quantization {wanted.quantize!r}; there is {', '.join(QUANTIZATIONS)}")
    found = resolve(wanted.model)
    if not has_extra():
        raise EngineError(f"{found.name} needs the extra semcoder (torch, transformers); {INSTALL}")
    if find_spec(TRANSFORMERS.partition(":")[0]) is None:
        raise EngineError("this version has no transformers engine; a server can be used with --url")
    return Choice(EngineSpec(TRANSFORMERS, _options(wanted, found)), f"{found.name} on this machine")


def _options(wanted: Wanted, found: weights.Local) -> Mapping[str, Any]:
    options = {"model": found.name, "quantize": wanted.quantize, "device": wanted.device}
    return {**options, "revision": found.revision} if found.revision else options


def _next_step() -> str:
    """How to get more than the narrator, by what is there already."""
    ours = next((known.id for known in catalogue.known() if weights.storage(known.id).is_dir()), "")
    if not has_extra():
        return f"get one with {INSTALL} and semduck models pull, or use a server with --url"
    return f"semduck models use {ours}" if ours else f"semduck models pull {_first()}, or --url for a server"


def _first() -> str:
    return catalogue.known()[0].id
