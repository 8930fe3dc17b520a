"""Model folders on this machine, read without any library: the hub's cache, and whether one is whole."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SINGLE = ("model.safetensors", "pytorch_model.bin")
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "tokenizer_config.json")


@dataclass(frozen=True, slots=True)
class Local:
    """A model on disk. name: its hub id, or its folder. revision: commit, "" for a folder of one's own.

    bytes: of its files. missing: why it cannot be used, one line; "" when it is whole.
    """

    name: str
    folder: Path
    revision: str
    bytes: int
    missing: str


def hub_cache() -> Path:
    """Where the hub's library keeps what it fetched: by its variables, else below ~/.cache."""
    if direct := os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE"):
        return Path(os.path.expandvars(direct)).expanduser()
    home = os.environ.get("HF_HOME")
    if not home:
        home = os.path.join(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "huggingface")
    return Path(os.path.expandvars(home)).expanduser() / "hub"


def split(name: str) -> tuple[str, str]:
    """ "id@revision" -> (id, revision); a folder keeps its @."""
    if is_folder(name):
        return name, ""
    first, _, revision = name.partition("@")
    return first, revision


def is_folder(name: str) -> bool:
    """Does `name` mean a folder rather than a hub id? A folder that is there wins."""
    typed = name.startswith((".", "/", "~", "\\")) or name.count("/") > 1
    return typed or (bool(name) and Path(name).is_dir())


def storage(name: str) -> Path:
    """The cache's folder of a hub id; need not exist."""
    return hub_cache() / f"models--{name.replace('/', '--')}"


def cached() -> list[Local]:
    """Every revision of every model in the hub's cache, by name."""
    found = []
    for folder in _listed(hub_cache()):
        if folder.name.startswith("models--"):
            name = folder.name.removeprefix("models--").replace("--", "/", 1)
            found += [look(snapshot, name, snapshot.name) for snapshot in _listed(folder / "snapshots")]
    return sorted(found, key=lambda local: local.name.lower())


def local(name: str) -> Local | None:
    """The model `name` (folder, id or id@revision), None when nothing of it is here.

    Without a revision: the one that "main" names, else one that is whole.
    """
    if is_folder(name):
        folder = Path(name).expanduser().absolute()
        return look(folder, str(folder), "") if folder.is_dir() else None
    name, revision = split(name)
    place = storage(name)
    found = [look(snapshot, name, snapshot.name) for snapshot in _listed(place / "snapshots")]
    main = revision or _text(place / "refs" / "main")
    found.sort(key=lambda one: (one.revision == main and bool(main), not one.missing), reverse=True)
    if revision:
        found = [one for one in found if one.revision.startswith(revision)]
    return found[0] if found else None


def look(folder: Path, name: str, revision: str) -> Local:
    """Size and state of one folder."""
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return Local(name, folder, revision, size, _missing(folder))


def config(folder: Path) -> dict[str, Any]:
    """config.json of a model folder; {} when it cannot be read."""
    read = _json(folder / "config.json")
    return read if isinstance(read, dict) else {}


def _missing(folder: Path) -> str:
    if not config(folder):
        return "no readable config.json"
    if not any((folder / file).is_file() for file in TOKENIZERS):
        return "no tokenizer"
    for file in _weights(folder):
        if trouble := _broken(folder / file):
            return f"{file} {trouble}"
    return "" if _weights(folder) else "no weights (*.safetensors)"


def _weights(folder: Path) -> list[str]:
    """Names of the files that must be there, by the index where there is one."""
    for single in SINGLE:
        index = _json(folder / f"{single}.index.json")
        if isinstance(index, dict) and isinstance(index.get("weight_map"), dict):
            return sorted({str(file) for file in index["weight_map"].values()})
        if (folder / single).is_file():
            return [single]
    return []


def _broken(file: Path) -> str:
    """Why a weights file is not whole: the header of a safetensors file says how long it must be."""
    try:
        size = file.stat().st_size
        if file.suffix != ".safetensors":
            return "" if size else "is empty"
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if not 2 <= length <= size - 8:
                return "is cut off"
            tensors = json.loads(stream.read(length))
        ends = [t["data_offsets"][1] for name, t in tensors.items() if name != "__metadata__"]
        return "is cut off" if 8 + length + max(ends, default=0) > size else ""
    except FileNotFoundError:
        return "is missing"
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, MemoryError):
        return "cannot be read"


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError:
        return []


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None
