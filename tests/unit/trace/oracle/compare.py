# ruff: noqa: E501 - program texts and tables read better on long lines
"""Compare a Recording, step by step, with what the deep-copying oracle wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from semduck.trace.model import Kind, Step, Value
from semduck.trace.recording import Recording

WIDE = 100_000
CLOSED = {"opaque", "elided", "function", "class", "type", "module", "generator", "array", "frame"}
SCALARS = {"int", "float", "str", "bytes", "complex", "bytearray"}
PLAIN = {"NoneType": "none", "bool": "bool", "int": "int", "float": "float", "str": "str", "bytes": "bytes",
         "complex": "complex"}  # fmt: skip
ADDRESS = re.compile(r"at 0x[0-9a-f]{6,}")
UNSTABLE = {"_ident", "_native_id"}  # of threads: another number in each run
SHIFTING = {"Thread", "Timer", "Semaphore", "Event", "Queue"}  # other threads change them at any moment
UNORDERED = {"set", "frozenset"}


class Mismatch(Exception):
    """Says where in the picture, what was expected and what is there."""


@dataclass
class Report:
    """steps: compared. problems: readable, the first first."""

    program: str
    steps: int = 0
    values: int = 0
    problems: list[str] = field(default_factory=list)


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The oracle's rows in order."""
    with path.open(encoding="ascii") as file:
        return [json.loads(line) for line in file]


def compare(program: str, recording: Recording, rows: list[dict[str, Any]], limit: int = 5) -> Report:
    """Every step of every lane; stops after `limit` problems or when the events themselves part."""
    report = Report(program)
    ours: dict[int, list[Step]] = {}
    theirs: dict[int, list[dict[str, Any]]] = {}
    for step in _begun(list(recording.steps(0, len(recording))), lambda s: (s.frame, s.kind.value)):
        ours.setdefault(step.thread, []).append(step)
    for row in _begun(rows, lambda r: (r["frame"], r["kind"])):
        theirs.setdefault(row["lane"], []).append(row)
    if list(ours) != list(theirs):
        report.problems.append(f"{program}: lanes {list(theirs)} expected, recorded {list(ours)}")
    for lane in ours.keys() & theirs.keys():
        _compare_lane(report, recording, ours[lane], theirs[lane], limit)
    return report


T = TypeVar("T")


def _begun(steps: list[T], what: Callable[[T], tuple[int, str]]) -> list[T]:
    """Without generators that were closed before they began: sys.settrace tells of a call, an exception and an
    end where nothing of the function ran."""
    kinds: dict[int, list[str]] = {}
    for step in steps:
        kinds.setdefault(what(step)[0], []).append(what(step)[1])
    return [s for s in steps if kinds[what(s)[0]] != ["call", "exception", "unwind"]]


def _compare_lane(
    report: Report, recording: Recording, steps: list[Step], rows: list[dict[str, Any]], limit: int
) -> None:
    for index, row in enumerate(rows):
        if index >= len(steps):
            report.problems.append(f"{report.program}: recording ends early; next is {_event(row)}")
            return
        step = recording.step(steps[index].number)
        seen = f"{step.kind.value} {step.function} line {step.line} of {step.file.name}"
        if seen != _event(row):
            report.problems.append(
                f"{report.program} step {step.number}: event {_event(row)!r} expected, got {seen!r}"
            )
            return
        _compare_state(report, recording, step, row)
        report.steps += 1
        if len(report.problems) >= limit:
            return
    ended = not rows or (rows[-1]["function"] == "<module>" and rows[-1]["kind"] in ("return", "unwind"))
    if len(steps) > len(rows) and not ended:
        report.problems.append(f"{report.program}: {len(steps) - len(rows)} steps more than the oracle saw")


def _event(row: dict[str, Any]) -> str:
    return f"{row['kind']} {row['function']} line {row['line']} of {row['file']}"


