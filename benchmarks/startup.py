"""What a start costs: processor time of `semduck --help`, and time until the app shows the program.

python3 benchmarks/startup.py [--repeat N]. Prints medians and their ratios to `python -c pass` and
`python -c "import textual.app"`; exits 1 when a budget is not kept.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import resource
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from pathlib import Path

HELP_BUDGET = 0.2  # seconds of processor time
PAINT_BUDGET = 1.0  # seconds of wall clock
PROGRAM = "def landmark(n):\n    return n + 1\n\n\nprint(landmark(1))\n"
PYTHON = sys.executable


def processor_time(*command: str) -> float:
    """Seconds of user and system time of one run, all its children included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def wall_time(*command: str) -> float:
    """Seconds until the command has ended."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def first_paint(program: Path) -> tuple[float, float]:
    """Wall and processor seconds from start until the source is on a terminal of 120 columns."""
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.execv(PYTHON, [PYTHON, "-m", "semduck", str(program)])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    try:
        wall = wait_for(terminal, b"landmark") - start
    finally:
        os.kill(pid, signal.SIGKILL)
        used = os.wait4(pid, 0)[2]
        os.close(terminal)
    return wall, used.ru_utime + used.ru_stime


def wait_for(terminal: int, text: bytes, seconds: float = 15) -> float:
    """The moment at which the text was read. Raises TimeoutError."""
    seen, limit = b"", time.perf_counter() + seconds
    while time.perf_counter() < limit:
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                seen += os.read(terminal, 1 << 16)
            except OSError:
                break
            if text in seen:
                return time.perf_counter()
    raise TimeoutError(f"the app showed no source; its last words: {seen[-300:]!r}")


def median(measure: Callable[[], float], repeat: int) -> float:
    """Of `repeat` runs after one to warm the disk cache."""
    measure()
    return statistics.median(measure() for _ in range(repeat))


def main() -> int:
    """Measure and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=7)
    repeat = parser.parse_args().repeat
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SEMDUCK_HOME"] = folder
        program = Path(folder) / "program.py"
        program.write_text(PROGRAM)
        cpu_pass = median(lambda: processor_time(PYTHON, "-c", "pass"), repeat)
        cpu_help = median(lambda: processor_time(PYTHON, "-m", "semduck", "--help"), repeat)
        wall_pass = median(lambda: wall_time(PYTHON, "-c", "pass"), repeat)
        wall_textual = median(lambda: wall_time(PYTHON, "-c", "import textual.app"), repeat)
        first_paint(program)
        painted = [first_paint(program) for _ in range(repeat)]
    paint, cpu_paint = (statistics.median(column) for column in zip(*painted, strict=True))
    print(f"python -c pass            {cpu_pass:.3f} s CPU, {wall_pass:.3f} s")
    print(f"import textual.app        {wall_textual:.3f} s")
    print(f"semduck --help            {cpu_help:.3f} s CPU: {cpu_help / cpu_pass:.1f} x python -c pass")
    print(
        f"first paint of the app    {cpu_paint:.3f} s CPU, {paint:.3f} s: {paint / wall_textual:.1f} x that"
    )
    good = cpu_help < HELP_BUDGET and paint < PAINT_BUDGET
    print(f"budgets: help {HELP_BUDGET} s, paint {PAINT_BUDGET} s: {'kept' if good else 'NOT kept'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
