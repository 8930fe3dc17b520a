"""Models on this machine: what is remembered of them, what they need, and how much room they take."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from semduck.duck import weights
from semduck.duck.weights import Local

BYTES = {"bf16": 2.0, "int8": 1.0, "nf4": 0.52}  # of one number, with its scale


@dataclass(slots=True)
class Memory:
    """What was pulled and used, kept as JSON at `path`. A file that cannot be read counts as empty.

    pinned: hub id -> commit that was pulled, or begun. licences: hub id -> as the hub says.
    folders: folders that were used.
    """

    path: Path
    pinned: dict[str, str] = field(default_factory=dict)
    licences: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path) -> Memory:
        """Read it."""
        try:
            read = json.loads(path.read_text("utf-8"))
            return cls(
                path, _texts(read["pinned"]), _texts(read["licences"]), list(map(str, read["folders"]))
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls(path)

    def save(self) -> None:
        """Write it at once and whole. Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        data = {"pinned": self.pinned, "licences": self.licences, "folders": self.folders}
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(data, indent=1), "utf-8")
        part.replace(self.path)


def here(memory: Memory, also: str = "") -> list[Local]:
    """Every model of the hub's cache, then the folders that were used, and `also` when it is a folder."""
    named = [*memory.folders, *([also] if weights.is_folder(also) else [])]
    folders = [weights.local(name) for name in dict.fromkeys(named) if weights.is_folder(name)]
    return [*weights.cached(), *(local for local in folders if local is not None)]


def size(amount: float) -> str:
    """13.5 GB, 62 MB; powers of ten."""
    for unit, power in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if amount >= 0.95 * power:
            return f"{amount / power:.1f} {unit}" if power == 1e9 else f"{amount / power:.0f} {unit}"
    return f"{amount:.0f} bytes"


def parameters(folder: Path) -> int:
    """How many numbers the weights hold, by the headers of their files; 0 when that cannot be told."""
    total = 0
    for file in folder.glob("*.safetensors"):
        try:
            with file.open("rb") as stream:
                tensors = json.loads(stream.read(int.from_bytes(stream.read(8), "little")))
            total += sum(math.prod(t["shape"]) for name, t in tensors.items() if name != "__metadata__")
        except (OSError, ValueError, KeyError, TypeError, AttributeError, MemoryError, OverflowError):
            return 0
    return total


def needs(config: Mapping[str, Any], count: int) -> list[str]:
    """One line for each precision: the memory it needs, and whether that is free now."""
    try:
        fitting, hardware = import_module("semduck.duck.fitting"), import_module("semduck.duck.hardware")
        found = fitting.consider(config, hardware.measure(), parameters=count or None)
        return [f"{plan.line}: {'fits' if plan.fits else 'does not fit'}" for plan in found]
    except (ImportError, ValueError):
        return [
            f"{kind} needs {size(count * each)} for the weights alone"
            for kind, each in BYTES.items()
            if count
        ]


def facts(folder: Path) -> dict[str, str]:
    """What config.json says, as name -> text, and the number of parameters."""
    config, found = weights.config(folder), {}
    if count := parameters(folder):
        found["parameters"] = f"{count / 1e9:.2f} billion" if count >= 1e8 else f"{count:,}"
    shown = {
        "architecture": "architectures",
        "layers": "num_hidden_layers",
        "hidden size": "hidden_size",
        "vocabulary": "vocab_size",
        "context": "max_position_embeddings",
        "stored as": "dtype" if "dtype" in config else "torch_dtype",
    }
    for name, key in shown.items():
        value = config.get(key)
        if value is not None:
            found[name] = f"{value:,}" if isinstance(value, int) else _plain(value)
    return found


def remove(name: str) -> int:
    """Delete all of a hub model from the cache, parts of it included; how many bytes that freed. OSError."""
    storage = weights.storage(name)
    freed = occupied(name)
    shutil.rmtree(storage)
    shutil.rmtree(storage.parent / ".locks" / storage.name, ignore_errors=True)
    return freed


def occupied(name: str) -> int:
    """Bytes of every file the cache keeps of a hub model; a file is counted once."""
    files: dict[tuple[int, int], int] = {}
    for folder, _, names in os.walk(weights.storage(name)):
        for file in (Path(folder) / each for each in names):
            status = file.lstat()
            if not file.is_symlink():
                files[(status.st_dev, status.st_ino or hash(file))] = status.st_size
    return sum(files.values())


def _plain(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return "".join(c for c in text if c.isprintable())[:100]


def _texts(data: Mapping[str, Any]) -> dict[str, str]:
    return {str(k): str(v) for k, v in data.items()}
