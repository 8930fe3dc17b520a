"""The run that `pytest --semduck` asks for: the same pytest once more, recorded from its first line on."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from semduck import config, keeping, target_args
from semduck.exits import Problem, at_terminal, note
from semduck.pytest_plugin import FLAG, OUT
from semduck.trace.probes.tested import elsewhere
from semduck.trace.target import Target

STARTS = (["-m", "pytest"], ["-m", "py.test"])
SCRIPTS = ("pytest", "py.test")
APART = "semduck begins through PYTHONPATH and site: start python without -I, -E and -S"


def record(early: pytest.Config, out: str | None) -> int:
    """Run and record; the exit code is that of the recorded pytest. Raises UsageError."""
    apart = sys.flags.isolated or sys.flags.ignore_environment or sys.flags.no_site
    reason = APART if apart else elsewhere(early.known_args_namespace)
    if reason:
        raise pytest.UsageError(reason)
    try:
        settings = config.load({}, project=target_args.project_file(early.rootpath))
        target = _target(early, settings)
        path = keeping.place(Path(out) if out else None, f"pytest-{early.rootpath.name or 'root'}").resolve()
        kept = keeping.keep(target, target_args.limits(settings), path)
    except Problem as problem:
        raise pytest.UsageError(f"semduck: {problem.line()}") from None
    note(f"semduck: {_said(kept, path)}")
    if not kept.trouble and at_terminal():
        _offer(path)
    code = kept.ending.code or 0
    return code if code >= 0 else 128 - code


def _target(early: pytest.Config, settings: config.Settings) -> Target:
    given = [str(word) for word in early.invocation_params.args]
    words = tuple(without(given))
    root = target_args.tests_root(words)
    if root.is_relative_to(early.rootpath) and early.rootpath not in (Path.home(), Path("/")):
        root = early.rootpath
    return Target(
        "pytest",
        "",
        words,
        early.invocation_params.dir,
        sys.executable,
        root.resolve(),
        settings.include,
        settings.exclude,
        launcher(given),
    )


def without(words: Sequence[str]) -> list[str]:
    """A pytest command line without our options."""
    kept: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            return [*kept, word, *rest]
        if word == OUT:
            next(rest, None)
        elif word != FLAG and not word.startswith(f"{OUT}="):
            kept.append(word)
    return kept


def launcher(given: Sequence[str]) -> tuple[str, ...]:
    """The words between python and the arguments of this pytest; () when no command line started it."""
    typed = sys.argv[1:]
    start = sys.orig_argv[1 : len(sys.orig_argv) - len(typed)]
    if typed != list(given) or not start:
        return ()
    script = Path(start[-1]).name in SCRIPTS
    return tuple(start) if script or start[-2:] in STARTS or start[-1] == "-mpytest" else ()


def _said(kept: keeping.Kept, path: Path) -> str:
    if kept.trouble:
        return f"nothing was recorded: {kept.trouble}"
    tests = f"{kept.tests} test{'' if kept.tests == 1 else 's'}"
    end = "" if kept.ending.kind == "exit" else f"{kept.ending.detail}; "
    return f"{end}{kept.steps:,} steps of {tests} are recorded: semduck open {shlex.quote(str(path))}"


def _offer(path: Path) -> None:
    """The app, when the user wants to see it now; in a process of its own, away from pytest's modules."""
    sys.stderr.write("semduck: enter opens it, q leaves ")
    sys.stderr.flush()
    try:
        answer = sys.stdin.readline()
    except KeyboardInterrupt:
        answer = ""
    if answer.strip().lower() in ("", "y", "yes") and answer:
        subprocess.run([sys.executable, "-P", "-m", "semduck", "open", str(path)], check=False)
    elif not answer:
        note()
