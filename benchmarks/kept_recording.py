"""Disk and memory of a run of which only the beginning and the end are kept, however long it is.

    python benchmarks/kept_recording.py [--steps N ...] [--first N] [--last M]

The same program runs for each number of steps, recorded by probes. Disk is the most that all files of the
recording had together while it ran, and what is left; RSS is the most the recorded process had.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from semduck.trace.run import Run
from semduck.trace.target import Limits, Target

PROGRAM = """\
class Cart:
    def __init__(self):
        self.items, self.total = [], 0

    def add(self, price):
        self.items.append(price)
        if len(self.items) > 10:
            self.items.pop(0)
        self.total += price


cart, table = Cart(), {{}}
for i in range({rounds}):
    cart.add(i % 17)
    table[i % 500] = [i, cart.total]
"""


def rss(pid: int) -> float:
    """The most memory a process had, in MB; 0 when it is gone."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
        return int(text.partition("VmHWM:")[2].split()[0]) / 1024
    except (OSError, IndexError, ValueError):
        return 0.0


def measure(steps: int, limits: Limits, home: Path) -> str:
    """One run, as a line of the table."""
    (home / "main.py").write_text(PROGRAM.format(rounds=steps // 9))
    run = Run(Target("script", "main.py", cwd=home), limits, home / "out" / "run.duck")
    run.start()
    assert run._process is not None
    most, memory, begun = 0, 0.0, time.monotonic()
    while run.poll():
        most = max(most, sum(p.stat().st_size for p in run.out.parent.iterdir() if p.exists()))
        memory = max(memory, rss(run._process.pid))
        time.sleep(0.01)
    seconds = time.monotonic() - begun
    left = run.out.stat().st_size
    run.wait()
    recording = run.recording
    missing = sum(count for _, count in recording.gaps())
    row = f"{len(recording) + missing:>12,} {len(recording):>10,} {most / 1e6:>11.1f} {left / 1e6:>9.1f}"
    run.close()
    return f"{row} {memory:>9.0f} {seconds:>8.0f}"


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--steps", type=int, nargs="+", default=[1_000_000, 5_000_000])
    arguments.add_argument("--first", type=int, default=100_000)
    arguments.add_argument("--last", type=int, default=100_000)
    given = arguments.parse_args()
    print(f"{'steps':>12} {'kept':>10} {'disk MB most':>11} {'left MB':>9} {'RSS MB':>9} {'seconds':>8}")
    for steps in given.steps:
        with tempfile.TemporaryDirectory() as home:
            limits = Limits(max_steps=0, keep_first=given.first, keep_last=given.last)
            print(measure(steps, limits, Path(home)), flush=True)


if __name__ == "__main__":
    main()
