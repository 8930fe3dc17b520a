"""What a recorded run tells the search: lines that ran, values names had, where it went wrong."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

from semduck.repair.edits import Source, load
from semduck.trace.model import Call, Raised, Value
from semduck.trace.recording import Recording

FIRST, LAST = 10_000, 30_000  # steps looked at from the beginning and from the end
SAMPLES = 4
HEADED = (
    ast.If,
    ast.For,
    ast.While,
    ast.With,
    ast.AsyncFor,
    ast.AsyncWith,
    ast.FunctionDef,
    ast.Try,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Match,
)
Place = tuple[Path, int]


@dataclass(slots=True)
class Facts:
    """One failing run, asked once and remembered. Files under `frozen` are evidence, never edited."""

    recording: Recording
    frozen: frozenset[Path] = frozenset()
    counts: Counter[Place] = field(default_factory=Counter)
    where: dict[Place, list[int]] = field(default_factory=lambda: defaultdict(list))
    _samples: dict[Place, list[Mapping[str, Value]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        end = len(self.recording)
        for file in list(self.recording.files):
            self.counts.update({(file, line): 0 for line in self.recording.executed_lines(file)})
        late = max(FIRST, end - LAST)
        for step in chain(self.recording.steps(0, FIRST), self.recording.steps(late, end)):
            place = (step.file, step.line)
            self.counts[place] += 1
            kept = self.where[place]
            # The first time, one in between, and the last times are enough to learn types from.
            if len(kept) < SAMPLES:
                kept.append(step.number)
            else:
                kept[2], kept[3] = kept[3], step.number

    def samples(self, file: Path, line: int) -> list[Mapping[str, Value]]:
        """Names and values at a few of the times a line ran, latest first."""
        place = (file, line)
        if place not in self._samples:
            self._samples[place] = [self._names(step) for step in reversed(self.where.get(place, []))]
        return self._samples[place]

    def _names(self, step: int) -> Mapping[str, Value]:
        return {**self.recording.globals(step), **self.recording.locals(step)}

    def failure(self) -> Raised | None:
        """The exception that ended the run, if one did."""
        raised = [r for r in self.recording.raised() if not r.handled]
        return raised[-1] if raised else None

    def error(self) -> tuple[str, str]:
        """Type and message of the last uncaught (else the last) exception, empty if there was none."""
        raised = self.failure() or next(iter(reversed(self.recording.raised())), None)
        return (raised.type_name, raised.message) if raised else ("", "")

    def sources(self) -> list[Source]:
        """The program files that may be edited, as they are on disk."""
        files = [p for p in list(self.recording.files) if p not in self.frozen]
        return [source for source in map(load, files) if source is not None]

    def functions(self) -> dict[tuple[Path, int], list[Call]]:
        """Recorded calls by file and line of the `def`."""
        found: dict[tuple[Path, int], list[Call]] = defaultdict(list)
        for call in self.recording.calls():
            found[call.file, call.line].append(call)
        return found


class View:
    """One file together with what the run showed about it."""

    def __init__(self, source: Source, facts: Facts, all_sources: Sequence[Source] = ()) -> None:
        self.source = source
        self.facts = facts
        self.sources = all_sources or [source]

    def header(self, stmt: ast.stmt) -> range:
        """The lines of a statement without the block it heads."""
        last = stmt.end_lineno or stmt.lineno
        body = getattr(stmt, "body", None)
        if isinstance(stmt, HEADED) and body:
            last = max(stmt.lineno, body[0].lineno - 1)
        return range(stmt.lineno, last + 1)

    def live(self, stmt: ast.stmt) -> bool:
        """True if the statement ran."""
        return any((self.source.path, line) in self.facts.counts for line in self.header(stmt))

    def times(self, stmt: ast.stmt) -> int:
        """How often the statement's first line ran."""
        return self.facts.counts[self.source.path, stmt.lineno]

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of statements that ran, asserts and raises left out: they are what we must satisfy."""
        return [node for node in ast.walk(self.source.tree) if self._open(node)]

    def _open(self, node: ast.AST) -> bool:
        if not hasattr(node, "lineno") and not isinstance(node, ast.arguments):
            return False
        stmt = self.source.statement(node)
        if stmt is None or not self.live(stmt) or (isinstance(stmt, ast.If) and _main_guard(stmt)):
            return False
        return not isinstance(stmt, ast.Assert | ast.Raise | ast.Import | ast.ImportFrom)

    def samples(self, node: ast.AST) -> Iterator[Mapping[str, Value]]:
        """Names and values just before the node's statement ran, latest first."""
        stmt = self.source.statement(node)
        for line in self.header(stmt) if stmt else ():
            yield from self.facts.samples(self.source.path, line)

    def names(self, node: ast.AST) -> dict[str, Value | None]:
        """Names visible where the node stands; the value is one seen there or elsewhere in its scope."""
        found: dict[str, Value | None] = {}
        for name, value in self.scope_values(node).items():
            found[name] = value
        for sample in self.samples(node):
            for name, value in sample.items():
                if found.get(name) is None or found[name].kind == "none":  # type: ignore[union-attr]
                    found[name] = value
        for comprehension in self.source.up(node):
            for generator in getattr(comprehension, "generators", ()):
                for target in ast.walk(generator.target):
                    if isinstance(target, ast.Name):
                        found.setdefault(target.id, None)
        return found

    def scope_values(self, node: ast.AST) -> dict[str, Value]:
        """Local names of the function around the node, with a value each had at some time."""
        function = self.source.function(node)
        body: list[ast.stmt] = function.body if function else self.source.tree.body
        if not hasattr(self, "_scopes"):
            self._scopes: dict[int, dict[str, Value]] = {}
        key = id(body)
        if key not in self._scopes:
            self._scopes[key] = self._gather(body)
        return self._scopes[key]

    def _gather(self, body: list[ast.stmt]) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for stmt in body:
            for inner in ast.walk(stmt):
                if isinstance(inner, ast.stmt) and self.source.block(inner)[0] is not None:
                    for sample in self.facts.samples(self.source.path, inner.lineno)[:1]:
                        found.update((k, v) for k, v in sample.items() if k not in found or v.kind != "none")
        return found

    def values(self, node: ast.expr) -> list[Value]:
        """Values an expression of names, attributes and subscripts had when its line ran, latest first."""
        found = [_evaluate(node, sample) for sample in self.samples(node)]
        return [value for value in found if value is not None]

    def kind(self, node: ast.expr) -> str | None:
        """The kind of value an expression gives, as far as recorded values and its form tell."""
        seen = self.values(node)
        if seen:
            return seen[0].kind
        if isinstance(node, ast.Name) and (value := self.names(node).get(node.id)) is not None:
            return value.kind
        return _form(node)


