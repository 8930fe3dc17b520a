"""Arrays and tables as recorded -> their description, labels and one line of text."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from semduck.trace.replay import Thing

GRIDS = ("array", "frame")
LENGTHS = (50, 20, 12, 10, 8, 6, 5, 4, 3, 2, 1)  # elements along an axis that are tried for one line
_NAMES = {"ndarray": "array", "Tensor": "tensor"}
_DIGITS = {"float16": ("e", range(1, 6)), "float32": ("f", range(6, 10))}


@dataclass(frozen=True)
class Grid:
    """What is known of an array or a table besides its elements; see docs/recording-format.md."""

    shape: tuple[int, ...]
    taken: tuple[int, ...]
    dtype: str
    about: dict[str, Any]

    @property
    def size(self) -> int:
        """Number of elements it really has."""
        return math.prod(self.shape)

    def rows(self) -> list[str]:
        """Labels along the first axis, as they are written in source."""
        index = self.about.get("index")
        if isinstance(index, dict):
            return [str(index["start"] + index["step"] * n) for n in range(self.taken[0])]
        return [str(n) for n in range(self.taken[0])] if index is None else index

    def labels(self) -> list[str]:
        """Labels of the elements of an array: "0", "'b'", "1, 2"."""
        if len(self.taken) == 1:
            return self.rows()
        if not self.taken:
            return ["()"]
        return [", ".join(map(str, place)) for place in product(*map(range, self.taken))]

    def cells(self) -> list[str]:
        """How the elements of a table are reached: "loc[0, 'a']"."""
        rows = self.rows()
        return [f"loc[{row}, {column}]" for column in self.about["columns"] for row in rows]


@lru_cache(512)
def grid(text: str) -> Grid:
    """The description of an array or a table."""
    about = json.loads(text)
    return Grid(tuple(about["shape"]), tuple(about["taken"]), about.get("dtype", ""), about)


def named(thing: Thing) -> list[str]:
    """Names of the fields of a named tuple; [] for other things."""
    names = thing.text.split(" ") if thing.kind == "tuple" and thing.text else []
    return names if len(names) == thing.length else []


def complete(thing: Thing) -> bool:
    """Are all its elements recorded?"""
    if thing.kind not in GRIDS:
        return thing.length == len(thing.items)
    about = grid(thing.text)
    return "why" not in about.about and about.taken == about.shape


def places(thing: Thing) -> list[str]:
    """How each item of an array, a table or a tuple is reached from it: "[0, 1]", ".loc[0, 'a']", ".x"."""
    if thing.kind == "frame":
        return [f".{cell}" for cell in grid(thing.text).cells()]
    if thing.kind == "array":
        return [f"[{label}]" for label in grid(thing.text).labels()]
    return [f".{name}" for name in named(thing)] or [f"[{n}]" for n in range(len(thing.items))]


def number(value: object, dtype: str) -> str:
    """A number as its type needs it: 0.1, where a float32 is nearest to that."""
    if dtype not in _DIGITS or not isinstance(value, float) or not math.isfinite(value):
        return repr(value)
    code, digits = _DIGITS[dtype]
    near = (float(f"{value:.{n}g}") for n in digits)
    return repr(next((x for x in near if _rounded(code, x) == value), value))


def _rounded(code: str, value: float) -> float | None:
    """The nearest number of a smaller type."""
    try:
        found: float = struct.unpack(code, struct.pack(code, value))[0]
    except OverflowError:
        return None
    return found


def line(thing: Thing, element: Callable[[int], str], room: int) -> str:
    """array([[1, 2], [3, 4]], dtype=int64), with as many elements as there is room for."""
    about = grid(thing.text)
    opening, closing = f"{_NAMES.get(thing.type, thing.type)}(", f"{_notes(thing, about)})"
    if "code" in about.about:
        opening += f"'{about.about['code']}', "
    if thing.kind == "frame":
        make: Callable[[int], str] = lambda most: _table(about, element, most)  # noqa: E731
    elif "why" in about.about:
        return f"{opening}… not read: {about.about['why']}{closing}"
    elif "index" in about.about and not _counts(about.about["index"]):
        make = lambda most: _labelled(about, element, most)  # noqa: E731
    else:
        make = lambda most: _nested(about, element, most)  # noqa: E731
    left = room - len(opening) - len(closing)
    tried = (make(most) for most in LENGTHS)
    body = next((text for text in tried if len(text) <= left), None)
    if body is None:
        body = make(1)
        body = body if len(body) < room else "…"
    return f"{opening}{body}{closing}"


def _counts(index: Any) -> bool:
    return isinstance(index, dict) and index["start"] == 0 and index["step"] == 1


def _notes(thing: Thing, about: Grid) -> str:
    """What stands behind the elements: shape where it is not evident, type, name, device."""
    notes = []
    empty = not about.size and len(about.shape) > 1
    if thing.kind == "frame" or about.size > math.prod(about.taken) or empty:
        shape = ", ".join(map(str, about.shape)) + "," * (len(about.shape) == 1)
        notes.append(f"shape=({shape})")
    if about.dtype and thing.kind == "array":
        notes.append(f"dtype={about.dtype}")
    if "name" in about.about:
        notes.append(f"name={about.about['name']}")
    if "device" in about.about:
        notes.append(f"device='{about.about['device']}'")
    if about.about.get("grad"):
        notes.append("requires_grad=True")
    return "".join(f", {note}" for note in notes)


def _nested(about: Grid, element: Callable[[int], str], most: int) -> str:
    """Elements in as many brackets as there are axes."""
    def draw(axis: int, start: int, step: int) -> str:
        if axis == len(about.taken):
            return element(start)
        step //= max(1, about.taken[axis])
        count = min(most, about.taken[axis])
        parts = [draw(axis + 1, start + n * step, step) for n in range(count)]
        return f"[{', '.join(parts + ['…'] * (count < about.shape[axis]))}]"

    return draw(0, 0, math.prod(about.taken))


def _labelled(about: Grid, element: Callable[[int], str], most: int) -> str:
    """{'a': 1, 'b': 2}"""
    labels = about.rows()[:most]
    return _pairs([f"{label}: {element(n)}" for n, label in enumerate(labels)], len(labels) < about.shape[0])


def _table(about: Grid, element: Callable[[int], str], most: int) -> str:
    """{'a': [1, 2], 'b': [3, 4]}"""
    rows = about.taken[0]
    count = min(rows, most)
    dots = ["…"] * (count < about.shape[0])
    parts = []
    for n, label in enumerate(about.about["columns"][:most]):
        texts = [element(n * rows + row) for row in range(count)]
        parts.append(f"{label}: [{', '.join(texts + dots)}]")
    return _pairs(parts, len(parts) < about.shape[1])


def _pairs(parts: Sequence[str], more: bool) -> str:
    return f"{{{', '.join([*parts, *['…'] * more])}}}"
