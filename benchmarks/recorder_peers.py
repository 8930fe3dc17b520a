"""What a recorded line costs, against snoop and PySnooper in the same run.

    python benchmarks/recorder_peers.py [--rounds N] [--only NAME] [--small]

The workloads are those of recorder_cost.py. CPU seconds (user + system) of fresh processes, all tools in
turns, median of the rounds; the cost of starting python (and importing the tool) is taken off. The peers are
installed into an environment of their own, and watch every function of the program, writing to a file.
They are given a smaller size of the same program, because the full one would take them minutes; --small gives
it to all.
"""

from __future__ import annotations

import argparse
import ast
import resource
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from recorder_cost import ENV, SIZES, SMALL, WORKLOADS, recorded, written

BEFORE = {
    "snoop": "import snoop as _s\n_s.install(out={out!r}, color=False)\n_watch = _s.snoop\n",
    "PySnooper": "import pysnooper as _s\n_watch = _s.snoop({out!r})\n",
}


def watched(script: Path, tool: str) -> Path:
    """The program with every function watched by a peer."""
    tree = ast.parse(script.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.decorator_list.append(ast.Name("_watch", ast.Load()))
    copy = script.with_name(f"{script.stem}_{tool}.py")
    out = str(copy.with_suffix(".log"))
    copy.write_text(BEFORE[tool].format(out=out) + ast.unparse(ast.fix_missing_locations(tree)) + "\n")
    return copy


def cpu(python: Path, script: Path) -> float:
    """CPU seconds of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([str(python), str(script)], env=ENV, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peers(home: Path) -> Path:
    """The python of an environment that has them."""
    venv.create(home / "peers", with_pip=True)
    python = home / "peers" / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "-q", "snoop", "PySnooper"], check=True)
    return python


def compare(rounds: int, only: str, small: bool, home: Path) -> None:
    """Print the table."""
    python, nothing = peers(home), home / "nothing.py"
    nothing.write_text("def f():\n    pass\n")
    base = statistics.median(recorded(nothing, home / f"n{i}" / "r")[0] for i in range(rounds))
    start = {t: statistics.median(cpu(python, watched(nothing, t)) for _ in range(rounds)) for t in BEFORE}
    titles = " ".join(f"{tool:>10} {'times':>6}" for tool in BEFORE)
    print(f"{'workload':18} {'lines':>8} {'semduck':>8} {titles}")
    for name in (n for n in WORKLOADS if only in n):
        script, little = (written(name, s[name], home) for s in (SMALL if small else SIZES, SMALL))
        _, count, _ = recorded(little, home / f"{name}-count" / "r")
        spent: dict[str, list[float]] = {tool: [] for tool in BEFORE}
        ours: list[tuple[float, int]] = []
        for i in range(rounds):
            ours.append(recorded(script, home / f"{name}{i}" / "r")[:2])
            for tool in BEFORE:
                spent[tool].append(cpu(python, watched(little, tool)))
        lines = ours[0][1]
        cost = (statistics.median(s for s, _ in ours) - base) / lines * 1e6
        row = [f"{name:18} {lines:8,} {cost:8.2f}"]
        for tool in BEFORE:
            theirs = (statistics.median(spent[tool]) - start[tool]) / count * 1e6
            row.append(f"{theirs:10.1f} {theirs / max(cost, 0.01):5.0f}x")
        print(" ".join(row), flush=True)
    print("\nµs of CPU time a line event; times: how many times semduck's")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="workloads whose name has this in it")
    parser.add_argument("--small", action="store_true", help="the same size for all")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        compare(given.rounds, given.only, given.small, Path(home))


if __name__ == "__main__":
    main()
