# ruff: noqa: E501 - program texts and tables read better on long lines
"""What code that is not recorded pays: CPU time of programs that spend it in libraries, plain and recorded.

    python benchmarks/unrecorded_code.py [--rounds N] [--seconds S]

Each program is a few lines around a call of an installed module, which spends its time in the standard library:
pure Python code (difflib, the tokenizer, json without its C code) or C code (sorting, regular expressions). CPU seconds (user + system) of the
program's process alone, fresh processes, plain and recorded in turns; the median of the rounds. The cost of
starting is taken off both. "asks for its names" has a function that calls locals(), "async" runs under
asyncio, "yield from" delegates to a generator: what probes leave to the interpreter's own tracing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from recorder_cost import cpu  # which finds semduck

from semduck.trace.run import Run
from semduck.trace.target import Limits, Target

WORK = {
    "difflib": "import difflib, random\nrandom.seed(1)\na = [str(random.randrange(60)) for _ in range(400)]\nb = a[:]\nrandom.shuffle(b)\n"
    "def work(n):\n    for _ in range(n):\n        list(difflib.ndiff(a[:60], b[:60]))\n",
    "tokenize": "import io, tokenize, textwrap\ntext = open(textwrap.__file__).read()\n"
    "def work(n):\n    for _ in range(n):\n        sum(1 for _ in tokenize.generate_tokens(io.StringIO(text).readline))\n",
    "json in Python": "import json.decoder, json.scanner\ntext = '[' + ','.join('{\"a\": [1, 2, {\"b\": null}]}' for _ in range(300)) + ']'\n"
    "decoder = json.decoder.JSONDecoder()\ndecoder.parse_array = json.decoder.JSONArray\ndecoder.scan_once = json.scanner.py_make_scanner(decoder)\n"
    "def work(n):\n    for _ in range(n):\n        decoder.decode(text)\n",
    "sorting in C": "import random\nrandom.seed(1)\nnumbers = [random.random() for _ in range(20000)]\n"
    "def work(n):\n    for _ in range(n):\n        sorted(numbers)\n",
    "re in C": "import re\ntext = 'the quick brown fox jumps over the lazy dog ' * 500\npattern = re.compile(r'(\\w+) (?=fox|dog)')\n"
    "def work(n):\n    for _ in range(n):\n        len(pattern.findall(text))\n",
}  # fmt: skip
WAYS = {
    "called": "work(@N@)\n",
    "asks for its names": "def names():\n    return len(locals())\n\n\nnames()\nwork(@N@)\nnames()\n",
    "async": "import asyncio\n\n\nasync def main():\n    await asyncio.sleep(0)\n    work(@N@)\n\n\nasyncio.run(main())\n",
    "yield from": "def some():\n    yield from [1, 2]\n\n\nlist(some())\nwork(@N@)\n",
}
ENV = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | {"PYTHONHASHSEED": "0"}


def plain(script: Path) -> float:
    """CPU seconds of plain python."""
    return cpu(lambda: subprocess.run([sys.executable, str(script)], env=ENV, check=True))


def recorded(script: Path, out: Path) -> float:
    """CPU seconds of the recorded process."""
    run = Run(Target("script", str(script), cwd=script.parent), Limits(max_steps=0), out, env=ENV)

    def go() -> None:
        run.start()
        if run.wait().code != 0:
            raise SystemExit(f"{script.name} failed: {run.stderr.decode()}")

    spent = cpu(go)
    run.close()
    out.unlink()
    return spent


def median(home: Path, tail: str, count: int, rounds: int) -> tuple[float, float]:
    """(plain, recorded) CPU seconds of a program that calls the installed module."""
    script = home / "main.py"
    script.write_text("from installed import work\n\n\n" + tail.replace("@N@", str(count)))
    pairs = [(plain(script), recorded(script, home / "run.duck")) for _ in range(rounds)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def turns(home: Path, seconds: float) -> int:
    """How often the work has to be done to take about so long."""

    def spent(count: int) -> float:
        script.write_text(f"from installed import work\nwork({count})\n")
        return min(plain(script) for _ in range(3))

    script, count = home / "main.py", 5
    idle = spent(0)
    while (busy := spent(count) - idle) < seconds / 8 and count < 1 << 20:  # less says little about one
        count *= 2
    return max(5, int(seconds * count / busy))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5)
    args = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, {args.rounds} rounds\n")
    print(f"{'work':<16}{'how':<20}{'plain s':>9}{'recorded s':>12}{'slower':>9}")
    with tempfile.TemporaryDirectory() as folder:
        home, packages = Path(folder) / "home", Path(folder) / "site-packages"
        home.mkdir()
        packages.mkdir()
        ENV["PYTHONPATH"] = str(packages)
        for name, work in WORK.items():
            (packages / "installed.py").write_text(work)
            count = turns(home, args.seconds)
            for how, tail in WAYS.items():
                idle = median(home, tail, 0, args.rounds)
                busy = median(home, tail, count, args.rounds)
                a, b = (busy[k] - idle[k] for k in (0, 1))
                print(f"{name:<16}{how:<20}{a:>9.3f}{b:>12.3f}{(b / a - 1) * 100:>8.1f}%", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
