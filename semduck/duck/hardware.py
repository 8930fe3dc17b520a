"""Memory that is free on this machine, measured without any model library."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

CUDA_CONTEXT = 500_000_000  # bytes a process takes on a GPU before it has any tensor there
_PROC = Path("/proc")
_GROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class Gpu:
    """name: "cuda:0". free: bytes that a process which already uses the device can still take."""

    name: str
    free: int


@dataclass(frozen=True, slots=True)
class Hardware:
    """ram: bytes this process can still take."""

    ram: int
    gpus: tuple[Gpu, ...] = ()


def measure() -> Hardware:
    """This machine now; GPUs as nvidia-smi tells them, none where it does not."""
    return Hardware(free_ram(), _gpus())


def free_ram(proc: Path = _PROC, groups: Path = _GROUPS) -> int:
    """Bytes: what the system has available, or what the control groups of this process still allow."""
    found = [_available(proc), *_allowed(proc, groups)]
    return max(0, min(found))


def _available(proc: Path) -> int:
    try:
        for line in (proc / "meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4  # of all there is
    except (AttributeError, ValueError, OSError):
        return 4_000_000_000


def _allowed(proc: Path, groups: Path) -> list[int]:
    """Of each control group that has a limit, what is left of it; pages of files can be given back."""
    found = []
    for folder, limit, used, files in _limits(proc, groups):
        try:
            most, now = int((folder / limit).read_text()), int((folder / used).read_text())
        except (OSError, ValueError):
            continue  # "max": no limit
        found.append(most - now + _file_pages(folder / "memory.stat", files))
    return found


def _limits(proc: Path, groups: Path) -> list[tuple[Path, str, str, str]]:
    try:
        lines = (proc / "self/cgroup").read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            names, root = ("memory.max", "memory.current", "inactive_file"), groups
        elif "memory" in controllers.split(","):
            names, root = (
                ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
                (groups / "memory"),
            )
        else:
            continue
        own = root / path.lstrip("/")
        folders = [own, *own.parents]
        found += [(f, *names) for f in folders if f == root or root in f.parents]
    return found


def _file_pages(stat: Path, name: str) -> int:
    try:
        return next(int(s.split()[1]) for s in stat.read_text().splitlines() if s.split()[0] == name)
    except (OSError, ValueError, StopIteration, IndexError):
        return 0


def _gpus() -> tuple[Gpu, ...]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    command = [program, "--query-gpu=index,memory.free", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
        rows = [line.split(",") for line in said.splitlines() if line.strip()]
        return tuple(Gpu(f"cuda:{int(n)}", max(0, int(free) * 2**20 - CUDA_CONTEXT)) for n, free in rows)
    except (OSError, ValueError, subprocess.SubprocessError):
        return ()
