"""Expectations: read what the user typed, and hold them against a recorded run."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from pathlib import Path

from semduck.repair import docstrings
from semduck.repair.expressions import NotPlain, compare, literal
from semduck.repair.model import Expectation, Met
from semduck.trace.model import Call, Value
from semduck.trace.queries import tests
from semduck.trace.recording import EvaluateError, Recording
from semduck.trace.target import Target

PLACE = re.compile(
    r"\s*(?:@|\bat\s+line\b)\s*(?:(?P<file>[^@#\s]+):)?\s*(?P<line>\d+)"
    r"\s*(?:#\s*(?P<nth>\d+)|\(time\s+(?P<time>\d+)\))?\s*$"
)
RETURNS = re.compile(
    r"^(?P<name>[\w.<>]+)\s*(?:\(\s*\))?\s+returns\s+(?P<rel>==|!=|<=|>=|<|>|in\b|type\b|len\b)?\s*(?P<value>.+?)"
    r"\s*(?:\(call\s+(?P<nth>\d+)\))?$",
    re.S,
)
WORDS = re.compile(r"^(?P<name>.+?)\s+(?P<rel>type|len)\s+(?P<value>.+)$", re.S)
NO_CRASH = {"no crash", "no-crash", "does not crash", "the program does not crash"}
COMPARE = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.Is: "==",
    ast.IsNot: "!=",
}
USAGE = "type it like `total == 15 @ 7`, `average([1, 2]) == 1.5` or `area() returns 12`"


def parse(text: str, default_file: Path | None = None) -> Expectation:
    """An expectation from one line of text; ValueError with what to type instead."""
    text = text.strip()
    if text.lower() in NO_CRASH:
        return Expectation("no-crash")
    if text.startswith("the output is "):
        return _output(text.removeprefix("the output is "))
    for kind, form in (
        ("doctest", r"the examples of (.+) pass|doctest (.+)"),
        ("pytest", r"(\S+::\S+)(?: passes)?"),
        ("command", r"`(.+)` succeeds"),
    ):
        if found := re.fullmatch(form, text):
            return Expectation(kind, name=next(g for g in found.groups() if g), file=default_file)
    if found := RETURNS.match(text):
        expected = _checked(found["value"], found["rel"] or "==")
        return Expectation(
            "return",
            found["name"],
            found["rel"] or "==",
            expected,
            default_file,
            occurrence=int(found["nth"] or 0),
        )
    return _value(text, default_file)


def _output(typed: str) -> Expectation:
    if not isinstance(_plain(typed), str):
        raise ValueError("the expected output is a text in quotes, e.g. 'total: 15\\n'")
    return Expectation("output", expected=typed)


def _value(text: str, default_file: Path | None) -> Expectation:
    place = PLACE.search(text)
    name, relation, expected = _relation(text[: place.start()] if place else text)
    if name == "output":
        return _output(expected)
    called = isinstance(ast.parse(name, mode="eval").body, ast.Call) and not name.startswith("len(")
    if place is None and not called:
        raise ValueError(f"say where: `{name} {relation} {expected} @ LINE`")
    if place is None:
        return Expectation("value", name, relation, expected, default_file)
    line, nth = int(place["line"]), int(place["nth"] or place["time"] or 0)
    if line < 1:
        raise ValueError("lines count from 1")
    file = _file(place["file"], default_file)
    return Expectation("value", name, relation, expected, file, line, nth)


def _file(named: str | None, default: Path | None) -> Path | None:
    if named is None:
        return default
    path = Path(named)
    if path.is_absolute() or default is None:
        return path
    near = [folder / path for folder in (default.parent, *list(default.parents)[1:4], Path.cwd())]
    return next((p.resolve() for p in near if p.is_file()), near[0])


def _relation(text: str) -> tuple[str, str, str]:
    """Name, relation and expected text of "NAME == VALUE"."""
    if words := WORDS.match(text.strip()):
        return words["name"].strip(), words["rel"], _checked(words["value"].strip(), words["rel"])
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(_why_not(text)) from None
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or type(node.ops[0]) not in COMPARE:
        raise ValueError(f"`{text.strip()}` does not compare anything: {USAGE}")
    source = text.strip()
    name = ast.get_source_segment(source, node.left) or ast.unparse(node.left)
    expected = ast.get_source_segment(source, node.comparators[0]) or ast.unparse(node.comparators[0])
    relation = COMPARE[type(node.ops[0])]
    if isinstance(node.left, ast.Constant):
        raise ValueError(f"the name comes first: `{expected} {relation} {name}`")
    if isinstance(node.comparators[0], ast.Tuple | ast.List) and not expected.startswith(("(", "[")):
        expected = ast.unparse(node.comparators[0])
    return name, relation, _checked(expected, relation)


def _why_not(text: str) -> str:
    single = re.match(r"^\s*([^=<>!]+?)\s*=\s*([^=].*)$", text, re.S)
    if single:
        return f"use two equal signs: `{single[1]} == {single[2].strip()}`"
    return f"`{text.strip()}` cannot be read: {USAGE}" if text.strip() else f"nothing was typed: {USAGE}"


def _plain(typed: str) -> object:
    try:
        return literal(typed)
    except NotPlain as error:
        raise ValueError(str(error)) from None


def _checked(expected: str, relation: str) -> str:
    """The expected text, refused when it is not even Python, or not a number where one is needed."""
    try:
        ast.parse(expected.strip(), mode="eval")
    except SyntaxError:
        raise ValueError(f"`{expected}` is not a Python value") from None
    if relation == "len" and not isinstance(_plain(expected), int):
        raise ValueError("a length is a whole number")
    if relation in ("<", "<=", ">", ">=", "in"):
        _plain(expected)
    return expected.strip()


def check(expectation: Expectation, recording: Recording) -> Met:
    """Whether an expectation held in a recorded run; met=None when the run cannot say."""
    match expectation.kind:
        case "value" if not expectation.line:
            return _check_call(expectation, recording)
        case "value":
            return _check_value(expectation, recording)
        case "return":
            return _check_return(expectation, recording)
        case "output":
            return _check_output(expectation, recording)
        case "no-crash":
            return _check_crash(expectation, recording)
        case "doctest":
            return _check_examples(expectation, recording)
        case "pytest" if (met := tests.passed(recording, expectation.name)) is not None:
            return Met(expectation, met, "" if met else "it fails")
        case "pytest" if any(expectation.name in argument for argument in recording.argv):
            code = recording.ending.code
            return Met(
                expectation, None if code is None else code == 0, recording.ending.detail if code else ""
            )
    return Met(expectation, None, "this run does not say")


def check_all(expectations: Sequence[Expectation], recording: Recording) -> list[Met]:
    """`check` for each, in order."""
    return [check(expectation, recording) for expectation in expectations]


def _check_value(expectation: Expectation, recording: Recording) -> Met:
    file = expectation.file or recording.main_file
    steps = recording.steps_of_line(file, expectation.line) if file else []
    if expectation.occurrence:
        steps = steps[expectation.occurrence - 1 : expectation.occurrence]
    if not steps:
        times = f" {expectation.occurrence} times" if expectation.occurrence else ""
        return Met(expectation, None, f"line {expectation.line} does not run{times}")
    undecided = None
    for step in steps:
        met = _value_at(expectation, recording, step)
        if met.met is False:
            return met
        undecided = undecided or (met if met.met is None else None)
    return undecided or Met(expectation, True, "", steps[-1])


def _value_at(expectation: Expectation, recording: Recording, step: int) -> Met:
    try:
        value = recording.evaluate(step, expectation.name)
    except EvaluateError as error:
        return Met(expectation, False, str(error), step)
    return judge(expectation, recording, value, step)


def judge(expectation: Expectation, recording: Recording, value: Value, step: int) -> Met:
    """The expectation's relation against one recorded value, opened wider where that is needed."""
    met = compare(value, expectation.relation, expectation.expected)
    if met is None and value.identity is not None:
        wide = recording.expand(step, value.identity, depth=6)
        met = compare(wide, expectation.relation, expectation.expected)
    return Met(expectation, met, "" if met else value.text, step)


