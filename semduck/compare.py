"""A literal in prose against a traced value: True, False, or None when that cannot be told."""

from __future__ import annotations

import ast
import itertools
import math
import re
import warnings

from semduck.compare_made import as_made, as_plain, made
from semduck.duck import literals
from semduck.trace.model import Value

_LONGEST = 10_000
_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
_CLASS = re.compile(r"<class '([\w.]+)'>")
_CALL = re.compile(r"[A-Za-z_][\w.]*\(")
_CONTAINERS = ("list", "tuple", "dict", "set", "frozenset", "deque")
_UNKNOWN = object()
_EMPTY = re.compile(r"(?:an? )?(?:new )?empty (?P<kind>list|dictionary|dict|string|set|tuple)s?")
_EMPTIES = {"list": list, "dictionary": dict, "dict": dict, "string": str, "set": set, "tuple": tuple}
_SPECIAL = {
    "nan": math.nan,
    "inf": math.inf,
    "-inf": -math.inf,
    "true": True,
    "false": False,
    "infinity": math.inf,
    "positive infinity": math.inf,
    "float('inf')": math.inf,
    'float("inf")': math.inf,
}


def compare(said: str, value: Value) -> bool | None:
    """Is `value` what was said? Quotes, spaces, printed rounding and a trailing … are tolerated."""
    said = said.strip().strip("`").strip()
    if not said or len(said) > _LONGEST or value.kind == "elided":
        return None
    if _same_text(said, value.text):
        return True
    if "…" in said or re.search(r"\.\.\.(?=[\])}'\"]*$|, )", said):
        return _cut(said.replace("...", "…"), value)
    parsed = literal(said)
    if _of_class(value) and (told := _by_content(said, value, parsed)) is not _UNKNOWN:
        return told  # type: ignore[return-value]
    if parsed is not _UNKNOWN and value.is_literal:
        return same(parsed, value.literal, said)
    if parsed is not _UNKNOWN and value.kind in ("int", "float", "str", "bool", "none") and not value.more:
        return None if "…" in value.text else _text(said) == _text(value.text)
    return _by_text(said, value, parsed)


def _of_class(value: Value) -> bool:
    """Does it hold other values and is no plain list, tuple, dict or set?"""
    return value.kind == "object" or value.kind in ("frozenset", "deque") or (
        value.kind in _CONTAINERS and value.type_name != value.kind
    )


def _by_content(said: str, value: Value, parsed: object) -> object:
    """By what it holds, whatever the way it is written; a marker object where another rule decides."""
    if isinstance(parsed, list | tuple | dict | set):
        return as_plain(parsed, value, same)
    call = made(_CLASS.sub(r"\1", said)) if parsed is _UNKNOWN and _CALL.match(said) else None
    if call is None or call.name != value.type_name:
        return _UNKNOWN
    told = as_made(call, value, compare, same)
    return _UNKNOWN if told is None else told


def literal(text: str) -> object:
    """The Python object a literal stands for; a marker object when it is none."""
    text = literals.plain(text) if text[:1] not in "([{'\"" else text
    if text in _SPECIAL:
        return _SPECIAL[text]
    if empty := _EMPTY.fullmatch(text):
        return _EMPTIES[empty["kind"]]()
    try:
        with warnings.catch_warnings():  # of escapes that Python does not know
            warnings.simplefilter("ignore")
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return set() if text == "set()" else _UNKNOWN


def near(said: str, value: Value) -> bool | None:
    """Is `value` about what was said? None where the two are neither close nor far apart."""
    told = literal(said.strip("`"))
    if not isinstance(told, int | float) or not isinstance(value.literal, int | float):
        return compare(said, value)
    if same(told, value.literal, said) or abs(told - value.literal) <= 0.5 * _last_digit(said):
        return True
    return None if abs(told - value.literal) <= 0.01 * abs(value.literal) and "." not in said else False


def _last_digit(said: str) -> float:
    """What one more in the last digit written is worth."""
    _, point, digits = said.strip("`").partition(".")
    return float(10 ** -len(digits)) if point and len(digits) < 16 else 1.0


def same(said: object, traced: object, text: str = "") -> bool:
    """Equal by structure: 6 and 6.0 are, True and 1 are not; a float may be rounded as it was written."""
    if isinstance(said, bool) or isinstance(traced, bool) or said is None or traced is None:
        return said is traced
    if isinstance(said, int | float) and isinstance(traced, int | float):
        return _numbers(said, traced, text)
    if type(said) is not type(traced):
        return False
    if isinstance(said, list | tuple) and isinstance(traced, list | tuple):
        return len(said) == len(traced) and all(same(a, b) for a, b in zip(said, traced, strict=True))
    if isinstance(said, dict) and isinstance(traced, dict):
        return said.keys() == traced.keys() and all(same(said[k], traced[k]) for k in said)
    return said == traced


def _numbers(said: float, traced: float, text: str) -> bool:
    if said == traced or (said != said and traced != traced):
        return True
    if isinstance(traced, int) or not math.isfinite(traced) or not math.isfinite(said):
        return False
    written = text or repr(said)
    digits = len(written.partition(".")[2]) if "." in written and "e" not in written.lower() else 0
    return digits > 0 and digits < len(repr(traced).partition(".")[2]) and round(traced, digits) == said


