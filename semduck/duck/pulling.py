"""Fetch one commit of a model from the hub, into the hub's own cache, going on where an earlier try ended.

The hub's library throws away what it has of a file when it is interrupted, and weights have gigabytes. So
they are fetched here, and the library finds them in its cache; small files and the layout are the library's.
"""

from __future__ import annotations

import errno
import fnmatch
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from semduck.duck import weights
from semduck.duck.downloading import GATED, File, PullError, large, library

WEIGHTS = ("*.safetensors", "pytorch_model*.bin")  # the second only where the first is not there
BESIDE = ("*.json", "*.txt", "*.model", "*.jinja", "LICEN[CS]E*", "README.md")
HEX = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")  # of a commit, of a file: they become names of files
SPARE = 200_000_000  # bytes that stay free on the disk
FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
Free = Callable[[Path], int]


@dataclass(frozen=True, slots=True)
class Offer:
    """What the hub has: one commit of a model. main: from now on it is the one without a revision."""

    id: str
    revision: str
    licence: str
    files: tuple[File, ...]
    main: bool

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(file.bytes for file in self.files)

    @property
    def lacking(self) -> int:
        """Bytes that are not here yet."""
        return sum(
            max(0, file.bytes - _have(self.id, file)) for file in self.files if not self._is_here(file)
        )

    def _is_here(self, file: File) -> bool:
        return (weights.storage(self.id) / "snapshots" / self.revision / file.name).is_file()


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes of `total` that are here; what: the file that is being fetched, or what else is done."""

    what: str
    done: int
    total: int


def offer(name: str, revision: str = "", *, main: bool = True) -> Offer:
    """Ask the hub what there is; without a revision, its newest. Raises PullError."""
    hub = library()
    try:
        info = hub.HfApi().model_info(name, revision=revision or None, files_metadata=True, timeout=30)
        files = [
            File(s.rfilename, s.size or 0, (s.lfs or {}).get("sha256") or "") for s in info.siblings or ()
        ]
        card = info.card_data
    except Exception as error:  # the library raises what its own libraries raise, which changed thrice
        raise PullError(_reason(error, name, revision)) from None
    chosen = tuple(choose(files))
    if not all(HEX.fullmatch(text) for text in (str(info.sha), *(f.sha256 for f in chosen if f.sha256))):
        raise PullError(f"the hub describes {name} in a way that is not understood")
    if not any(fnmatch.fnmatch(file.name, pattern) for file in chosen for pattern in WEIGHTS):
        raise PullError(f"{name} has no weights that can be loaded (*.safetensors)")
    licence = (card.get("license_name") or card.get("license") or "") if card is not None else ""
    return Offer(info.id or name, str(info.sha), str(licence), chosen, main)


def choose(files: list[File]) -> Iterator[File]:
    """What is needed to run a model: no code, no other formats, no subfolders."""
    top = [file for file in files if "/" not in file.name]
    kind = next((k for k in WEIGHTS if any(fnmatch.fnmatch(f.name, k) for f in top)), WEIGHTS[0])
    for file in top:
        if any(fnmatch.fnmatch(file.name, pattern) for pattern in (kind, *BESIDE)):
            yield file


def check_room(wanted: Offer, free: Free = lambda path: shutil.disk_usage(path).free) -> None:
    """Raises PullError when the disk has not enough room for what is lacking."""
    folder = place = weights.hub_cache()
    while not place.exists():
        place = place.parent
    room = free(place) - SPARE
    if wanted.lacking > room:
        need, there = f"{wanted.lacking / 1e9:.1f} GB", f"{max(0, room) / 1e9:.1f} GB"
        raise PullError(
            f"{wanted.id} needs {need} and {folder} has room for {there}; HF_HOME names another place"
        )


def fetch(wanted: Offer, tell: Callable[[Progress], None]) -> Path:
    """Fetch what is lacking; the folder of the model. Raises PullError; what came stays for the next time."""
    from filelock import FileLock, Timeout

    storage = weights.storage(wanted.id)
    try:
        (storage / "blobs").mkdir(parents=True, exist_ok=True)
        with FileLock(storage / ".semduck.lock", timeout=0):
            return _fetch(wanted, storage, tell)
    except Timeout:
        raise PullError(f"{wanted.id} is being fetched by another semduck") from None
    except OSError as error:
        if error.errno not in FULL:
            raise PullError(f"cannot write below {storage}: {error.strerror or error}") from None
        raise PullError(f"the disk is full; what came stays in {storage} for the next pull") from None


def _fetch(wanted: Offer, storage: Path, tell: Callable[[Progress], None]) -> Path:
    total, done = wanted.bytes, 0
    for file in wanted.files:
        if file.sha256:
            for here in large(wanted.id, wanted.revision, file, storage / "blobs" / file.sha256):
                tell(Progress(file.name, done + here, total))
        done += file.bytes
    tell(Progress("the small files", done, total))
    folder = _small(wanted)
    if wanted.main:
        (storage / "refs").mkdir(exist_ok=True)
        (storage / "refs" / "main").write_text(wanted.revision, "utf-8")
    found = weights.look(folder, wanted.id, wanted.revision)
    if found.missing:
        raise PullError(f"{wanted.id} was fetched and is not whole: {found.missing}")
    return folder


def _small(wanted: Offer) -> Path:
    """The small files, and the snapshot's links to all, by the hub's library. Raises PullError."""
    hub = library()
    names = [file.name for file in wanted.files]
    try:
        return Path(hub.snapshot_download(wanted.id, revision=wanted.revision, allow_patterns=names))
    except OSError as error:
        if error.errno in FULL:
            raise
        raise PullError(_reason(error, wanted.id, wanted.revision)) from None
    except Exception as error:  # as in `offer`
        raise PullError(_reason(error, wanted.id, wanted.revision)) from None


def _have(name: str, file: File) -> int:
    """Bytes of a file of weights that are in the cache, whole or in part."""
    if not file.sha256:
        return 0
    blob = weights.storage(name) / "blobs" / file.sha256
    for place in (blob, blob.with_name(f"{blob.name}.incomplete")):
        if place.exists():
            return place.stat().st_size
    return 0


def _reason(error: Exception, name: str, revision: str) -> str:
    """One line for what the hub's library raises, by the name of the class: the classes themselves move."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    lines: Mapping[str, str] = {
        "GatedRepoError": f"{name} {GATED}",
        "RepositoryNotFoundError": f"the hub has no model {name}, or it is private: then set HF_TOKEN",
        "RevisionNotFoundError": f"{name} has no revision {revision!r}",
        "HFValidationError": f"{name!r} is no name of a model; they look like owner/name",
        "OfflineModeIsEnabled": "HF_HUB_OFFLINE is set, so nothing is fetched",
    }
    for kind, line in lines.items():
        if kind in kinds:
            return line
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status is not None:
        return f"the hub refuses {name} ({status})"
    said = next(iter(str(error).splitlines()), "")[:160]
    return f"the hub cannot be reached ({type(error).__name__}{': ' + said if said else ''})"