def _compare_state(report: Report, recording: Recording, step: Step, row: dict[str, Any]) -> None:
    walk = Walk(recording, step.number, row)
    sides = [("local", row["locals"], recording.locals(step.number))]
    if step.function != "<module>":
        named, shown = set(row["names"]), recording.globals(step.number)
        wanted = {
            k: v for k, v in row["globals"].items() if (k in named and k not in row["locals"]) or k in shown
        }
        sides.append(("global", wanted, shown))
    for number, (caller, frame) in enumerate(
        zip(row.get("stack", ()), recording.stack(step.number)[1:], strict=False)
    ):
        if (caller[0], caller[1]) != (frame.function, frame.line):
            report.problems.append(
                f"{report.program} step {step.number}: caller {caller[:2]} expected, got {frame}"
            )
            break
        sides.append((f"caller {number}", caller[2], recording.locals(step.number, frame.frame)))
    for scope, wanted, found in sides:
        for name, problem in walk.names(wanted, found):
            report.problems.append(_problem(report.program, step, scope, name, problem, wanted, found))
    if "value" in row and step.value is not None:
        try:
            walk.same(row["value"], step.value, "value")
        except Mismatch as error:
            report.problems.append(f"{report.program} step {step.number} {_event(row)}: {error}")
    elif "value" in row and step.kind is not Kind.EXCEPTION:
        report.problems.append(f"{report.program} step {step.number} {_event(row)}: no value recorded")
    report.values += walk.count


def _problem(
    program: str,
    step: Step,
    scope: str,
    name: str,
    error: object,
    wanted: dict[str, Any],
    found: dict[str, Value],
) -> str:
    picture = json.dumps(wanted.get(name, "(unbound)"), ensure_ascii=False)
    return (
        f"{program} step {step.number} ({step.kind.value} line {step.line} in {step.function}): {scope} {name}: {error}\n"
        f"    expected {picture[:400]}\n    recorded {str(found.get(name, '(unbound)'))[:400]}"
    )


def noise(node: Any) -> bool:
    """Names bound to these may be left out of the state."""
    return isinstance(node, dict) and node.get("kind") in ("function", "class", "module")


