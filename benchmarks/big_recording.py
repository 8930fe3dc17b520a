"""What a recording of millions of steps needs to be read: taking in, opening, seeking, asking for changes.

    python benchmarks/big_recording.py [--steps N] [--only NAME] [--keep FOLDER] [--rounds N]

Each program is recorded once, by probes. Taking in, and then opening, are measured in fresh processes; times
of questions are CPU times at random steps with nothing cached beforehand. RSS is the most a process had; that
of the recorded process stands beside that of plain python.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from kept_recording import rss as rss_of  # which finds semduck

from semduck.trace.recording import Recording
from semduck.trace.run import Run
from semduck.trace.target import Limits, Target

INTS = """\
def slow(n):
    total = 0
    for i in range(n):
        total += i
    return total


print(slow({n}))
"""
OBJECTS = """\
class Node:
    def __init__(self, value):
        self.value = value
        self.next = None


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def update(nodes, counts, n):
    for j in range(n):
        counts[j % 100] = j
        nodes[j % 5000].value = j


nodes = [Node(i) for i in range(5000)]
for node, after in zip(nodes, nodes[1:]):
    node.next = after
counts = {{}}
for turn in range({turns}):
    update(nodes, counts, 20_000)
    print(turn, fib(18))
"""


def program(name: str, steps: int) -> str:
    """Source of a program of about so many steps."""
    if name == "ints":
        return INTS.format(n=steps // 2)
    return OBJECTS.format(turns=max(1, steps // 89_000))


def record(name: str, steps: int, home: Path) -> Path:
    """Record a program; nothing is taken in yet."""
    (home / f"{name}.py").write_text(program(name, steps))
    out = home / name / "run.duck"
    out.unlink(missing_ok=True)
    run = Run(Target("script", f"{name}.py", cwd=home), Limits(max_steps=0, max_bytes=0), out)
    start, most = time.perf_counter(), 0.0
    run.start()
    while run.poll():
        assert run._process is not None
        most = max(most, rss_of(run._process.pid))
        time.sleep(0.05)
    spent, own = time.perf_counter() - start, plain_rss(home / f"{name}.py")
    print(f"{name}: recorded in {spent:.1f} s, RSS {most:.0f} MB, in plain python {own:.0f} MB", flush=True)
    return out


def plain_rss(script: Path) -> float:
    """The most megabytes plain python needs for a program."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run([sys.executable, sys.argv[1]], stdout=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(script)], stdout=subprocess.PIPE, check=True)
    return float(done.stdout)


def rss() -> float:
    """Megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def take_in(path: Path) -> dict[str, float]:
    """In a fresh process: read a recording without index from its beginning, and write the index."""
    log = path.stat().st_size
    recording = Recording(path)
    start, slowest = time.process_time(), 0.0
    recording.ended()
    while True:
        turn = time.process_time()
        if not recording.refresh(10_000) and recording.complete:
            break
        slowest = max(slowest, time.process_time() - turn)
    spent, steps = time.process_time() - start, len(recording)
    recording.close()
    return {
        "steps": steps,
        "us a step": spent / steps * 1e6,
        "slowest refresh ms": slowest * 1e3,
        "log bytes a step": log / steps,
        "bytes a step": path.stat().st_size / steps,
        "RSS MB": rss(),
    }


def ask(path: Path, rounds: int) -> dict[str, float]:
    """In a fresh process: open a recording and ask."""
    start = time.perf_counter()
    recording = Recording.open(path)
    found = {"open s": time.perf_counter() - start, "RSS open MB": rss()}
    rng, last = random.Random(1), len(recording) - 1
    picks = [rng.randrange(last) for _ in range(rounds)]
    inner = max(
        (c for c in recording.calls()[:20_000] if c.function in ("slow", "update")),
        key=lambda c: (c.last or last) - c.first,
    )
    name = "total" if inner.function == "slow" else "j"
    span = range(inner.first + 1, inner.last or last)
    inside = [span[rng.randrange(len(span))] for _ in range(rounds)]
    found |= timed("seek", picks, lambda k: (recording.step(k), recording.locals(k)))
    found |= timed(
        "step by step",
        range(last // 2, last // 2 + rounds),
        lambda k: (recording.step(k), recording.locals(k)),
    )
    found |= timed("last change", inside, lambda k: recording.last_change(k, name, inner.frame))
    found |= timed("next change", inside, lambda k: recording.next_change(k, name, inner.frame))
    found |= timed("history", range(5), lambda _: recording.history(name, inner.frame))
    return {**found, "RSS MB": rss()}


def timed(what: str, steps: range | list[int], question: Callable[[int], object]) -> dict[str, float]:
    """Median and 99th percentile in milliseconds."""
    times = []
    for k in steps:
        start = time.process_time()
        question(k)
        times.append((time.process_time() - start) * 1e3)
    times.sort()
    return {f"{what} ms": times[len(times) // 2], f"{what} p99": times[int(len(times) * 0.99)]}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--only", choices=("ints", "objects"))
    parser.add_argument("--keep", type=Path, help="where the recordings stay")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        what, path = given.child
        print(json.dumps(take_in(Path(path)) if what == "take" else ask(Path(path), given.rounds)))
        return
    with tempfile.TemporaryDirectory() as folder:
        home = given.keep or Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        for name in [given.only] if given.only else ["ints", "objects"]:
            path = record(name, given.steps, home)
            for what in ("take", "ask"):
                command = [
                    sys.executable,
                    __file__,
                    "--rounds",
                    str(given.rounds),
                    "--child",
                    what,
                    str(path),
                ]
                done = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
                print(
                    f"{name}: " + ", ".join(f"{key} {value:.4g}" for key, value in done.items()), flush=True
                )


if __name__ == "__main__":
    main()
