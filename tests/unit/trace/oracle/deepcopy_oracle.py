# ruff: noqa: E501 - program texts and tables read better on long lines
"""Run a program and write the whole state at every trace event: slow, simple, and the truth to compare with.

Run as a script: `python deepcopy_oracle.py OUT PROGRAM [ARG…]`. Shares no code with the recorder.
One JSON line an event: {"kind", "function", "line", "file", "lane", "frame", "locals", "globals", "value", "names"}.
"""

from __future__ import annotations

import dis
import inspect
import json
import os
import sys
import threading
from collections import OrderedDict, deque
from functools import cache
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from statement_lines import INSIDE, table

CODE_RESUME = dis.opmap["RESUME"]
GETSET = type(type.__dict__["__dict__"])
ATOMS = (int, float, bool, str, bytes, complex, type(None), type(...), type(NotImplemented))
BASES: tuple[tuple[type, str], ...] = (
    (list, "list"), (dict, "dict"), (tuple, "tuple"), (set, "set"), (frozenset, "frozenset"),
    (deque, "deque"), (bytearray, "bytearray"), (BaseException, "exception"), (str, "str"), (int, "int"),
    (float, "float"), (bytes, "bytes"), (complex, "complex"),
)  # fmt: skip
FUNCTION = type(lambda: 0)


async def _coroutine() -> None: ...


_made = _coroutine()
COROUTINE = type(_made)
_made.close()


class _Slotted:
    __slots__ = ("a",)


MEMBER = type(_Slotted.__dict__["a"])
NOISE = {FUNCTION: "function", type(len): "function", type([].append): "function", type(sys): "module"}


def mro(cls: type) -> tuple[type, ...]:
    """`cls.__mro__` as the type itself has it, whatever a metaclass says."""
    found: tuple[type, ...] = type.__dict__["__mro__"].__get__(cls)
    return found


def class_dict(cls: type) -> Any:
    """`cls.__dict__`, past any metaclass."""
    return type.__dict__["__dict__"].__get__(cls)


def class_name(cls: type) -> str:
    """`cls.__name__`, past any metaclass."""
    return str(type.__dict__["__name__"].__get__(cls))


def has_base(cls: type, base: type) -> bool:
    """issubclass() that asks nobody."""
    return any(b is base for b in mro(cls))


