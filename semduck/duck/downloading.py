"""One large file of a model at the hub, going on where an earlier try ended and checked against its hash."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from semduck.duck.choose import INSTALL

TRIES, PAUSE = 4, 1.0  # without a byte of progress; seconds before the next one
GATED = (
    "is given out only after its terms are accepted on its page at the hub; then log in with "
    "`hf auth login`, or set HF_TOKEN"
)


class PullError(Exception):
    """A model cannot be fetched. One line for the user."""


@dataclass(frozen=True, slots=True)
class File:
    """sha256: "" for a small file, which the hub's library fetches."""

    name: str
    bytes: int
    sha256: str


def library() -> Any:
    """huggingface_hub, silent. Raises PullError when it is not installed."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        hub, utils = import_module("huggingface_hub"), import_module("huggingface_hub.utils")
    except ImportError:
        raise PullError(f"to fetch models huggingface_hub is needed; {INSTALL}") from None
    utils.disable_progress_bars()
    utils.logging.set_verbosity(utils.logging.CRITICAL)
    return hub


def large(name: str, revision: str, file: File, blob: Path) -> Iterator[int]:
    """Fetch one file of weights; yields how many bytes of it are here. Raises PullError, OSError."""
    part = blob.with_name(f"{blob.name}.incomplete")
    if blob.exists():
        return
    tries = TRIES
    while (before := part.stat().st_size if part.exists() else 0) < file.bytes:
        try:
            yield from _stream(name, revision, file, part, before)
        except ConnectionError as error:
            tries = TRIES if part.exists() and part.stat().st_size > before else tries - 1
            if not tries:
                raise PullError(f"{error}; what came stays, the next pull goes on from there") from None
            time.sleep(PAUSE)
    if _sha256(part) != file.sha256 or part.stat().st_size != file.bytes:
        part.unlink()
        raise PullError(f"{file.name} arrived damaged and was thrown away; pull again")
    os.replace(part, blob)


def _stream(name: str, revision: str, file: File, part: Path, before: int) -> Iterator[int]:
    """The rest of a file, behind what is there. Raises ConnectionError when it was cut off, PullError."""
    import httpx

    hub = library()
    headers = {**hub.utils.build_hf_headers(), "Accept-Encoding": "identity", "Range": f"bytes={before}-"}
    url = hub.hf_hub_url(name, file.name, revision=revision)
    try:
        with httpx.stream("GET", url, headers=headers, follow_redirects=True, timeout=30) as response:
            if response.status_code not in (200, 206):
                _raise_status(response.status_code, name, file)
            with part.open("r+b" if part.exists() else "w+b") as out:
                _seek(out, before if response.status_code == 206 else 0)
                for block in response.iter_raw():
                    out.write(block)
                    yield out.tell()
                    if out.tell() > file.bytes:
                        return  # more than there is: its hash will be wrong
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        why = type(error).__name__ if not str(error) else str(error)
        raise ConnectionError(
            f"the connection was cut off in {file.name} ({' '.join(why.split())})"
        ) from None


def _seek(out: IO[bytes], place: int) -> None:
    """Go on at `place`; a server that begins anew overwrites what is there."""
    out.seek(place)
    out.truncate()


def _raise_status(status: int, name: str, file: File) -> None:
    if status == 416 or status == 429 or status >= 500:
        raise ConnectionError(f"the hub does not send {file.name} now ({status})")
    if status in (401, 403):
        raise PullError(f"{name} {GATED}")
    raise PullError(f"the hub refuses {file.name} of {name} ({status})")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