def _check_return(expectation: Expectation, recording: Recording) -> Met:
    calls = [c for c in recording.calls() if called(c, expectation.name)]
    if expectation.occurrence:
        calls = calls[expectation.occurrence - 1 : expectation.occurrence]
    return _check_results(expectation, recording, calls, f"{expectation.name}() is not called")


def _check_results(expectation: Expectation, recording: Recording, calls: list[Call], none: str) -> Met:
    met = Met(expectation, None, none)
    for call in calls:
        value = recording.result(call.frame)
        if value is None:
            return Met(expectation, False, "it did not return", call.last)
        met = judge(expectation, recording, value, call.last if call.last is not None else call.first)
        if not met.met:
            return met
    return met


def called(call: Call, name: str) -> bool:
    """True if a call is of the function a user would name so ("Stack.push", "push", "outer.inner")."""
    plain = call.function.replace(".<locals>", "")
    return name in (call.function, plain) or plain.endswith("." + name)


def _check_call(expectation: Expectation, recording: Recording) -> Met:
    wanted = docstrings.call_of(expectation.name)
    if wanted is None:
        return Met(expectation, None, f"`{expectation.name}` is not a call with plain arguments")
    found = docstrings.matching_calls(wanted, recording)
    return _check_results(expectation, recording, found, f"{expectation.name} is not called in this run")