class Picture:
    """Pictures of objects at one moment; objects are numbered by first occurrence."""

    def __init__(self, modules: set[str], root: str = "") -> None:
        self.modules, self.root = modules, root
        self.seen: dict[int, int] = {}
        self.keep: list[object] = []

    def of(self, value: Any) -> Any:
        """["int", "5"] for plain values, {"ref": n} for objects met before, else a full node."""
        cls = type(value)
        if any(cls is atom for atom in ATOMS):
            return [class_name(cls), hex(value) if cls is int else repr(value)]
        if id(value) in self.seen:
            return {"ref": self.seen[id(value)]}
        number = self.seen[id(value)] = len(self.seen)
        self.keep.append(value)
        node: dict[str, Any] = {"n": number, "type": class_name(cls)}
        self.fill(node, value, cls)
        return node

    def fill(self, node: dict[str, Any], value: Any, cls: type) -> None:
        """Add kind, content and attributes to `node`."""
        node["user"] = class_dict(cls).get("__module__") in self.modules
        text = leaf_text(value, cls)
        if text:
            node["leaf"] = text
        if cls in NOISE:
            node["kind"] = NOISE[cls]
            if cls is FUNCTION and self.is_program(value.__code__):
                node["closure"] = closure_of(self, value)
            return
        if cls in (type((lambda: (yield))()), COROUTINE):
            self.generator(node, value)
            return
        if self.grid(node, value, cls):
            return
        if has_base(cls, type):
            node["kind"], node["name"] = "class", class_name(value)
            node["user"] = class_dict(value).get("__module__") in self.modules
            if node["user"]:
                node["attrs"] = self.class_attributes(value)
            return
        node["kind"] = next((name for base, name in BASES if has_base(cls, base)), "object")
        self.content(node, value)
        if node["user"] or node["kind"] in ("object", "exception"):
            attributes = instance_attributes(value, cls)
            node["has_dict"] = attributes is not None
            node["attrs"] = [[name, self.of(v)] for name, v in attributes or []]

    def content(self, node: dict[str, Any], value: Any) -> None:
        """What the builtin base of `value` holds, read by the base's own methods."""
        kind = node["kind"]
        if kind in ("list", "tuple", "set", "frozenset", "deque"):
            base = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset, "deque": deque}[kind]
            node["items"] = [self.of(v) for v in base.__iter__(value)]  # type: ignore[attr-defined]
            if kind == "tuple":
                node["fields"] = field_names(type(value))
        elif kind == "dict":
            pairs = list(dict.items(value))
            if has_base(type(value), OrderedDict):  # its own order, which dict does not know
                by_id = {id(k): (k, v) for k, v in pairs}
                pairs = [by_id[id(k)] for k in OrderedDict.__iter__(value)]
            node["items"] = [[self.of(k), self.of(v)] for k, v in pairs]
        elif kind == "exception":
            node["args"] = self.of(BaseException.__dict__["args"].__get__(value))
            cause = BaseException.__dict__["__cause__"].__get__(value)
            context = BaseException.__dict__["__context__"].__get__(value)
            if cause is not None:
                node["cause"] = self.of(cause)
            elif context is not None and not value.__suppress_context__:
                node["context"] = self.of(context)
        elif kind != "object":
            scalar: Any = next(b for b, name in BASES if name == kind)
            node["text"] = hex(int.__int__(value)) if kind == "int" else scalar.__repr__(value)

    def is_program(self, code: Any) -> bool:
        """Whether the code is in a file of the program's folder."""
        return bool(self.root) and in_folder(code.co_filename, self.root)

    def generator(self, node: dict[str, Any], value: Any) -> None:
        """How far a generator or coroutine is, and its names while it is suspended."""
        prefix = "gi" if hasattr(type(value), "gi_frame") else "cr"
        node["kind"] = "generator"
        frame = getattr(value, f"{prefix}_frame")
        code = getattr(value, f"{prefix}_code")
        if code.co_name == "<genexpr>" or not self.is_program(code):
            return  # a generator expression is part of a statement: nothing tells when it goes on
        node["state"] = "finished" if frame is None else "not started"
        if getattr(value, f"{prefix}_running"):
            node["state"] = "running"
        elif frame is not None and getattr(value, f"{prefix}_suspended"):
            node["state"] = f"suspended at line {frame.f_lineno}"
            names = {k: v for k, v in list(frame.f_locals.items()) if k[:1] != "."}
            node["locals"] = list(map(list, names_of(self, names).items()))

    def grid(self, node: dict[str, Any], value: Any, cls: type) -> bool:
        """Elements of arrays and tables that are read whole; False for all else."""
        numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
        array = sys.modules.get("array")
        if array is not None and cls is getattr(array, "array", None):
            node["kind"], items = "array", value.tolist()
        elif numpy is not None and cls is numpy.ndarray and value.dtype.kind in "biufcO":
            node["kind"], items = "array", list(numpy.ravel(value).tolist())
        elif pandas is not None and cls is pandas.Series:
            node["kind"], items = "array", value.tolist()
        elif pandas is not None and cls is pandas.DataFrame:
            node["kind"], items = "frame", [v for n in range(value.shape[1]) for v in value.iloc[:, n].tolist()]
            node["columns"] = [str(c) for c in value.columns]
        else:
            return False
        node["items"] = [self.of(v) for v in items]
        return True

    def class_attributes(self, cls: type) -> list[list[Any]]:
        """Plain data kept on a class: no functions, descriptors, classes or underscored names."""
        found = []
        for name, v in list(class_dict(cls).items()):
            kind = type(v)
            hidden = (
                kind in NOISE or has_base(kind, type) or any("__get__" in class_dict(b) for b in mro(kind))
            )
            if not name.startswith("_") and not hidden:
                found.append([name, self.of(v)])
        return found


def closure_of(picture: Picture, function: Any) -> list[list[Any]]:
    """[name, picture] of what a function takes from the functions around it."""
    found = []
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            if not name.startswith("__"):
                found.append([name, picture.of(cell.cell_contents)])
        except ValueError:
            pass
    return found


def leaf_text(value: Any, cls: type) -> str:
    """What tells a value without content from others of its class; "" where that is not known."""
    if cls is FUNCTION:
        return f"{value.__qualname__}:{value.__code__.co_firstlineno}"
    if cls is type(len):
        return str(value.__name__)
    module = class_dict(cls).get("__module__")
    if class_name(cls) == "Match" and module == "re":
        return f"span={value.span()}, match={value[0]!r}"
    if cls in (range, slice) or module in ("decimal", "_decimal", "datetime"):
        return repr(value) if class_dict(cls).get("__dict__") is None else ""
    if module == "builtins" and has_base(cls, BaseException) and not has_base(cls, KeyError):
        return str(value) if all(type(a) in (int, str) for a in value.args) else ""
    return ""


