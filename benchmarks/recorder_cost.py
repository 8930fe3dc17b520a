# ruff: noqa: E501 - program texts and tables read better on long lines
"""What recording costs: CPU time a step against plain python, and what a long recording needs to be read.

    python benchmarks/recorder_cost.py [--rounds N] [--only NAME] [--steps N]

CPU seconds (user + system, of the child process alone) of fresh processes, plain and recorded in turns; the
median of the rounds. The cost of starting python is taken off both. Reading: one recording of at least
--steps steps, opened in a fresh process; its peak memory, and the wall time of `locals` at random and at
neighbouring steps.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from semduck.trace.model import Kind
from semduck.trace.recording import Recording
from semduck.trace.run import Run
from semduck.trace.target import Limits, Target

WORKLOADS = {
    "int loop": "def main(n):\n    t = 0\n    for i in range(n):\n        t += i * i % 7\n    return t\n\n\nprint(main(@N@))\n",
    "quicksort": (
        "import random\n\n\ndef sort(xs, lo, hi):\n    if lo >= hi:\n        return\n    p, i = xs[hi], lo\n    for j in range(lo, hi):\n"
        "        if xs[j] < p:\n            xs[i], xs[j] = xs[j], xs[i]\n            i += 1\n    xs[i], xs[hi] = xs[hi], xs[i]\n"
        "    sort(xs, lo, i - 1)\n    sort(xs, i + 1, hi)\n\n\nrandom.seed(1)\ndata = [random.randrange(9999) for _ in range(@N@)]\n"
        "sort(data, 0, len(data) - 1)\nprint(data == sorted(data))\n"
    ),
    "fib": "def fib(n):\n    if n < 2:\n        return n\n    return fib(n - 1) + fib(n - 2)\n\n\nprint(fib(@N@))\n",
    "word count": (
        "text = ('the quick brown fox jumps over the lazy dog and the cat ' * @N@).split()\n\n\ndef count(words):\n    found = {}\n"
        "    for word in words:\n        if word in found:\n            found[word] += 1\n        else:\n            found[word] = 1\n    return found\n"
        "\n\nprint(count(text)['the'])\n"
    ),
    "list and tree": (
        "class Link:\n    def __init__(self, key, rest):\n        self.key = key\n        self.rest = rest\n\n\n"
        "def chain(n):\n    first = None\n    for key in range(n):\n        first = Link(key, first)\n    return first\n\n\n"
        "def total(link):\n    found = 0\n    while link is not None:\n        found += link.key\n        link = link.rest\n    return found\n\n\n"
        "class Node:\n    def __init__(self, key):\n        self.key = key\n        self.left = None\n        self.right = None\n\n\n"
        "def insert(root, key):\n    node = root\n    while True:\n        if key < node.key:\n            if node.left is None:\n"
        "                node.left = Node(key)\n                return\n            node = node.left\n        else:\n            if node.right is None:\n"
        "                node.right = Node(key)\n                return\n            node = node.right\n\n\nprint(total(chain(@N@)))\nroot = Node(5000)\nk = 1\n"
        "for _ in range(@N@):\n    k = k * 7919 % 10007\n    insert(root, k)\nprint(root.key)\n"
    ),
    "appends": "def main(n):\n    xs = []\n    for i in range(n):\n        xs.append(i)\n    return len(xs)\n\n\nprint(main(@N@))\n",
    "objects": (
        "class Account:\n    def __init__(self, name):\n        self.name = name\n        self.balance = 0\n        self.log = []\n\n"
        "    def deposit(self, n):\n        self.balance += n\n        self.log.append(n)\n        if len(self.log) > 20:\n            self.log = self.log[-5:]\n\n\n"
        "accounts = [Account(str(i)) for i in range(50)]\nfor i in range(@N@):\n    accounts[i % 50].deposit(i)\nprint(sum(a.balance for a in accounts))\n"
    ),
    "library callbacks": (
        "import functools\nrows = [{'n': i * 37 % 101, 'tags': ['a', 'b']} for i in range(400)]\n\n\ndef key(row):\n    return row['n'], len(row['tags'])\n\n\n"
        "for _ in range(@N@):\n    rows.sort(key=key)\n    best = functools.reduce(lambda a, b: a if key(a) > key(b) else b, rows)\n    rows.reverse()\nprint(best['n'])\n"
    ),
}  # fmt: skip
SIZES = {
    "int loop": 100_000, "quicksort": 2000, "fib": 20, "word count": 1250, "list and tree": 2000, "appends": 20_000, "objects": 3000,
    "library callbacks": 6,
}  # fmt: skip
SMALL = {
    "int loop": 5000, "quicksort": 150, "fib": 13, "word count": 100, "list and tree": 150, "appends": 1500, "objects": 200,
    "library callbacks": 1,
}  # fmt: skip
LONG = (
    "class Cell:\n    def __init__(self):\n        self.hits = 0\n\n\ndef step(grid, cell, i):\n    grid[i % 40][i % 30] += 1\n    cell.hits += 1\n"
    "    recent.append(i)\n    if len(recent) > 50:\n        del recent[:25]\n\n\nrecent = []\ngrid = [[0] * 30 for _ in range(40)]\ncell = Cell()\n"
    "for i in range({n}):\n    step(grid, cell, i)\nprint(cell.hits)\n"
)
ENV = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | {"PYTHONHASHSEED": "0"}


def written(name: str, size: int, home: Path) -> Path:
    """A workload as a script."""
    script = home / f"{name.replace(' ', '_')}_{size}.py"
    script.write_text(WORKLOADS[name].replace("@N@", str(size)))
    return script


def cpu(action: object) -> float:
    """CPU seconds of the children that `action` starts and waits for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    action()  # type: ignore[operator]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def plain(script: Path) -> float:
    """CPU seconds of plain python."""
    return cpu(
        lambda: subprocess.run([sys.executable, str(script)], env=ENV, check=True, stdout=subprocess.DEVNULL)
    )