class Walk:
    """Both pictures of one moment walked together; object numbers must correspond one to one."""

    def __init__(self, recording: Recording, step: int, row: dict[str, Any]) -> None:
        self.recording, self.step = recording, step
        self.nodes: dict[int, dict[str, Any]] = {}
        self.identity: dict[int, int] = {}
        self.number: dict[int, int] = {}
        self.count = 0
        self.leaving = row.get("kind") in ("yield", "return", "unwind")
        for part in (row["locals"], row["globals"], row.get("value"), row.get("stack")):
            self._index(part)

    def _index(self, node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("n"), int):
                self.nodes[node["n"]] = node
            for child in node.values():
                self._index(child)
        elif isinstance(node, list):
            for child in node:
                self._index(child)

    def names(self, wanted: dict[str, Any], found: dict[str, Value]) -> Iterator[tuple[str, str]]:
        """(name, problem) for every name that differs."""
        for name, node in wanted.items():
            if name not in found:
                full = self.nodes[node["ref"]] if isinstance(node, dict) and "ref" in node else node
                if not noise(full) and name.isidentifier():
                    yield name, "missing"
                continue
            try:
                self.same(node, found[name], name)
            except Mismatch as error:
                yield name, str(error)
        for name in found.keys() - wanted.keys():
            if not (name.startswith("__") and name.endswith("__")):
                yield name, "recorded, but not bound"

    def same(self, node: Any, value: Value, path: str) -> None:
        """Raise Mismatch unless `value` pictures `node`."""
        self.count += 1
        if isinstance(node, list):
            self._same_atom(node, value, path)
            return
        number = node.get("ref", node.get("n"))
        node = self.nodes[number]
        if value.identity is not None:
            known = self.identity.get(number)
            if known is not None and known != value.identity:
                raise Mismatch(f"{path}: the same object expected as elsewhere, another is recorded")
            if self.number.get(value.identity, number) != number:
                raise Mismatch(f"{path}: another object expected than elsewhere, the same is recorded")
            self.identity[number], self.number[value.identity] = value.identity, number
            if known is not None:
                return
        self._same_object(node, value, path)

    def _same_atom(self, node: list[str], value: Value, path: str) -> None:
        kind, text = node
        if kind in ("ellipsis", "NotImplementedType"):
            if value.text != text:
                raise Mismatch(f"{path}: {text} expected, got {value}")
            return
        if value.kind != PLAIN[kind] or not value.is_literal:
            raise Mismatch(f"{path}: {kind} {text} expected, got {value}")
        literal = value.literal
        seen = hex(literal) if type(literal) is int else repr(literal)
        if kind == "str":  # messages may have addresses in them
            seen, text = ADDRESS.sub("at 0x", seen), ADDRESS.sub("at 0x", text)
        if seen != text or type(literal).__name__ != kind:
            raise Mismatch(f"{path}: {kind} {text} expected, got {seen} ({value})")

    def _leaf(self, node: dict[str, Any], value: Value, path: str) -> None:
        """Is it this function, this range? The recording may show less of it than python does."""
        told = node["leaf"]
        for part in told.rpartition(":")[::2] if node["kind"] == "function" else [told]:
            if part and len(part) < 60 and value.kind not in ("elided", "module") and part not in value.text:
                raise Mismatch(f"{path}: {told} expected, got {value.text}")

    def _same_object(self, node: dict[str, Any], value: Value, path: str) -> None:
        kind = node["kind"]
        if node.get("leaf"):
            self._leaf(node, value, path)
        if kind in ("function", "class", "module"):
            if value.kind not in (kind, "type", "opaque", "function"):
                raise Mismatch(f"{path}: a {kind} expected, got {value}")
            if kind == "class" and node["user"] and node["name"][:50] not in value.text:
                raise Mismatch(f"{path}: class {node['name']} expected, got {value}")
            if node.get("attrs") and value.identity is not None:
                self._class(node, value, path)
            if "closure" in node and value.identity is not None:
                self._named(node["closure"], value, path)
            return
        if kind == "generator":
            self._generator(node, value, path)
            return
        if kind == "object" and value.kind in CLOSED:
            if node["user"] and node["has_dict"]:
                raise Mismatch(f"{path}: a {node['type']} object expected, got {value}")
            return
        if kind == "object" and not node["user"] and node["type"] in SHIFTING:
            return
        if (value.kind, value.type_name) != (kind, node["type"]):
            raise Mismatch(f"{path}: {kind} ({node['type']}) expected, got {value.kind} ({value.type_name})")
        if kind in ("array", "frame"):
            self._grid(node, value, path)
            return
        if "text" in node:
            self._scalar(node, value, path)
        if kind not in SCALARS or node.get("attrs"):
            self._content(node, value, path)

    def _named(self, wanted: list[list[Any]], value: Value, path: str) -> None:
        """Names and values: of a closure, of a suspended generator."""
        found = dict(self._children(value, path))
        if set(found) != {name for name, _ in wanted}:
            raise Mismatch(f"{path}: {[name for name, _ in wanted]} expected, got {list(found)}")
        for name, child in wanted:
            self.same(child, found[name], f"{path}<{name}>")

    def _generator(self, node: dict[str, Any], value: Value, path: str) -> None:
        if value.kind != "generator":
            raise Mismatch(f"{path}: a generator expected, got {value}")
        told = node.get("state", "")
        if told == "running" and self.leaving:  # the recorder tells a yield and the end with the step itself
            return
        if told not in value.text:
            raise Mismatch(f"{path}: {told} expected, got {value.text}")
        if "locals" in node and value.identity is not None:
            self._named(node["locals"], value, path)

    def _grid(self, node: dict[str, Any], value: Value, path: str) -> None:
        """Elements in their order; those of a table column by column."""
        children = list(self._children(value, path))
        if node["kind"] == "frame":
            columns = [name.strip("'") for name, _ in children]
            if columns != node["columns"]:
                raise Mismatch(f"{path}: columns {node['columns']} expected, got {columns}")
            children = [cell for _, column in children for cell in column.children]
        if len(children) != len(node["items"]):
            raise Mismatch(f"{path}: {len(node['items'])} elements expected, got {len(children)}")
        for item, (label, child) in zip(node["items"], children, strict=True):
            self.same(item, child, f"{path}[{label}]")

    def _scalar(self, node: dict[str, Any], value: Value, path: str) -> None:
        text = str(int(node["text"], 16)) if node["kind"] == "int" else node["text"]
        if text not in value.text and value.text.rstrip("…).'\"")[:60] not in text:
            raise Mismatch(f"{path}: {text} expected, got {value.text}")

    def _content(self, node: dict[str, Any], value: Value, path: str) -> None:
        children = self._children(value, path)
        items, attributes = node.get("items", []), node.get("attrs", [])
        if node["kind"] == "exception":
            attributes = [["args", node["args"]], *attributes]
            for name in ("cause", "context"):
                if name in node:
                    attributes.append([f"__{name}__", node[name]])
        labels = [label for label, _ in children]
        if len(children) != len(items) + len(attributes):
            names = [name for name, _ in attributes]
            raise Mismatch(f"{path}: {len(items)} items and attributes {names} expected, got {labels}")
        if value.length is not None and items and value.length != len(items):
            raise Mismatch(f"{path}: length {len(items)} expected, got {value.length}")
        split = len(items)
        self._items(node["kind"], items, children[:split], path, node.get("fields"))
        found = dict(children[split:])
        for name, child in attributes:
            if name in UNSTABLE:
                continue
            if name not in found:
                raise Mismatch(f"{path}.{name}: missing among {labels}")
            self.same(child, found[name], f"{path}.{name}")

    def _children(self, value: Value, path: str) -> tuple[tuple[str, Value], ...]:
        if value.identity is None:
            opened = value
        else:
            opened = self.recording.expand(self.step, value.identity, 1, WIDE)
        if opened.more:
            raise Mismatch(f"{path}: {opened.more} children are not shown although all were asked for")
        return opened.children

    def _items(
        self,
        kind: str,
        items: list[Any],
        children: tuple[tuple[str, Value], ...],
        path: str,
        names: list[str] | None,
    ) -> None:
        if kind in UNORDERED:
            self._unordered(items, [v for _, v in children], path)
            return
        for index, (item, (label, child)) in enumerate(zip(items, children, strict=True)):
            wanted = names[index] if names else str(index)
            if kind == "dict":
                key, item = item
                wanted = _key_label(key) or label
            if label != wanted:
                raise Mismatch(f"{path}: item {wanted} expected at place {index}, got {label}")
            self.same(item, child, f"{path}[{label}]")

    def _unordered(self, items: list[Any], values: list[Value], path: str) -> None:
        left = list(values)
        for item in items:
            for value in left:
                trial = Walk.__new__(Walk)
                trial.__dict__.update(self.__dict__)
                trial.identity, trial.number = dict(self.identity), dict(self.number)
                try:
                    trial.same(item, value, path)
                except Mismatch:
                    continue
                self.identity, self.number = trial.identity, trial.number
                left.remove(value)
                break
            else:
                raise Mismatch(
                    f"{path}: member {json.dumps(item)[:80]} is not among {[v.text for v in left]}"
                )

    def _class(self, node: dict[str, Any], value: Value, path: str) -> None:
        found = dict(self._children(value, path))
        for name, child in node["attrs"]:
            if name not in found:
                raise Mismatch(f"{path}.{name}: missing among {list(found)}")
            self.same(child, found[name], f"{path}.{name}")


def _key_label(key: Any) -> str | None:
    """How a plain key is written in source; None when that is not decided by the key alone, or is an address."""
    if not isinstance(key, list):
        return None
    kind, text = key
    if len(text) > 40 or (kind == "int" and len(text) > 10) or not re.fullmatch(r"[ -~]*", text):
        return None
    return str(int(text, 16)) if kind == "int" else text