def in_folder(filename: str, root: str) -> bool:
    """Whether it is a python file below the folder."""
    return filename.endswith(".py") and os.path.dirname(os.path.abspath(filename)).startswith(root)


def field_names(cls: type) -> list[str]:
    """Names of the fields of a named tuple, [] for other tuples."""
    return next((list(class_dict(b)["_fields"]) for b in mro(cls) if "_fields" in class_dict(b)), [])


def instance_attributes(value: Any, cls: type) -> list[tuple[str, Any]] | None:
    """Slots then instance dictionary; None when instances of `cls` have neither."""
    found, any_place = [], False
    for base in mro(cls):
        own = class_dict(base)
        for name, descriptor in list(own.items()) if "__slots__" in own else []:
            if type(descriptor) is MEMBER:
                any_place = True
                try:
                    found.append((name, MEMBER.__get__(descriptor, value, cls)))
                except AttributeError:
                    pass
    for base in mro(cls):
        getter = class_dict(base).get("__dict__")
        if type(getter) is GETSET and base is not type:
            names = GETSET.__get__(getter, value, cls)
            return found + [(k, v) for k, v in list(dict.items(names)) if type(k) is str]
    return found if any_place else None


class Oracle:
    """The trace function and what it has to remember."""

    def __init__(self, root: str, out: list[str], stacks: bool) -> None:
        self.root, self.out, self.stacks = root, out, stacks
        self.frames: dict[int, int] = {}
        self.next_frame = 0
        self.lanes = 0
        self.lane = threading.local()
        self.at: dict[int, tuple[int, int]] = {}  # frame -> (line of its statement, where that began)
        self.raised: dict[int, int] = {}
        self.threw: set[int] = set()
        self.modules = {"__main__"}
        self.bodies: dict[int, tuple[Any, Any]] = {}  # class bodies and their namespaces, taken once

    def is_program(self, code: Any) -> bool:
        """Whether the code is in a file of the program's folder."""
        return in_folder(code.co_filename, self.root)

    def trace(self, frame: Any, event: str, arg: Any) -> Any:
        """For sys.settrace."""
        if not self.is_program(frame.f_code):
            return None
        if frame.f_code.co_name == "<module>":
            self.modules.add(frame.f_globals.get("__name__", ""))
        if frame.f_code.co_name in INSIDE:
            return None
        if event == "line" and not self.begins(frame):
            return self.trace
        if event == "exception" and arg[0] is StopIteration:
            if dis.opname[frame.f_code.co_code[frame.f_lasti]] == "FOR_ITER":
                return self.trace
        self.event(self.kind(frame, event, arg), frame, arg)
        return self.trace

    def begins(self, frame: Any) -> bool:
        """Does a statement begin here? Keeps the line of the statement each frame is at."""
        code = frame.f_code
        first = 1 if code.co_name == "<module>" else code.co_firstlineno
        lines = table(os.path.abspath(code.co_filename)).get((code.co_name, first))
        if lines is None:
            self.at[id(frame)] = frame.f_lineno, frame.f_lasti
            return True
        line, is_loop = lines.get(frame.f_lineno, (0, False))
        before, where = self.at.get(id(frame), (0, -1))
        if not line or (line == before and not is_loop and frame.f_lasti > where):
            return False
        self.at[id(frame)] = line, frame.f_lasti
        return True

    def kind(self, frame: Any, event: str, arg: Any) -> str:
        """One of the seven kinds of steps. Keeps the numbers of frames."""
        key = id(frame)
        if event == "exception":
            self.raised[key] = frame.f_lasti
            self.threw.add(key)
        if event == "line" or event == "exception":
            if event == "line":
                self.raised.pop(key, None)
            return event
        if event == "call":
            if key in self.frames and not starts(frame):  # a closed generator may not tell that it ended
                return "resume"
            self.threw.discard(key)
            self.at.pop(key, None)
            self.frames[key] = self.next_frame
            self.next_frame += 1
            return "call"
        if self.raised.pop(key, None) == frame.f_lasti and arg is None:
            return "unwind"
        codes, at = frame.f_code.co_code, frame.f_lasti
        op = dis.opname[codes[at]]
        behind = sys.version_info >= (3, 13) and at > 1 and dis.opname[codes[at - 2]] == "YIELD_VALUE"
        if op in ("YIELD_VALUE", "SEND") or behind:
            return "yield"
        left = arg is None and key in self.threw and not op.startswith("RETURN_")
        return "unwind" if left else "return"

    def event(self, kind: str, frame: Any, arg: Any) -> None:
        """Keep one row."""
        lane = getattr(self.lane, "number", None)
        if lane is None:
            lane = self.lane.number = self.lanes
            self.lanes += 1
        picture = Picture(self.modules, self.root)
        code = frame.f_code
        module = code.co_name == "<module>"
        row: dict[str, Any] = {
            "kind": kind, "function": code.co_qualname, "file": os.path.basename(code.co_filename),
            "line": self.at.get(id(frame), (code.co_firstlineno, 0))[0], "lane": lane, "frame": self.frames.get(id(frame)),
            "names": global_names(code),
            "locals": names_of(picture, self.names_at(frame)),
            "globals": {} if module else names_of(picture, frame.f_globals),
        }  # fmt: skip
        if kind in ("return", "yield"):  # a class body returns a cell that only python needs
            row["value"] = picture.of(arg if frame.f_code.co_flags & inspect.CO_OPTIMIZED else None)
        elif kind == "exception":
            row["value"] = picture.of(arg[1])
        if self.stacks:
            row["stack"] = self.callers(picture, frame)
        self.out.append(json.dumps(row))
        if kind in ("return", "unwind"):
            self.frames.pop(id(frame), None)
            self.at.pop(id(frame), None)
            self.bodies.pop(id(frame), None)

    def names_at(self, frame: Any) -> dict[str, Any]:
        """The local names of a frame; of a module or a class body not those inside a comprehension."""
        if frame.f_code.co_name == "<module>":
            return dict(frame.f_globals)
        if frame.f_code.co_flags & inspect.CO_OPTIMIZED:
            return dict(frame.f_locals)
        if self.bodies.get(id(frame), (None, None))[0] is not frame:
            self.bodies[id(frame)] = frame, frame.f_locals
        return dict(self.bodies[id(frame)][1])

    def callers(self, picture: Picture, frame: Any) -> list[Any]:
        """[function, line, locals] of the recorded frames that wait for this one, innermost first."""
        found = []
        frame = frame.f_back
        while frame is not None:
            if id(frame) in self.frames:
                line = self.at.get(id(frame), (frame.f_code.co_firstlineno, 0))[0]
                found.append([frame.f_code.co_qualname, line, names_of(picture, self.names_at(frame))])
            frame = frame.f_back
        return found


