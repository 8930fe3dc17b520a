"""One-line texts of the standard library's values: dates, numbers, paths, enum members, matches, ...

Runs inside the recorded process. Each function is given a value and the library's class it derives from.
"""

from __future__ import annotations

from itertools import pairwise

from ..kinds import Member, in_c, module_dict, mro, type_dict, type_name
from .parts import PARTS, SHORT, field, kind_name, plain, short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BIG = 2000  # bytes of a Decimal that is not written out


def own_repr(value: Any, base: Any) -> str:
    """repr() of a class that is known to show nothing but its own plain content."""
    text: str = base.__repr__(value)
    return text


def piece(value: Any, base: Any) -> str:
    """slice(0, 3, None)"""
    return f"slice({short(value.start)}, {short(value.stop)}, {short(value.step)})"


def decimal(value: Any, base: Any) -> str:
    """Decimal('0.1')"""
    if base.__sizeof__(value) > BIG:
        return f"Decimal(<about {base.adjusted(value) + 1} digits>)"
    return own_repr(value, base)


def fraction(value: Any, base: Any) -> str:
    """Fraction(1, 3)"""
    top, bottom = (type_dict(base)[name].__get__(value) for name in ("_numerator", "_denominator"))
    return f"{kind_name(value)}({short(top)}, {short(bottom)})"


def uuid(value: Any, base: Any) -> str:
    """UUID('12345678-1234-5678-1234-567812345678')"""
    digits = f"{int.__index__(field(value, 'int')):032x}"
    cuts = (0, 8, 12, 16, 20, 32)
    return f"{kind_name(value)}('{'-'.join(digits[a:b] for a, b in pairwise(cuts))}')"


def module(value: Any, base: Any) -> str:
    """<_LazyModule 'colorsys'>: a module that does more than modules do when it is asked for a name."""
    name = module_dict(value).get("__name__")
    return f"<{kind_name(value)} {short(name)}>"


# -- dates -------------------------------------------------------------------------------------------------


def date(value: Any, base: Any) -> str:
    """datetime.date(2024, 1, 31)"""
    return f"{_prefix(value)}({', '.join(str(field(value, n)) for n in ('year', 'month', 'day'))})"


def moment(value: Any, base: Any) -> str:
    """datetime.datetime(2024, 1, 31, 12, 0, tzinfo=datetime.timezone.utc), datetime.time(12, 0)"""
    day = ("year", "month", "day") if "date" in type_dict(base) else ()
    parts = [field(value, name) for name in (*day, "hour", "minute", "second", "microsecond")]
    while len(parts) > len(day) + 2 and parts[-1] == 0:
        parts.pop()
    texts = [str(part) for part in parts]
    if field(value, "fold"):
        texts.append("fold=1")
    where = field(value, "tzinfo")
    if where is not None:
        texts.append(f"tzinfo={zone_text(where)}")
    return f"{_prefix(value)}({', '.join(texts)})"


def zone(value: Any, base: Any) -> str:
    """datetime.timezone.utc, zoneinfo.ZoneInfo(key='Europe/Berlin')"""
    return zone_text(value)


def zone_text(value: Any) -> str:
    """A time zone: one written in C tells what it is, of others only the name is told."""
    cls = type(value)
    name = type_name(cls)
    if in_c(cls) and name == "timezone":
        return _timezone(cls, value)
    if name == "ZoneInfo" and type(type_dict(cls).get("key")) is Member:
        return f"zoneinfo.ZoneInfo(key={short(field(value, 'key'))})"
    return short(value)


def _timezone(cls: Any, value: Any) -> str:
    offset, *name = cls.__getinitargs__(value)  # C, like the class
    if not name and not field(offset, "days") and not field(offset, "seconds"):
        return "datetime.timezone.utc"
    parts = [own_repr(offset, type(offset)), *map(short, name)]
    return f"datetime.timezone({', '.join(parts)})"


def _prefix(value: Any) -> str:
    return "datetime." * in_c(type(value)) + kind_name(value)


# -- names of fields ---------------------------------------------------------------------------------------


def field_names(cls: type) -> str:
    """Names of a namedtuple's fields, or of those of a tuple with names made in C; "" for others."""
    for klass in mro(cls):
        names = type_dict(klass)
        for key in ("_fields", "__match_args__"):
            found = names.get(key)
            if type(found) is tuple and found and all(type(n) is str for n in found):
                if all(_reads_item(type(names.get(n))) for n in found):
                    return " ".join(found)
    return ""


def _reads_item(kind: type) -> bool:
    """Is it how a tuple with named fields reaches one: made by namedtuple(), or in C?"""
    return kind is Member or (type_name(kind) == "_tuplegetter" and in_c(kind))


def factory(value: Any, base: Any) -> str:
    """list, of a defaultdict(list)"""
    return short(type_dict(base)["default_factory"].__get__(value))


def maxlen(value: Any, base: Any) -> str:
    """maxlen=3, of a deque that has one"""
    most = type_dict(base)["maxlen"].__get__(value)
    return "" if most is None else f"maxlen={most}"


def member(value: Any, base: Any) -> str:
    """Color.RED; <Number.ONE: 1> when it is a number or text as well"""
    name = field(value, "_name_")
    cls = type(value)
    text = f"{kind_name(value)}.{name}" if type(name) is str else f"{kind_name(value)}(0)"
    plain_type: Any = next((k for k in mro(cls) if k is int or k is str or k is float), None)
    if plain_type is None:
        return text
    return f"<{text}: {plain(_exactly(value, plain_type), SHORT)}>"


def _exactly(value: Any, base: Any) -> Any:
    """The int, str or float an object of a class derived from it is."""
    return str.__str__(value) if base is str else base.__add__(value, 0)


def partial(value: Any, base: Any) -> str:
    """partial(f, 1, key=2)"""
    names = type_dict(base)
    called, given, named = (names[n].__get__(value) for n in ("func", "args", "keywords"))
    parts = [short(called), *map(short, given[:PARTS])]
    if type(named) is dict:
        parts += [f"{k}={short(v)}" for k, v in list(named.items())[:PARTS] if type(k) is str]
    left = len(given) + len(named) + 1 - len(parts)
    return f"{kind_name(value)}({', '.join(parts + ['…'] * (left > 0))})"