def _text(text: str) -> str:
    """Without spaces outside strings, with one kind of quotes, without addresses."""
    out, at = [], 0
    while at < len(text):
        char = text[at]
        end = literals.end_of(text, at) if char in "'\"" else None
        if end is not None:
            read = literal(text[at:end])
            out.append(repr(read) if read is not _UNKNOWN else text[at:end])
            at = end
            continue
        out.append("" if char.isspace() else char)
        at += 1
    return _ADDRESS.sub("0x", "".join(out)).replace("<locals>.", "")


def _same_text(said: str, traced: str) -> bool:
    a, b = _text(said), _text(traced)
    return a == b or a == f"<{b.strip('<>').replace('<', '').replace('>', '')}>"


def _by_text(said: str, value: Value, parsed: object) -> bool | None:
    """Objects and containers of objects: equal as text, or different for sure."""
    if parsed is not _UNKNOWN and value.kind in _CONTAINERS and type(parsed).__name__ != value.kind:
        return False
    if parsed is not _UNKNOWN and _differs_in_kind(parsed, value):
        return False
    if "…" in value.text or value.more:
        return _cut_value(said, value)
    if parsed is not _UNKNOWN:
        return False if value.kind in _CONTAINERS else None
    if value.kind == "object" and value.text.startswith(value.type_name + "(") and _CALL.match(said):
        return False if _fields_differ(said, value) else None
    if _plain_call(said) and _plain_call(value.text):
        return False
    if said[0] in "[{(" and value.children and literals.opening(value.text) == said[0]:
        return _cut_value(said, value)
    return False if said[0] in "[{(" and value.text[:1] in "[{(" else None


def _plain_call(text: str) -> bool:
    """range(0, 3), deque([1]): a call of nothing but literals."""
    if not _CALL.match(text):
        return False
    try:
        call = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return isinstance(call, ast.Call) and all(
        literal(ast.unparse(a)) is not _UNKNOWN for a in [*call.args, *(k.value for k in call.keywords)]
    )


def _differs_in_kind(parsed: object, value: Value) -> bool:
    if value.kind in ("opaque", "bytearray"):
        return value.text.startswith(value.type_name + "(")
    return value.kind in ("object", "none", "exception", "function", "class", "module", "generator")


def _fields_differ(said: str, value: Value) -> bool:
    """Point(x=1, y=3) against an object of type Point whose y is 2."""
    try:
        call = ast.parse(said, mode="eval").body
    except (SyntaxError, ValueError):
        return False
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != value.type_name:
        return True
    fields = dict(value.children)
    told = {k.arg: ast.unparse(k.value) for k in call.keywords if k.arg}
    return any(k in fields and compare(v, fields[k]) is False for k, v in told.items()) or bool(
        told.keys() - fields.keys() and not value.more
    )


def _cut(said: str, value: Value) -> bool | None:
    """A value given only up to an … : its beginning must agree."""
    head = said.partition("…")[0].rstrip(", ")
    if not head:
        return None
    if value.is_literal and isinstance(value.literal, str):
        return _string_head(said, value.literal)
    if value.children:
        return _cut_value(said, value)
    full = repr(value.literal) if value.is_literal else value.text
    a, b = _head(_text(head)), _text(full)
    return b.startswith(a) or (None if a.startswith(_head(b.rstrip("…"))) and "…" in b else False)


def _head(text: str) -> str:
    return text.lstrip("'\"") if text[:1] in "'\"" else text


def _string_head(said: str, traced: str) -> bool:
    quote = said[0] if said[0] in "'\"" else "'"
    body = said.partition("…")[0]
    body = body[1:] if body[:1] in ("'", '"') else body
    read = literal(quote + body + quote)
    return traced.startswith(read if isinstance(read, str) else body)


def _cut_value(said: str, value: Value) -> bool | None:
    """Element by element, as far as both are given."""
    parts = _parts(said)
    if parts is None or not value.children:
        return None
    if said[0] in "[({" and literals.opening(value.text)[:1] != said[0]:
        return False
    rest = bool(parts) and parts[-1] == "…"
    parts = parts[:-1] if rest else parts
    if not rest and value.length is not None and value.length != len(parts):
        return False
    seen: list[bool | None] = []
    for part, (label, child) in zip(parts, value.children, strict=False):
        key, text = _keyed(part, label, value)
        seen.append(False if key is False else compare(text, child))
    if False in seen:
        return None if value.kind in ("set", "frozenset") else False
    return True if None not in seen and (rest or not value.more) else None


def _keyed(part: str, label: str, value: Value) -> tuple[bool, str]:
    """Split `key: value` or `attr=value`; the first is False when the key is another one."""
    if value.kind == "dict":
        end = literals.end_of(part, 0)
        if end is None or part[end : end + 1] != ":":
            return True, part.partition(":")[2].strip() or part
        if "…" in part[:end] + label:
            return True, part[end + 1 :].strip()
        return _text(part[:end]) == _text(label), part[end + 1 :].strip()
    if label.isidentifier() and part.startswith(f"{label}="):
        return True, part[len(label) + 1 :]
    return not label.isidentifier(), part


def _parts(said: str) -> list[str] | None:
    """Elements of a bracketed text, at its top level."""
    opening = literals.opening(said)
    if not opening:
        return None
    inner = len(opening)
    start, end = inner, len(said) - sum(c in literals.PAIRS for c in opening)
    body = "[" + said[start:end] + "]"
    cuts = [0, *literals.top_commas(body), len(body) - 1]
    parts = [body[a + 1 : b].strip() for a, b in itertools.pairwise(cuts)]
    return [x for x in parts if x]
