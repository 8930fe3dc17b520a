"""How fast, and at which rank, buggy programs get a right repair from their crash or one stated expectation.

    python benchmarks/repair_examples.py [--folder DIR --fixed DIR] [--seconds 20] [NAME ...]

A repair is right when the patched program prints and returns what the fixed one does.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from semduck.repair import oracle
from semduck.repair.apply import splice
from semduck.repair.model import Expectation, Proposal
from semduck.repair.propose import Budget, Progress, propose
from semduck.trace.run import record
from semduck.trace.target import Limits, Target

ROOT = Path(__file__).resolve().parents[1]
# What the READMEs of the examples say to type; programs that fail by themselves need nothing.
STATED = {"invoice": "subtotal==405.0@17", "shopping_list": "ben==['coffee']@20"}


def runs(file: Path) -> tuple[int | None, bytes]:
    """Exit code and output of a program."""
    try:
        done = subprocess.run([sys.executable, file.name], cwd=file.parent, capture_output=True, timeout=10)
    except subprocess.TimeoutExpired:
        return None, b""
    return done.returncode, done.stdout


def right(proposal: Proposal, fixed: Path) -> bool:
    """Whether the patched program does what the fixed one does."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, fixed.name)
        copy.write_bytes(splice(proposal.file.read_bytes(), proposal.edits))
        return runs(copy) == runs(fixed)


def search(program: Path, stated: list[str], seconds: float) -> tuple[list[tuple[float, Proposal]], Progress]:
    """All proposals with the seconds at which they came, and how the search ended."""
    target = Target("script", program.name, cwd=program.parent, python=sys.executable)
    recording = record(target, Limits(max_seconds=5, max_steps=200_000))
    expectations: list[Expectation] = [oracle.parse(text, program) for text in stated]
    started, found, last = time.monotonic(), [], Progress(0, 0, 0.0)
    for item in propose(recording, target, expectations, Budget(seconds=seconds)):
        if isinstance(item, Progress):
            last = item
        else:
            found.append((time.monotonic() - started, item))
    recording.close()
    return found, last


def report(program: Path, fixed: Path, stated: list[str], seconds: float) -> bool:
    """Print one line; True if a right repair was found."""
    found, last = search(program, stated, seconds)
    ranks = [rank for rank, (_, proposal) in enumerate(found, 1) if right(proposal, fixed)]
    first = f"{found[0][0]:5.2f} s" if found else "      -"
    when = f"rank {ranks[0]} after {found[ranks[0] - 1][0]:5.2f} s" if ranks else "no right one"
    tried = f"{len(found)} shown, {last.tried} tried in {last.seconds:.1f} s"
    print(f"{program.stem:<18} first {first}  {when:<24} {tried}", flush=True)
    return bool(ranks)


def main() -> int:
    """Run all examples that have a fixed twin."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--folder", type=Path, default=ROOT / "data" / "examples")
    parser.add_argument("--fixed", type=Path, default=ROOT / "tests" / "examples_fixed")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--expect", action="append", default=[], help="NAME:EXPECTATION for a program")
    options = parser.parse_args()
    stated = {**STATED, **dict(text.split(":", 1) for text in options.expect)}
    programs = [p for p in sorted(options.folder.glob("*.py")) if (options.fixed / p.name).exists()]
    programs = [p for p in programs if not options.names or p.stem in options.names]
    good = 0
    with tempfile.TemporaryDirectory() as folder:
        for program in programs:
            copy = Path(shutil.copytree(options.folder, Path(folder, program.stem)), program.name)
            wanted = [stated[program.stem]] if program.stem in stated else []
            good += report(copy, options.fixed / program.name, wanted, options.seconds)
    print(f"{good} of {len(programs)} get a right repair")
    return 0 if good >= 0.75 * len(programs) else 1


if __name__ == "__main__":
    sys.exit(main())