def _check_output(expectation: Expectation, recording: Recording) -> Met:
    seen = stdout(recording)
    met = seen.rstrip("\n") == str(literal(expectation.expected)).rstrip("\n")
    return Met(expectation, met, "" if met else repr(seen[-200:]), recording.ending.step)


def stdout(recording: Recording) -> str:
    """Everything the program wrote to its standard output."""
    return "".join(piece.text for piece in recording.output() if piece.stream == "stdout")


def _check_crash(expectation: Expectation, recording: Recording) -> Met:
    ending = recording.ending
    if ending.kind == "running":
        return Met(expectation, None, "it still runs")
    met = ending.kind == "exit" and not ending.code
    return Met(expectation, met, "" if met else ending.detail, ending.step)


def _check_examples(expectation: Expectation, recording: Recording) -> Met:
    seen = [m for m in docstrings.seen(recording) if m.example.owner == expectation.name]
    wrong = [m for m in seen if not m.met]
    if wrong:
        return Met(expectation, False, f"{wrong[0].example.source} gives {wrong[0].actual}", wrong[0].step)
    return Met(expectation, None, "its examples are not all called in this run")


def automatic(recording: Recording, target: Target) -> list[Expectation]:
    """What the run itself says was wrong: a crash, a failed assertion, a failed test, docstring examples."""
    if target.kind == "pytest":
        return _failed_test(recording, target) if recording.ending.code else []
    found = []
    if recording.ending.kind in ("exception", "signal", "limit"):
        found.append(_crash(recording))
    owners = {m.example.owner: m.example for m in docstrings.seen(recording) if not m.met}
    for owner, example in owners.items():
        found.append(Expectation("doctest", owner, file=example.file, line=example.line, origin="doctest"))
    return found


def _failed_test(recording: Recording, target: Target) -> list[Expectation]:
    """The first test that failed; without one, what was asked for."""
    failed = tests.first_failed(recording)
    name = target.spec if failed is None else tests.typed(failed, target.cwd)
    return [Expectation("pytest", name, file=recording.main_file, origin="test")] if name else []


def _crash(recording: Recording) -> Expectation:
    raised = [r for r in recording.raised() if not r.handled]
    if recording.ending.kind != "exception" or not raised:
        return Expectation("no-crash", origin="crash")
    last = raised[-1]
    origin = "assert" if last.type_name == "AssertionError" else "crash"
    return Expectation("no-crash", file=last.file, line=last.line, origin=origin)