def starts(frame: Any) -> bool:
    """Whether the frame stands at its very beginning."""
    codes, at = frame.f_code.co_code, max(frame.f_lasti, 0)
    return bool(codes[at] == CODE_RESUME and codes[at + 1] == 0)


@cache
def global_names(code: Any) -> list[str]:
    """Module names the code reads or binds; names of attributes are not among them."""
    ops = ("LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL", "DELETE_GLOBAL")
    return sorted({i.argval for i in dis.get_instructions(code) if i.opname in ops})


def names_of(picture: Picture, names: dict[str, Any]) -> dict[str, Any]:
    """Picture of every name but the interpreter's own."""
    items = list(dict.items(names))
    return {k: picture.of(v) for k, v in items if type(k) is str and not (k[:2] == "__" and k[-2:] == "__")}


def main(out: str, program: str, *args: str) -> None:
    """Run `program` as __main__ under the oracle."""
    program = os.path.abspath(program)
    module = type(sys)("__main__")
    module.__file__ = program
    with open(program, "rb") as file:
        code = compile(file.read(), program, "exec")
    sys.argv = [program, *args]
    sys.path[0] = os.path.dirname(program)
    sys.modules["__main__"] = module
    rows: list[str] = []  # written at the end: a file is not safe against threads cutting in
    oracle = Oracle(os.path.dirname(program), rows, "ORACLE_STACKS" in os.environ)
    threading.settrace(oracle.trace)
    sys.settrace(oracle.trace)
    try:
        exec(code, module.__dict__)
    finally:
        sys.settrace(None)
        threading.settrace(None)
        with open(out, "w", encoding="ascii") as file:
            file.write("\n".join([*rows, ""]))


if __name__ == "__main__":
    main(*sys.argv[1:])
