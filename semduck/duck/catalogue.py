"""Models that are known to work: what they are for, how large they are, and their licences."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Known:
    """bytes: of what is downloaded, rounded. shape: see engine.About. terms: what the licence adds, or ""."""

    id: str
    parameters: int
    bytes: int
    shape: str
    licence: str
    terms: str
    about: str


@cache
def known() -> tuple[Known, ...]:
    """All of them, the recommended one first."""
    text = (resources.files("semduck.duck") / "catalogue.json").read_text("utf-8")
    return tuple(Known(**entry) for entry in json.loads(text))


def find(name: str) -> Known | None:
    """The one called `name`, with or without its owner, in any case; None when there is no such."""
    wanted = name.lower()
    exact = [k for k in known() if wanted == k.id.lower()]
    short = [k for k in known() if wanted == k.id.lower().rpartition("/")[2]]
    return next(iter(exact or short), None)


def near(name: str) -> str:
    """The id closest to `name`, or ""."""
    ids = {k.id.lower(): k.id for k in known()}
    ends = {i.rpartition("/")[2]: full for i, full in ids.items()}
    close = difflib.get_close_matches(name.lower(), [*ids, *ends], 1)
    return (ids | ends)[close[0]] if close else ""


def shape_of(name: str) -> str:
    """The prompts a model was trained on, by its name: "semcoder" | "semcoder-old" | ""."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2].lower().replace("-", "_")
    if "semcoder" not in last:
        return ""
    return "semcoder" if "1030" in last else "semcoder-old"
