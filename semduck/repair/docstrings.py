"""Examples in docstrings (`>>> f(2)` / `4`), and the recorded calls that answer them."""

from __future__ import annotations

import ast
import doctest
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from semduck.repair.expressions import NotPlain, compare, literal, same
from semduck.trace.model import Call, SourceFile, Value
from semduck.trace.recording import Recording

MAX_CALLS = 20_000


@dataclass(frozen=True, slots=True)
class Example:
    """One `>>>` example. owner: qualified name of the documented thing. line: of the `>>>`, in the file."""

    owner: str
    file: Path
    line: int
    source: str
    want: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A recorded call that an example describes. met: whether it returned what the example says."""

    example: Example
    frame: int
    step: int | None
    met: bool
    actual: str


@dataclass(frozen=True, slots=True)
class Called:
    """A call with plain arguments, read from source text."""

    function: str
    arguments: tuple[object, ...]
    keywords: tuple[tuple[str, object], ...]


def examples(file: SourceFile) -> list[Example]:
    """All examples in a file's docstrings; empty when it is not Python."""
    if ">>>" not in file.text:
        return []
    try:
        tree = ast.parse(file.text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    return [example for owner, node in _documented(tree, "") for example in _of(owner, node, file.path)]


def _documented(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Module):
        yield "<module>", node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}{child.name}"
            yield name, child
            yield from _documented(child, name + ".")


def _of(owner: str, node: ast.AST, file: Path) -> Iterator[Example]:
    assert isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    text = ast.get_docstring(node, clean=False)
    if not text or ">>>" not in text:
        return
    first = node.body[0].lineno
    try:
        for example in doctest.DocTestParser().get_examples(text):
            yield Example(owner, file, first + example.lineno, example.source.strip(), example.want.strip())
    except ValueError:
        return  # A malformed docstring is not an oracle.


def call_of(source: str) -> Called | None:
    """The call a text makes, if it is one call with plain arguments ("f(1, [2])")."""
    try:
        node = ast.parse(source, mode="eval").body
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
            return None
        arguments = tuple(literal(ast.unparse(a)) for a in node.args)
        keywords = tuple((k.arg or "", literal(ast.unparse(k.value))) for k in node.keywords)
    except (SyntaxError, NotPlain, ValueError):
        return None
    return Called(ast.unparse(node.func), arguments, keywords)


def matching_calls(wanted: Called, recording: Recording) -> list[Call]:
    """Recorded calls of that function with those arguments (defaults may fill the rest)."""
    last = wanted.function.rpartition(".")[2]
    found = []
    for call in recording.calls()[:MAX_CALLS]:
        if call.function.rpartition(".")[2] == last and _fits(wanted, recording.arguments(call.frame)):
            found.append(call)
    return found


def _fits(wanted: Called, bound: dict[str, Value]) -> bool:
    values = [value for name, value in bound.items() if name not in ("self", "cls")]
    if len(wanted.arguments) + len(wanted.keywords) > len(values):
        return False
    positional = zip(wanted.arguments, values, strict=False)
    named = all(name in bound and _equal(bound[name], value) for name, value in wanted.keywords)
    return named and all(_equal(value, argument) for argument, value in positional)


def _equal(value: Value, wanted: object) -> bool:
    return value.is_literal and same(value.literal, wanted)


def seen(recording: Recording) -> list[Seen]:
    """The recorded calls that are described by an example, each with whether it kept its promise."""
    found: list[Seen] = []
    for file in list(recording.files.values()):
        for example in examples(file):
            found += _answers(example, recording)
    return found


def _answers(example: Example, recording: Recording) -> Iterator[Seen]:
    wanted = call_of(example.source)
    if wanted is None or not example.want or example.want.startswith("Traceback"):
        return
    for call in matching_calls(wanted, recording):
        value = recording.result(call.frame)
        if value is None:
            yield Seen(example, call.frame, call.last, False, "no result")
        elif (met := compare(value, "==", example.want)) is not None:
            yield Seen(example, call.frame, call.last, met, value.text)