def recorded(script: Path, out: Path) -> tuple[float, int, int]:
    """(CPU seconds of the program's process, line events, bytes on disk) of a recorded run."""
    run = Run(
        Target("script", str(script), cwd=script.parent),
        Limits(max_steps=0),
        out,
        stdin="null",
        stdout="pipe",
        env=ENV,
    )

    def go() -> None:
        run.start()
        if run.wait().code != 0:
            raise SystemExit(f"{script.name} failed: {run.stderr.decode()}")

    seconds = cpu(go)
    size = out.stat().st_size
    steps = sum(1 for step in run.recording.steps(0, len(run.recording)) if step.kind is Kind.LINE)
    run.close()
    return seconds, steps, size


def cost(rounds: int, only: str, home: Path) -> None:
    """Print the table of workloads."""
    nothing = home / "nothing.py"
    nothing.write_text("pass\n")
    base = statistics.median(plain(nothing) for _ in range(rounds))
    base_recorded = statistics.median(recorded(nothing, home / f"n{i}" / "r")[0] for i in range(rounds))
    print(f"start: plain {base * 1e3:.0f} ms CPU, recorded {base_recorded * 1e3:.0f} ms CPU\n")
    print(
        f"{'workload':18} {'lines':>9} {'plain ms':>9} {'recorded ms':>12} {'µs a line':>10} {'ratio':>7} {'bytes a line':>13}"
    )
    for name in WORKLOADS:
        if only not in name:
            continue
        script = written(name, SIZES[name], home)
        pairs = [(plain(script), recorded(script, home / f"{name}{i}" / "r")) for i in range(rounds)]
        bare = max(1e-4, statistics.median(p for p, _ in pairs) - base)
        spent = max(1e-4, statistics.median(r[0] for _, r in pairs) - base_recorded)
        steps, size = pairs[0][1][1], pairs[0][1][2]
        print(f"{name:18} {steps:9,} {bare * 1e3:9.1f} {spent * 1e3:12.1f} {spent / steps * 1e6:10.2f} "
              f"{spent / bare:6.0f}x {size / steps:13.1f}")  # fmt: skip


def percentile(times: list[float], part: float) -> float:
    """In milliseconds."""
    return sorted(times)[min(len(times) - 1, int(len(times) * part))] * 1e3


def read(path: Path) -> dict[str, float]:
    """Open and walk a recording in this process."""
    begin = time.perf_counter()
    recording = Recording.open(path)
    opened = time.perf_counter() - begin
    count = len(recording)
    chance = random.Random(1)

    def timed(steps: list[int]) -> list[float]:
        found = []
        for k in steps:
            begin = time.perf_counter()
            recording.step(k)
            recording.locals(k)
            found.append(time.perf_counter() - begin)
        return found

    jumps = timed([chance.randrange(count) for _ in range(400)])
    ahead = timed(list(range(count // 2, count // 2 + 2000)))
    back = timed(list(range(count // 2 + 2000, count // 2, -1)))
    begin = time.perf_counter()
    recording.last_change(count - 1, "recent", 0)
    found = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "steps": count, "open_s": opened, "peak_mb": peak, "jump_p50": percentile(jumps, 0.5), "jump_p99": percentile(jumps, 0.99),
        "jump_max": percentile(jumps, 1.0), "next_p50": percentile(ahead, 0.5), "next_p99": percentile(ahead, 0.99),
        "back_p50": percentile(back, 0.5), "back_p99": percentile(back, 0.99), "last_change_ms": found * 1e3,
    }  # fmt: skip


def reading(steps: int, home: Path) -> None:
    """Print what reading a long recording costs."""
    script = home / "long.py"
    script.write_text(LONG.format(n=steps // 7 + 1))
    seconds, count, size = recorded(script, home / "long" / "r")
    print(
        f"\nlong recording: {count:,} steps, {seconds:.1f} s CPU, {size / 1e6:.1f} MB on disk ({size / count:.1f} bytes a step)"
    )
    done = subprocess.run(
        [sys.executable, __file__, "--read", str(home / "long" / "r")],
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    print(f"opened in {told['open_s']:.2f} s; peak memory of the reading process {told['peak_mb']:.0f} MB")
    for name, label in (("jump", "random step"), ("next", "next step"), ("back", "step before")):
        print(f"{label:12} p50 {told[name + '_p50']:7.3f} ms   p99 {told[name + '_p99']:7.3f} ms")
    print(
        f"slowest random step {told['jump_max']:.1f} ms; last change of a name {told['last_change_ms']:.2f} ms"
    )


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="workloads whose name has this in it")
    parser.add_argument(
        "--steps", type=int, default=200_000, help="length of the recording that is read; 0: none"
    )
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.read:
        print(json.dumps(read(chosen.read)))
        return
    with tempfile.TemporaryDirectory(prefix="recorder-cost-") as name:
        cost(chosen.rounds, chosen.only, Path(name))
        if chosen.steps:
            reading(chosen.steps, Path(name))


if __name__ == "__main__":
    main()
