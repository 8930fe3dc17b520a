"""Recorded refs -> bounded Value trees."""

from __future__ import annotations

import ast
from functools import lru_cache

from semduck.trace.grids import GRIDS, Grid, grid, line, named, number
from semduck.trace.model import Value
from semduck.trace.replay import Ref, State, Thing, paired

LINE = 80  # characters of Value.text
_BRACKETS = {"list": ("[", "]"), "tuple": ("(", ")"), "set": ("{", "}"), "dict": ("{", "}"),
             "frozenset": ("frozenset({", "})"), "deque": ("deque([", "])")}
_SPECIAL = {"i": "int", "s": "str", "b": "bytes", "c": "complex", "k": "opaque", "t": "opaque"}
_SCALARS = ("str", "int", "float", "bool", "bytes", "complex", "bytearray")
_EXACT = {"int", "bool", "bool_", "float64", *(f"{u}int{n}" for u in ("u", "") for n in (8, 16, 32, 64))}
KEPT = 2000  # characters and bytes of one string that are recorded


class Renderer:
    """Draws values of one state. budget: nodes still allowed, shared by everything drawn."""

    def __init__(self, state: State, width: int = 50, budget: int = 600, line: int = LINE) -> None:
        self.state, self.width, self.budget, self.line = state, width, budget, line
        self._open: set[int] = set()

    def value(self, ref: Ref, depth: int = 4) -> Value:
        """The picture of one ref, `depth` levels deep."""
        self.budget -= 1
        if type(ref) is not list:
            return plain(ref, self.line)
        if len(ref) == 1:
            return self._thing(ref[0], depth)
        return tagged(ref, self.line)

    def _thing(self, oid: int, depth: int) -> Value:
        thing = self.state.things.get(oid)
        if thing is None:
            return Value("elided", "?", "…")
        if thing.kind in GRIDS:
            return self._grid(oid, thing, depth)
        if thing.kind not in _BRACKETS and thing.kind not in ("object", "exception", "class"):
            inner, hidden = self._beside(oid, thing, depth)
            return _leaf(oid, thing, inner, hidden)
        if depth <= 0 or self.budget <= 0 or oid in self._open:
            return Value(thing.kind, thing.type, _closed(thing, oid in self._open), oid, thing.length,
                         more=thing.length)
        self._open.add(oid)
        drawn = self._drawn(oid, thing, self._children(thing, depth))
        self._open.discard(oid)
        return drawn

    def _beside(self, oid: int, thing: Thing, depth: int) -> tuple[list[tuple[str, Value]], int]:
        """Attributes of a number, what a closure holds, locals of a generator; how many are left out."""
        if depth <= 0 or self.budget <= 0 or oid in self._open:
            return [], 0
        self._open.add(oid)
        attrs = self.state.things.get(thing.attrs) if thing.attrs is not None else None
        inner = self._children(attrs, min(depth, 2)) if attrs is not None else []
        total = attrs.length if attrs is not None else 0
        if thing.kind == "generator" and thing.frame is not None and not thing.text.endswith("finished"):
            names = self.state.frames.get(thing.frame, {})
            total, inner = len(names), []
            for name, ref in list(names.items())[: self.width]:
                if self.budget > 0:
                    inner.append((name, self.value(ref, min(depth, 2) - 1)))
        self._open.discard(oid)
        return inner, total - len(inner)

    def _children(self, thing: Thing, depth: int) -> list[tuple[str, Value]]:
        pairs, names = paired(thing), named(thing)
        children: list[tuple[str, Value]] = []
        for index, item in enumerate(thing.items[: self.width]):
            if self.budget <= 0:
                break
            if pairs:
                key = item[0] if thing.kind != "dict" else self.value(item[0], 2).text
                children.append((key, self.value(item[1], depth - 1)))
            else:
                children.append((names[index] if names else str(index), self.value(item, depth - 1)))
        return children

    # -- arrays and tables ---------------------------------------------------------------------------------

    def _grid(self, oid: int, thing: Thing, depth: int) -> Value:
        about = grid(thing.text)
        if depth <= 0 or self.budget <= 0 or oid in self._open:
            length, size = _size(about)
            return Value(thing.kind, thing.type, _closed(thing, oid in self._open), oid, length, more=size)
        self._open.add(oid)
        children = (self._columns if thing.kind == "frame" else self._elements)(thing, about, depth)
        text = line(thing, lambda n: self._element(thing, n, depth).text, self.line)
        attrs = self.state.things.get(thing.attrs) if thing.attrs is not None else None
        inner = self._children(attrs, 2) if attrs is not None else []
        self._open.discard(oid)
        length, size = _size(about)
        return Value(thing.kind, thing.type, text, oid, length, (*children, *inner), size - len(children))

    def _element(self, thing: Thing, n: int, depth: int) -> Value:
        about = grid(thing.text)
        dtype = about.about["dtypes"][n // about.taken[0]] if thing.kind == "frame" else about.dtype
        ref = thing.items[n]
        if type(ref) is float:
            self.budget -= 1
            return Value("float", dtype, number(ref, dtype), literal=ref, is_literal=True)
        return self.value(ref, min(depth - 1, 2))

    def _elements(self, thing: Thing, about: Grid, depth: int) -> list[tuple[str, Value]]:
        found: list[tuple[str, Value]] = []
        for n, label in enumerate(about.labels()[: self.width]):
            if self.budget <= 0:
                break
            found.append((label, self._element(thing, n, depth)))
        return found

    def _columns(self, thing: Thing, about: Grid, depth: int) -> list[tuple[str, Value]]:
        """Columns of a table, each with its cells."""
        rows, labels = about.taken[0], about.rows()
        found: list[tuple[str, Value]] = []
        for n, name in enumerate(about.about["columns"][: self.width]):
            if self.budget <= 0:
                break
            wanted = range(n * rows, n * rows + min(rows, self.width, max(0, self.budget)))
            values = [self._element(thing, i, depth) for i in wanted]
            cells = list(zip(labels, values, strict=False))
            more = about.shape[0] - len(cells)
            text = self._join("[", [v.text for _, v in cells], "]", more)
            dtype = about.about["dtypes"][n]
            found.append((name, Value("array", dtype, text, None, about.shape[0], tuple(cells), more)))
        return found

    def _drawn(self, oid: int, thing: Thing, children: list[tuple[str, Value]]) -> Value:
        more = max(0, thing.length - len(children))
        if thing.attrs is not None:
            attrs = self.state.things.get(thing.attrs)
            if attrs is not None:
                children = children + self._children(attrs, 2)
        exact = thing.kind in _BRACKETS and thing.kind != "deque" and not more and thing.attrs is None
        exact = exact and thing.type == thing.kind and all(v.is_literal for _, v in children)
        literal = self._literal(thing, children) if exact else None
        if exact and literal is None and thing.kind != "list":
            exact = False
        text = self._text(thing, children, more)
        return Value(thing.kind, thing.type, text, oid, thing.length, tuple(children), more, literal, exact)

    def _literal(self, thing: Thing, children: list[tuple[str, Value]]) -> object:
        values = [v.literal for _, v in children]
        try:
            if thing.kind == "dict":
                keys = [self._key(item[0]) for item in thing.items]
                if not all(k.is_literal for k in keys):
                    return None
                return dict(zip((k.literal for k in keys), values, strict=True))
            makers = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
            return makers[thing.kind](values)
        except TypeError:
            return None

    def _key(self, ref: Ref) -> Value:
        """A dict's key in full; a key that leads back to the dict is not a literal."""
        inner = Renderer(self.state, 1000, 1000)
        inner._open = self._open
        return inner.value(ref, 8)

    def _text(self, thing: Thing, children: list[tuple[str, Value]], more: int) -> str:
        if thing.kind == "exception":
            return clip(f"{thing.type}: {thing.text}" if thing.text else thing.type, self.line)
        if thing.kind == "class":
            return clip(f"class {thing.text}", self.line)
        if thing.kind == "object" and thing.text:
            return clip(thing.text, self.line)
        if thing.kind == "object":
            opening, closing = thing.type + "(", ")"
            parts = [f"{k}={v.text}" for k, v in children]
        else:
            opening, closing = _BRACKETS[thing.kind]
            parts = [f"{k}: {v.text}" if thing.kind == "dict" else v.text for k, v in children]
            if named(thing):
                return self._join(f"{thing.type}(", [f"{k}={v.text}" for k, v in children], ")", more)
            if thing.kind in ("set", "frozenset") and not parts and not more:
                return f"{thing.kind}()"
            if thing.kind == "tuple" and len(parts) == 1 and not more:
                closing = ",)"
            if thing.kind == "deque":
                closing = f"], {thing.text})" if thing.text else closing
                opening = f"{thing.type}(["
            elif thing.type != thing.kind:
                factory = f"{thing.text}, " if thing.kind == "dict" and thing.text else ""
                opening, closing = f"{thing.type}({factory}{opening}", f"{closing})"
        return self._join(opening, parts, closing, more)

    def _join(self, opening: str, parts: list[str], closing: str, more: int) -> str:
        room = self.line - len(opening) - len(closing) - 4
        kept: list[str] = []
        for part in parts:
            if kept and room < len(part) + 2:
                more += len(parts) - len(kept)
                break
            kept.append(clip(part, max(12, room)))
            room -= len(part) + 2
        if more:
            kept.append("…")
        return opening + ", ".join(kept) + closing


def clip(text: str, size: int) -> str:
    """At most `size` characters, cut ones marked."""
    return text if len(text) <= size else text[: max(1, size - 1)] + "…"


def plain(ref: Ref, line: int = LINE) -> Value:
    """None, bool, int, float and short strings: exact."""
    return _plain(ref, line) if type(ref) is float else _same(ref, line)  # 0.0 == -0.0


def _plain(ref: Ref, line: int) -> Value:
    if isinstance(ref, str):
        return Value("str", "str", clip(repr(ref), line), None, len(ref), literal=ref, is_literal=True)
    if ref is None:
        return Value("none", "NoneType", "None", is_literal=True)
    kind = type(ref).__name__
    return Value(kind, kind, clip(repr(ref), line), literal=ref, is_literal=True)


_same = lru_cache(4096, typed=True)(_plain)  # a picture does not change: most of a state is drawn again


def tagged(ref: Ref, line: int = LINE) -> Value:
    """Tagged plain values: long strings and numbers, bytes, complex, Ellipsis."""
    tag = ref[0]
    kind = _SPECIAL.get(tag, "elided")
    if tag == "s":
        text = clip(repr(ref[1]), line - 1).removesuffix("…") + "…"
        return Value("str", "str", text, None, ref[2], more=ref[2] - len(ref[1]))
    if tag == "b":
        data = ref[1].encode("latin-1")
        exact = len(data) == ref[2]
        return Value("bytes", "bytes", clip(repr(data), line), None, ref[2], more=ref[2] - len(data),
                     literal=data if exact else None, is_literal=exact)
    if tag == "c":
        return Value("complex", "complex", ref[1], literal=complex(ref[1]), is_literal=True)
    if tag == "i":
        digits = len(ref[1].lstrip("-")) - 2
        return Value("int", "int", clip(ref[1], line), None, ref[2], more=(ref[2] + 3) // 4 - digits)
    return Value(kind, str(ref[1]) if len(ref) > 1 else "?", str(ref[-1]))


def _size(about: Grid) -> tuple[int, int]:
    """What len() gives, and the number of elements (of columns, for a table)."""
    length = about.shape[0] if about.shape else 1
    return length, about.shape[1] if "columns" in about.about else about.size


def _leaf(oid: int, thing: Thing, children: list[tuple[str, Value]], hidden: int) -> Value:
    if thing.kind == "module":
        return Value("module", thing.type, clip(f"module {thing.text}", LINE), oid)
    if thing.kind == "function":
        text = f"function {thing.text}{_with(children)}"
        return Value("function", thing.type, text, oid, None, tuple(children), hidden)
    if thing.kind == "type":
        return Value("class", "type", f"class {thing.text}", oid)
    if thing.kind in _SCALARS:
        return _scalar(oid, thing, children, hidden)
    if thing.kind == "generator":
        text = clip(f"<{thing.type} {thing.text}{_with(children)}>", LINE)
        return Value("generator", thing.type, text, oid, None, tuple(children), hidden)
    return Value(thing.kind, thing.type, clip(thing.text or f"<{thing.type}>", LINE), oid)


def _with(children: list[tuple[str, Value]]) -> str:
    """What stands behind a function that has a closure, or a generator that has locals."""
    names = ", ".join(f"{name}={value.text}" for name, value in children)
    return clip(f" with {names}", 40) if names else ""


def _scalar(oid: int, thing: Thing, children: list[tuple[str, Value]], hidden: int) -> Value:
    """A number or text of a class derived from int, str, ...: enum members and numpy's numbers are exact."""
    long = thing.kind in ("str", "bytes", "bytearray")
    cut = max(0, thing.length - KEPT) if long else 0
    text = clip(thing.text, LINE - 1 if cut else LINE)
    exact = thing.text.startswith("<") or thing.type in _EXACT
    literal = parsed(thing.text) if exact and not cut else None
    return Value(thing.kind, thing.type, text.removesuffix("…") + "…" if cut else text, oid,
                 thing.length if long else None, tuple(children), cut + hidden, literal, literal is not None)


def parsed(text: str) -> object:
    """The value in 3, True, or <Number.ONE: 1>."""
    try:
        return ast.literal_eval(text.partition(": ")[2][:-1] if text.startswith("<") else text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _closed(thing: Thing, cycle: bool) -> str:
    if thing.kind in ("exception", "class"):
        return thing.text or thing.type
    if thing.kind == "object" and thing.text:
        return clip(thing.text, LINE)
    opening, closing = _BRACKETS.get(thing.kind, (thing.type + "(", ")"))
    inner = "..." if cycle else "…" if thing.length else ""
    if thing.kind in ("set", "frozenset") and not inner:
        return f"{thing.kind}()"
    return f"{opening}{inner}{closing}"
