"""What the machine says of itself: processor, memory, GPUs. torch is asked in a process of its own."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PATIENCE = 60.0  # seconds for torch to load
PROBE = """\
import json
found = {}
try:
    import torch
    found["gpus"] = []
    if torch.cuda.is_available():
        for n in range(torch.cuda.device_count()):
            free, total = torch.cuda.mem_get_info(n)
            found["gpus"].append([torch.cuda.get_device_name(n), free, total])
    elif getattr(torch.backends, "mps", None) and torch.backends.mps.is_available():
        found["gpus"].append(["Apple GPU", 0, 0])
except Exception as error:
    found["torch"] = f"{type(error).__name__}: {error}"
try:
    import bitsandbytes
except Exception as error:
    found["bitsandbytes"] = f"{type(error).__name__}: {error}"
print("\\n" + json.dumps(found))
"""


def has_torch() -> bool:
    """Is torch installed? Without loading it."""
    return find_spec("torch") is not None


def probe(seconds: float = PATIENCE) -> dict[str, Any]:
    """Ask torch and bitsandbytes in another process; {"torch": why} when that fails."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=seconds, check=False
        )
        read = json.loads(done.stdout.strip().splitlines()[-1])
        return read if isinstance(read, dict) else {"torch": "it says nothing"}
    except subprocess.TimeoutExpired:
        return {"torch": f"it did not load within {seconds:g} s"}
    except (OSError, ValueError, IndexError):
        return {"torch": "it ends python when it is loaded"}


def processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except (OSError, UnicodeDecodeError):
        pass
    return platform.processor() or platform.machine()


def memory() -> tuple[int, int]:
    """Bytes free and bytes in all; zeros where the system does not say."""
    try:
        rows = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text("ascii").splitlines())
        free, total = (int(rows[name].split()[0]) * 1024 for name in ("MemAvailable", "MemTotal"))
        return min(free, _allowed(free)), total
    except (OSError, ValueError, KeyError, IndexError):
        pass
    try:
        page = os.sysconf("SC_PAGE_SIZE")
        return os.sysconf("SC_AVPHYS_PAGES") * page, os.sysconf("SC_PHYS_PAGES") * page
    except (AttributeError, ValueError, OSError):
        return 0, 0


def _allowed(free: int) -> int:
    """Bytes that the control groups of this process leave it."""
    try:
        return int(import_module("semduck.duck.hardware").free_ram())
    except ImportError:
        return free


def nvidia() -> str:
    """Names of the GPUs by the driver's own tool; "" where there is none."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ""
    query = [tool, "--query-gpu=name", "--format=csv,noheader"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    names = [plain(line) for line in done.stdout.splitlines() if line.strip()]
    return "" if done.returncode else ", ".join(names)


def plain(text: object) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())[:160]
