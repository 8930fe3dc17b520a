# ruff: noqa: E501 - program texts and tables read better on long lines
"""The oracle itself, against what a person works out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from oracle.compare import Mismatch, Walk, rows_of
from oracle.deepcopy_oracle import Picture
from oracle.harness import oracle

from semduck.trace.model import Value


def run(text: str, folder: Path) -> list[dict[str, Any]]:
    """The oracle's rows for a program."""
    (folder / "p.py").write_text(text)
    assert oracle(folder / "p.py", folder / "rows").wait(30) == 0
    return rows_of(folder / "rows")


def picture(value: object) -> Any:
    return Picture({__name__}).of(value)


def test_events_of_a_call(tmp_path: Path) -> None:
    rows = run("def f(a):\n    b = a\n    return b\nx = f(1)\n", tmp_path)
    assert [(r["kind"], r["line"], r["function"]) for r in rows] == [
        ("call", 1, "<module>"), ("line", 1, "<module>"), ("line", 4, "<module>"), ("call", 1, "f"), ("line", 2, "f"),
        ("line", 3, "f"), ("return", 3, "f"), ("return", 4, "<module>"),
    ]  # fmt: skip
    assert rows[5]["locals"] == {"a": ["int", "0x1"], "b": ["int", "0x1"]}
    assert rows[6]["value"] == ["int", "0x1"]


def test_events_of_a_generator(tmp_path: Path) -> None:
    text = "def g():\n    try:\n        yield 1\n    except KeyError:\n        yield 2\na = g()\nnext(a)\na.throw(KeyError('k'))\na.close()\n"
    rows = [r["kind"] for r in run(text, tmp_path) if r["function"] == "g"]
    assert rows == [
        "call",
        "line",
        "line",
        "yield",
        "resume",
        "exception",
        "line",
        "line",
        "yield",
        "resume",
        "exception",
        "unwind",
    ]


def test_the_past_stays_the_past(tmp_path: Path) -> None:
    rows = run("xs = []\nfor i in range(2):\n    xs.append(i)\nprint(xs)\n", tmp_path)
    seen = [r["locals"]["xs"]["items"] for r in rows if r["kind"] == "line" and "xs" in r["locals"]]
    zero, one = ["int", "0x0"], ["int", "0x1"]
    assert seen == [[], [], [zero], [zero], [zero, one], [zero, one]]


def test_aliases_and_circles() -> None:
    a: list[Any] = [1]
    a.append(a)
    b = [a, a]
    inner = {"n": 1, "type": "list", "user": False, "kind": "list", "items": [["int", "0x1"], {"ref": 1}]}
    assert picture(b) == {"n": 0, "type": "list", "user": False, "kind": "list", "items": [inner, {"ref": 1}]}


class Loud:
    """Every question asked of an instance is an error."""

    def _no(self, *_: object) -> Any:
        raise AssertionError("user code ran")

    __repr__ = __eq__ = __len__ = __iter__ = __getattr__ = __getattribute__ = __bool__ = __hash__ = _no


def test_no_user_code_runs() -> None:
    loud = Loud()
    object.__setattr__(loud, "x", [loud])
    node = picture(loud)
    assert node["attrs"][0][0] == "x"
    assert node["attrs"][0][1]["items"] == [{"ref": 0}]


def walk(node: Any, value: Value) -> str:
    """ "" when the value pictures the node, else the problem."""
    row = {"locals": {"x": node}, "globals": {}}

    class Closed:
        def expand(self, step: int, identity: int, depth: int, width: int) -> Value:
            return value

    try:
        Walk(Closed(), 0, row).same(node, value, "x")  # type: ignore[arg-type]
    except Mismatch as error:
        return str(error)
    return ""


def value_of(xs: list[int], **more: Any) -> Value:
    kids = tuple((str(i), Value("int", "int", str(x), literal=x, is_literal=True)) for i, x in enumerate(xs))
    return Value("list", "list", str(xs), 5, len(xs), kids, **more)


def test_the_comparison_finds_what_differs() -> None:
    assert walk(picture([1, 2]), value_of([1, 2])) == ""
    assert "0x3" in walk(picture([1, 2]), value_of([1, 3]))
    assert "2 items" in walk(picture([1, 2]), value_of([1]))
    assert "children are not shown" in walk(picture([1, 2]), value_of([1, 2], more=1))
    assert "expected" in walk(picture((1, 2)), value_of([1, 2]))
    assert "expected" in walk(picture([True]), value_of([1]))
    assert "expected" in walk(picture([1.0]), value_of([1]))


def test_the_comparison_knows_leaves_by_their_text() -> None:
    place = f"{walk.__qualname__}(node, value) at test_oracle.py:{walk.__code__.co_firstlineno}"
    same = Value("function", "function", f"function {place}", 5)
    assert walk(picture(walk), same) == ""
    assert "walk" in walk(picture(walk), Value("function", "function", "function talk() at other.py:1", 5))
    assert walk(picture(range(3)), Value("opaque", "range", "range(0, 3)", 5)) == ""
    assert "range(0, 3)" in walk(picture(range(3)), Value("opaque", "range", "range(0, 5)", 5))


def test_rows_are_plain_json(tmp_path: Path) -> None:
    rows = run("x = float('nan')\ny = {'\\ud800': -0.0}\nz = {1, 2}\n", tmp_path)
    assert json.loads(json.dumps(rows)) == rows
    assert rows[-1]["locals"]["x"] == ["float", "nan"]
