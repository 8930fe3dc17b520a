"""What this machine and this configuration offer, and how to mend what is missing.

Nothing is loaded here that is slow: what only torch knows is asked in a process of its own.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from semduck import __version__, interpreter, locations, probing, target_args
from semduck.config import Settings
from semduck.duck import catalogue, choose, models, weights
from semduck.exits import Problem
from semduck.wanted import wanted

EXTRAS = {
    "semcoder": ("torch", "transformers", "accelerate", "bitsandbytes", "huggingface_hub"),
    "train": ("datasets", "peft", "trl"),
    "web": ("textual_serve",),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """ok: None where there is no good or bad. todo: what mends it, "" when there is nothing to do."""

    name: str
    value: str
    ok: bool | None = None
    todo: str = ""


def examine(settings: Settings, probed: Mapping[str, Any] | None = None) -> list[Fact]:
    """All facts. probed: what `probe` said; None where torch is not installed."""
    return [
        *_programs(settings),
        *_machine(probed),
        *_libraries(probed),
        *_models(settings),
        _sandbox(),
        _terminal(),
    ]


def to_json(facts: list[Fact]) -> str:
    """One object for each fact."""
    return json.dumps([asdict(fact) for fact in facts], indent=2) + "\n"


def to_text(facts: list[Fact]) -> str:
    """A line for each fact, and one below it where something can be done."""
    lines = []
    for fact in facts:
        lines.append(f"{fact.name:<16} {fact.value}")
        if fact.todo:
            lines.append(f"{'':<16} to mend it: {fact.todo}")
    return "\n".join(lines) + "\n"


def _programs(settings: Settings) -> Iterator[Fact]:
    root = target_args.project_root(Path.cwd())
    limits = target_args.limits(settings)
    kept = f", first {limits.keep_first:,} and last {limits.keep_last:,} kept" if limits.bounded else ""
    yield Fact("semduck", __version__)
    yield Fact("runs on", f"Python {platform.python_version()} ({sys.executable})")
    try:
        yield Fact("programs run on", interpreter.choose(settings.python, root), True)
    except Problem as problem:
        yield Fact("programs run on", problem.what, False, problem.todo)
    yield Fact("platform", platform.platform())
    yield Fact("project", str(root))
    there = "" if locations.config().is_file() else " (not there)"
    yield Fact("config", f"{locations.config()}{there}")
    bounds = f"{limits.max_steps:,} steps, {limits.max_seconds:g} s, {limits.max_bytes:,} bytes (0: no){kept}"
    yield Fact("limits", bounds)


def _machine(probed: Mapping[str, Any] | None) -> Iterator[Fact]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield Fact("processor", f"{probing.processor()}, {cores} core{'s' * (cores != 1)} for us")
    free, total = probing.memory()
    yield Fact("memory", f"{models.size(free)} free of {models.size(total)}" if total else "not known")
    gpus = [(name, free, total) for name, free, total in (probed or {}).get("gpus", [])]
    if gpus:
        for n, (name, free, total) in enumerate(gpus):
            room = f", {models.size(free)} free of {models.size(total)}" if total else ""
            yield Fact(f"gpu {n}", f"{name}{room}", True)
        return
    seen = probing.nvidia()
    if not seen:
        yield Fact("gpu", "none found; models run on the processor, or on a server with --url", None)
    elif probed is None:
        yield Fact("gpu", f"{seen}, not used", False, choose.INSTALL)
    else:
        todo = "install a build of torch for this driver's version of CUDA"
        yield Fact("gpu", f"{seen}, but torch cannot use it", False, todo)


def _libraries(probed: Mapping[str, Any] | None) -> Iterator[Fact]:
    for extra, names in EXTRAS.items():
        versions = {name: _version(name) for name in names}
        lacking = [name for name, number in versions.items() if not number]
        if lacking:
            value = f"not installed ({', '.join(lacking)})"
            yield Fact(f"extra {extra}", value, False, f"pip install 'semduck[{extra}]'")
        else:
            yield Fact(f"extra {extra}", ", ".join(f"{n} {v}" for n, v in versions.items()), True)
    if probed is None:
        return
    if "torch" in probed:
        yield Fact(
            "torch", f"cannot be loaded: {probing.plain(probed['torch'])}", False, "install torch again"
        )
    if "bitsandbytes" in probed:
        value = f"bf16 only; bitsandbytes cannot be loaded: {probing.plain(probed['bitsandbytes'])}"
        yield Fact("quantization", value, False, "pip install bitsandbytes")
    else:
        yield Fact("quantization", "bf16, int8 and nf4", True)


def _models(settings: Settings) -> Iterator[Fact]:
    choice = choose.choose_or_narrate(wanted(settings))
    yield Fact("engine", choice.why, not choice.lacking)
    cache = weights.hub_cache()
    found = weights.cached()
    whole = sum(not local.missing for local in found)
    room = f"{models.size(_free_disk(cache))} free"
    yield Fact("models", f"{len(found)} in {cache}, {whole} whole; {room}", None)
    smallest = min(known.bytes for known in catalogue.known())
    if _free_disk(cache) < smallest:
        yield Fact("disk", f"no room for any model there ({room})", False, "set HF_HOME to a larger disk")


def _sandbox() -> Fact:
    limits = "time and memory" if find_spec("resource") else "time"
    return Fact(
        "sandbox", f"trials of repairs have limits on {limits}; they are not kept from files or network"
    )


def _terminal() -> Fact:
    term = os.environ.get("TERM", "")
    if not sys.stdout.isatty():
        return Fact("terminal", f"no app here, plain reports (TERM={term or 'unset'}, not a terminal)")
    if term in ("", "dumb", "unknown"):
        return Fact("terminal", f"no app here, plain reports (TERM={term or 'unset'})", False, "set TERM")
    columns, lines = shutil.get_terminal_size()
    return Fact("terminal", f"the app can open (TERM={term}, {columns}×{lines})", True)


def _free_disk(folder: Path) -> int:
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _version(name: str) -> str:
    """Of an installed library, "" when it is not; nothing is loaded."""
    if find_spec(name) is None:
        return ""
    try:
        return version(name.replace("_", "-"))
    except PackageNotFoundError:
        return "of unknown version"
