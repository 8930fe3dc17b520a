"""A recorded program does not outlive the host that was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

HOST = """
import os, sys, time
from pathlib import Path
from semduck.trace.run import Run
from semduck.trace.target import Target
run = Run(Target("script", sys.argv[1], python=sys.executable), out=Path(sys.argv[2]))
run.start()
print(run._process.pid, flush=True)
time.sleep(60)
"""


def gone(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z"


def test_an_endless_program_ends_with_a_killed_host(tmp_path: Path) -> None:
    program = tmp_path / "loop.py"
    program.write_text("n = 0\nwhile True:\n    n += 1\n")
    command = [sys.executable, "-c", HOST, str(program), str(tmp_path / "run.duck")]
    host = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert host.stdout is not None
    pid = int(host.stdout.readline())
    time.sleep(0.3)
    host.kill()
    host.wait()
    end = time.monotonic() + 20
    try:
        while not gone(pid) and time.monotonic() < end:
            time.sleep(0.05)
        assert gone(pid)
    finally:
        if not gone(pid):
            os.kill(pid, 9)
