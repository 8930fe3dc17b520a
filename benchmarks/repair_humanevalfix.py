"""Repair on HumanEvalFix: each buggy function with its tests as asserts of a script.

    SEMDUCK_BENCH=DIR python benchmarks/repair_humanevalfix.py [--first N] [--seconds 10] [--examples]

With --examples the search sees the docstring's examples only and the tests judge what it found.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from semduck.repair.apply import splice
from semduck.repair.propose import Budget, Progress, propose
from semduck.trace.run import record
from semduck.trace.target import Limits, Target


def script(item: dict[str, Any], tests: list[str]) -> str:
    """The buggy function with checks below it."""
    checks = "\n".join(f"    {line}" for test in tests for line in test.splitlines())
    return f"{item['setup']}\n{item['buggy']}\n\ndef check_all():\n{checks or '    pass'}\n\n\ncheck_all()\n"


def passes(text: bytes, tests: list[str]) -> bool:
    """Whether the patched file passes tests the search may not have seen."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "judged.py")
        file.write_bytes(text + ("\n" + "\n".join(tests) + "\n").encode())
        try:
            return subprocess.run([sys.executable, file], capture_output=True, timeout=10).returncode == 0
        except subprocess.TimeoutExpired:
            return False


def attempt(item: dict[str, Any], tests: list[str], seconds: float) -> tuple[list[bool], float, int]:
    """For each proposal whether it passes all tests; seconds to the first one; candidates tried."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "program.py")
        file.write_text(script(item, tests))
        target = Target("script", file.name, cwd=Path(folder), python=sys.executable)
        recording = record(target, Limits(max_steps=200_000, max_seconds=5))
        started, first, tried, right = time.monotonic(), 0.0, 0, []
        for found in propose(recording, target, [], Budget(seconds=seconds)):
            if isinstance(found, Progress):
                tried = found.tried
                continue
            first = first or time.monotonic() - started
            right.append(passes(splice(file.read_bytes(), found.edits), item["tests"]))
        recording.close()
    return right, first, tried


def main() -> int:
    """Run and print one line a problem, then the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=164)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--examples", action="store_true")
    options = parser.parse_args()
    data = Path(os.environ.get("SEMDUCK_BENCH", ""), "humanevalfix.jsonl")
    if "SEMDUCK_BENCH" not in os.environ or not data.is_file():
        print("skipped: set SEMDUCK_BENCH to the folder that holds humanevalfix.jsonl")
        return 0
    items = [json.loads(line) for line in data.read_text().splitlines()]
    results = []
    for item in items[:: options.step][: options.first]:
        tests = item["examples"] if options.examples else item["tests"]
        right, first, tried = attempt(item, tests, options.seconds)
        rank = right.index(True) + 1 if True in right else 0
        results.append((right, first))
        where = f"right at rank {rank or '-'}"
        print(f"{item['id']:<12} {len(right)} shown, {where}, {first:5.2f} s, {tried} tried", flush=True)
    count = len(results)
    found = [first for right, first in results if right]
    print(
        f"{len(found)} of {count} plausible; {sum(r[:1] == [True] for r, _ in results)} right at rank 1; "
        f"{sum(any(r) for r, _ in results)} right within the list; "
        f"median {statistics.median(found) if found else 0:.2f} s to the first"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
