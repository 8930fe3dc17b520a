"""What questions about a long recording cost: records a program of about N steps, prints medians and p99.

    python benchmarks/query_cost.py [--steps N] [--samples N] [--recording FILE]

Wall milliseconds in one process. Steps, frames and variables are drawn at random (seed 1); every question is
asked cold, at another place than the one before. `open` is measured once, with the memory of the process
after it. history: of a variable that changes at every turn of the main loop, and of one that rarely changes.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from semduck.trace.recording import Recording
from semduck.trace.run import Run
from semduck.trace.target import Limits, Target

PROGRAM = """\
import sys


class Cart:
    def __init__(self):
        self.items = []
        self.total = 0

    def add(self, item):
        self.items.append(item)
        self.total += item[1]
        if len(self.items) > 50:
            self.items = self.items[-10:]
        return self.total


def work(n, cart):
    seen, last = 0, None
    for i in range(n):
        if i % 1000 == 0:
            seen += 1
        last = cart.add([i, i * i % 7])
        if i % 10 == 0:
            grid[i % 3][1] = last
    return seen


grid = [[0, 0] for _ in range(3)]
cart = Cart()
mode = "work"
result = work(int(sys.argv[1]), cart)
mode = "done"
print(result)
"""
STEPS_A_TURN = 10


def record(folder: Path, steps: int) -> Path:
    """Record the program."""
    program, out = folder / "program.py", folder / "run.duck"
    program.write_text(PROGRAM)
    target = Target("script", str(program), (str(steps // STEPS_A_TURN),), cwd=folder)
    limits = Limits(max_steps=2 * steps + 1000, max_seconds=36_000)
    run = Run(target, limits, out, stdin="pipe", stdout="pipe")
    run.start()
    run.send_eof()
    run.wait(36_000)
    run.recording.close()
    return out


def timed(ask: Callable[[], object]) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    ask()
    return (time.perf_counter() - begun) * 1000


def row(name: str, times: list[float]) -> None:
    """Print one question."""
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(f"{name:46} {statistics.median(ordered):10.2f} {p99:10.2f} {len(ordered):6}", flush=True)


def questions(recording: Recording, samples: int) -> None:
    """Ask everything."""
    pick = random.Random(1)
    size, work = len(recording), next(c for c in recording.calls() if c.function == "work").frame

    def anywhere() -> int:
        return pick.randrange(size)

    def ask(name: str, question: Callable[[], object], times: int = samples) -> None:
        row(name, [timed(question) for _ in range(times)])

    ask("seek: step, locals and stack", lambda: look(recording, anywhere()))
    ask("seek: whole state (aliases, changes)", lambda: recording.state(anywhere()), max(3, samples // 5))
    for path, frame in (("last", work), ("seen", work), ("mode", 0)):
        ask(f"last change of {path}", lambda p=path, f=frame: recording.last_change(anywhere(), p, f))
        ask(f"next change of {path}", lambda p=path, f=frame: recording.next_change(anywhere(), p, f))
    for path in ("cart.total", "cart.items", "grid[0][1]"):
        ask(f"last change of {path}", lambda p=path: recording.last_change(anywhere(), p, 0))
        ask(f"next change of {path}", lambda p=path: recording.next_change(anywhere(), p, 0))
    ask("history of seen (rarely changes)", lambda: recording.history("seen", work), 5)
    ask(
        f"history of i ({len(recording.history('i', work)):,} values)",
        lambda: recording.history("i", work),
        5,
    )
    ask("series of grid[0][1]", lambda: recording.series("grid[0][1]", work), 3)
    last = len(recording.history("seen", work))
    ask(f"first_where seen == {last}", lambda: recording.first_where(f"seen == {last}"), 5)
    ask("first_where cart.total < 0 (nowhere)", lambda: recording.first_where("cart.total < 0"), 1)
    main = recording.main_file
    assert main is not None
    ask("next run of a line", lambda: recording.line_after(anywhere(), {(main, 21)}))
    end = recording.span(work)[1]
    ask("slice of seen at its end", lambda: recording.slice(end, "seen", work), 1)
    ask("slice of grid[0][1]", lambda: recording.slice(anywhere(), "grid[0][1]", work), 3)


def look(recording: Recording, k: int) -> None:
    """What a screen shows of a step."""
    recording.step(k)
    recording.locals(k)
    recording.stack(k)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=200_000)
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--recording", type=Path, help="one made earlier by this script")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = asked.recording or record(Path(folder), asked.steps)
        begun = time.perf_counter()
        recording = Recording.open(path)
        opened = (time.perf_counter() - begun) * 1000
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{len(recording):,} steps, {path.stat().st_size / 1e6:.1f} MB; highest memory {memory:.0f} MB")
        print(f"{'question':46} {'median ms':>10} {'p99 ms':>10} {'asked':>6}")
        row("open", [opened])
        questions(recording, asked.samples)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"highest memory {memory:.0f} MB")


if __name__ == "__main__":
    main()