def _main_guard(stmt: ast.If) -> bool:
    return any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(stmt.test))


RETURNS = {
    "len": "int",
    "int": "int",
    "str": "str",
    "float": "float",
    "list": "list",
    "dict": "dict",
    "set": "set",
    "sorted": "list",
    "input": "str",
    "range": "range",
    "tuple": "tuple",
    "bool": "bool",
    "round": "int",
    "ord": "int",
    "chr": "str",
    "repr": "str",
}


def _form(node: ast.expr) -> str | None:
    match node:
        case ast.Constant():
            return "none" if node.value is None else type(node.value).__name__
        case ast.List() | ast.ListComp():
            return "list"
        case ast.Dict() | ast.DictComp():
            return "dict"
        case ast.Set() | ast.SetComp():
            return "set"
        case ast.Tuple():
            return "tuple"
        case ast.JoinedStr():
            return "str"
        case ast.Compare():
            return "bool"
        case ast.Call(func=ast.Name(id=name)):
            return RETURNS.get(name)
        case ast.Call(func=ast.Attribute(attr="split" | "keys" | "splitlines")):
            return "list"
        case ast.Call(func=ast.Attribute(attr="strip" | "lower" | "upper" | "join" | "replace" | "format")):
            return "str"
    return None


def _evaluate(node: ast.expr, names: Mapping[str, Value]) -> Value | None:
    match node:
        case ast.Name(id=name):
            return names.get(name)
        case ast.Attribute(value=inner, attr=label):
            return _child(_evaluate(inner, names), label)
        case ast.Subscript(value=inner, slice=index):
            key = _evaluate(index, names) if not isinstance(index, ast.Constant) else None
            literal = index.value if isinstance(index, ast.Constant) else key.literal if key else None
            if literal is None:
                return None
            owner = _evaluate(inner, names)
            if isinstance(literal, int) and literal < 0 and owner is not None and owner.length:
                literal += owner.length
            return _child(owner, repr(literal))
    return None


def _child(owner: Value | None, label: str) -> Value | None:
    return next((value for name, value in owner.children if name == label), None) if owner else None
