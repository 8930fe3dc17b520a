"""What adapters are made of: reading one field of an object, and short texts of plain values.

Runs inside the recorded process.
"""

from __future__ import annotations

from ..kinds import (
    ATOM_IDS,
    Builtin,
    Function,
    GetSet,
    Member,
    Module,
    isinstance_type,
    mro,
    type_dict,
    type_name,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

SHORT = 80  # characters of a part of a text
PARTS = 20  # parts of one value, say groups of a match
HERE = __file__[: -len("adapters/parts.py")]  # the folder of the recorder
DIGITS = 1 << 512  # numbers beyond are told by their size


class Seen:
    """What was seen of an array or a table: a description and its first elements.

    mark: bytes that are equal when nothing changed, None when only a comparison of elements can tell.
    elements: makes them when they are needed. whole: are they all there?
    """

    __slots__ = ("about", "elements", "length", "mark", "whole")

    def __init__(self, about: dict[str, Any], elements: Callable[[], Sequence[Any]], length: int,
                 mark: bytes | None = None, whole: bool = True) -> None:
        self.about, self.elements, self.length, self.mark, self.whole = about, elements, length, mark, whole


class Adapter:
    """How values of one library class are read.

    text: its one line. look: description and elements of an array. kind: of the Value, "" for the usual one.
    changes: may it change after it was made? memory: number of the memory that several arrays may share.
    fields: only fields are read, no method of the class is called, so it need not be written in C.
    behind: the object that is changed through this one. base: the library's class.
    """

    __slots__ = ("base", "behind", "changes", "fields", "kind", "look", "memory", "text")

    def __init__(self, text: Callable[[Any, Any], str] | None = None, kind: str = "", *,
                 look: Callable[[Any], Seen] | None = None, changes: bool = False,
                 memory: Callable[[Any], int] | None = None, fields: bool = False,
                 behind: Callable[[Any], Any] | None = None, base: Any = None) -> None:
        self.text, self.kind, self.look, self.changes = text, kind, look, changes
        self.memory, self.fields, self.behind, self.base = memory, fields, behind, base

    def of(self, base: type) -> Adapter:
        """The same for one class."""
        return Adapter(self.text, self.kind, look=self.look, changes=self.changes, memory=self.memory,
                       fields=self.fields, behind=self.behind, base=base)

    def changed(self, value: Any) -> Any:
        """The object that is changed through this one: itself, or what is behind it."""
        try:
            return value if self.behind is None else self.behind(value)
        except Exception as error:
            raised_below(error)
            return value

    def label(self, value: Any) -> str:
        """The text, "" when it cannot be had."""
        if self.text is None:
            return ""
        try:
            return self.text(value, self.base)
        except Exception as error:
            raised_below(error)
            return ""


def raised_below(error: Exception) -> None:
    """Go on only after an error of our own: what a signal handler raised is the program's."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is not None and not trace.tb_frame.f_code.co_filename.startswith(HERE):
        raise error


def field(value: Any, name: str) -> Any:
    """An attribute kept in a C structure, a slot or the instance dictionary; never a property of a class."""
    holder: Any = None
    for klass in mro(type(value)):
        names = type_dict(klass)
        found: Any = names.get(name)
        if type(found) is GetSet or type(found) is Member:
            return found.__get__(value)
        if holder is None and type(names.get("__dict__")) is GetSet:
            holder = names["__dict__"]
    held = holder.__get__(value) if holder is not None else {}
    return dict.__getitem__(held, name)


def is_a(value: Any, base: Any) -> bool:
    """isinstance() that asks nobody."""
    return any(k is base for k in mro(type(value)))


def exactly(value: Any, cls: Any) -> Any:
    """The value when it is of this very class: what we do with it then runs no code of the program."""
    if type(value) is not cls:
        raise TypeError
    return value


def short(value: Any, size: int = SHORT) -> str:
    """A text for any object: plain values as they are written, of others the name."""
    cls = type(value)
    if id(cls) in ATOM_IDS:
        return plain(value, size)
    if cls is Function:
        return clean(value.__qualname__)
    if cls is Builtin:
        return builtin_name(value)
    if isinstance_type(value):
        return clean(type_name(value))
    if cls is tuple:
        inner = [short(v, size) for v in value[:PARTS]] + ["…"] * (len(value) > PARTS)
        return f"({', '.join(inner)}{',' * (len(inner) == 1)})"
    return f"<{clean(type_name(cls))}>"


def plain(value: Any, size: int = SHORT) -> str:
    """An exact str, bytes, number, None, ...: at most about `size` characters."""
    cls = type(value)
    if cls is str or cls is bytes:
        text = repr(value[:size])
        return text if len(value) <= size else f"{text}…"
    if cls is int and not -DIGITS < value < DIGITS:
        return f"<int of {value.bit_length()} bits>"
    return repr(value)


def builtin_name(function: Any) -> str:
    """len, list.append: its own __qualname__ would ask the class, that is a metaclass of the program."""
    owner = function.__self__
    if owner is None or type(owner) is Module:
        return clean(function.__name__)
    cls = owner if isinstance_type(owner) else type(owner)
    return f"{clean(type_name(cls))}.{clean(function.__name__)}"


def clean(text: Any) -> str:
    """Exactly a str, whatever was given for a name."""
    return text if type(text) is str else "?"


def kind_name(value: Any) -> str:
    """Name of an object's class."""
    return clean(type_name(type(value)))
