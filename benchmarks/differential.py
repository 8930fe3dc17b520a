# ruff: noqa: E402 - semduck and the tests' own comparison are found by path
"""Real programs, recorded twice: do probes and sys.settrace tell the same?

    python benchmarks/differential.py [--only TEXT] [--jobs N] [--patience S] [--states N] [--scripts FOLDER…]
                                      [--tasks FILE…]

The programs are those of transparency.py, and all modules of the standard library that lie beside os.py, run
as scripts. All steps are compared by kind, function and line, and N states of each by structure: stack,
names, and everything they reach. A program whose two recordings by sys.settrace differ from each other is
left out and counted. "cut": the program sets a trace function of its own (doctest and pdb do), which ends a
recording by sys.settrace; up to there both are the same. Exit code: 0 all equal, 1 some differ.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks"), str(ROOT / "tests" / "unit" / "trace")]

from oracle.kept import differences
from transparency import ENV, LIBRARY, Program, doctests, own, packages, scripts, suites, tasks, tools

from semduck.trace.model import Step
from semduck.trace.recording import Recording, RecordingError
from semduck.trace.run import Run
from semduck.trace.target import Limits, Target

CUT = "cut"
SETTERS = ("settrace", "refcount_test", "import doctest", "import pdb", "import bdb", "import trace")
SETTERS += ("import list_tests", "import mapping_tests", "no_tracing")


def modules() -> Iterator[Program]:
    """The library's own files that scripts() does not name."""
    named = {program.spec for program in scripts()}
    for path in sorted(LIBRARY.glob("*.py")):
        if str(path) not in named and path.stem != "antigravity":  # which opens a browser
            yield Program(f"module {path.name}", "script", str(path))


class Slow(Exception):
    """It takes longer than we wait."""


def record(program: Program, home: Path, recorder: str, patience: float) -> Run:
    """One recording of a program. Raises Slow."""
    cwd = home / recorder / "work"
    cwd.mkdir(parents=True)
    target = Target(program.kind, program.spec, program.args, cwd=cwd, root=cwd, include=program.record)
    run = Run(target, Limits(max_steps=0, max_seconds=patience), home / recorder / "run.duck", stdin="pipe",
              stdout="pipe", env=ENV, recorder=recorder)  # fmt: skip
    run.start()
    run.send_input(program.stdin.decode())
    run.send_eof()
    if run.wait(patience + 20).kind not in ("exit", "exception"):
        run.close()
        raise Slow
    return run


def begun(recording: Recording) -> list[Step]:
    """Its steps, without generators that end before they begin, which only sys.settrace tells of."""
    steps = list(recording.steps(0, len(recording)))
    kinds: dict[int, list[str]] = {}
    for step in steps:
        kinds.setdefault(step.frame, []).append(step.kind.value)
    return [s for s in steps if kinds[s.frame] != ["call", "exception", "unwind"]]


def rows(steps: list[Step]) -> list[tuple[str, str, int]]:
    """What happens at each step."""
    return [(s.kind.value, s.function, s.line) for s in steps]


def told(one: Recording, other: Recording, states: int, traces_itself: bool) -> str:
    """ "" when both tell the same, else the first difference."""
    ours, theirs = begun(one), begun(other)
    expected, found = rows(ours), rows(theirs)
    cut = found[: len(expected)] == expected != found and (traces_itself or sets_tracing(one))
    if expected != found and not cut:
        pairs = enumerate(zip(expected, found, strict=False))
        at = next((i for i, (a, b) in pairs if a != b), min(len(expected), len(found)))
        return f"step {at}: {expected[at : at + 1]} by sys.settrace, {found[at : at + 1]} by probes"
    places = sorted(random.Random(5).sample(range(len(expected)), min(states, len(expected))))
    where = next(differences(one, other, {theirs[k].number: ours[k].number for k in places}), "")
    return where or (f"{CUT} at step {len(expected):,} of {len(found):,}" if cut else "")


def sets_tracing(recording: Recording) -> bool:
    """Does a file of the program speak of trace functions?"""
    texts = (file.read_text("utf-8", "replace") for file in recording.files)
    return any(setter in text for text in texts for setter in SETTERS)


def compare(program: Program, patience: float, states: int) -> tuple[str, str, int]:
    """("equal" | "cut" | "differ" | "unstable" | "slow", where, steps)."""
    with tempfile.TemporaryDirectory(prefix="differential-") as name:
        runs: list[Run] = []
        try:
            for recorder in ("trace", "probes"):
                runs.append(record(program, Path(name), recorder, patience))
            itself = program.spec in ("doctest", "pdb", "trace")
            where = told(runs[0].recording, runs[1].recording, states, itself)
            steps = len(runs[0].recording)
            if not where or where.startswith(CUT):
                return CUT if where else "equal", where, steps
            runs.append(record(program, Path(name) / "again", "trace", patience))
            stable = not told(runs[0].recording, runs[2].recording, states, itself)
            return "differ" if stable else "unstable", where, steps
        except Slow:
            return "slow", "", 0
        except RecordingError as error:
            return "differ", f"unreadable: {error}", 0
        finally:
            for run in runs:
                run.close()


def main() -> int:
    """Compare, print, and say how many differ."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="programs whose name has this in it")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--patience", type=float, default=60.0, help="seconds for one recording")
    parser.add_argument("--states", type=int, default=30, help="states compared of each program")
    parser.add_argument("--scripts", nargs="*", default=[], metavar="FOLDER")
    parser.add_argument("--tasks", nargs="*", default=[], metavar="FILE")
    given = parser.parse_args()
    counts, steps = Counter[str](), 0
    with tempfile.TemporaryDirectory(prefix="tasks-") as folder:
        every = [*tools(), *scripts(), *modules(), *doctests(), *suites(), *packages(), *own(given.scripts)]
        chosen = [p for p in [*every, *tasks(given.tasks, Path(folder))] if given.only in p.name]
        with ThreadPoolExecutor(given.jobs) as pool:
            results = pool.map(lambda p: compare(p, given.patience, given.states), chosen)
            for program, (how, where, size) in zip(chosen, results, strict=True):
                counts[how] += 1
                steps += size
                print(f"{how:9} {program.name:44} {size:9,} steps{'  ' + where if where else ''}", flush=True)
    print(f"\n{counts['equal']} programs equal, {counts[CUT]} up to where they trace themselves, "
          f"{counts['differ']} differ, {steps:,} steps; left out: "
          f"{counts['slow']} that take over {given.patience:.0f} s, {counts['unstable']} whose two "
          "recordings by sys.settrace differ")  # fmt: skip
    return 1 if counts["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())
