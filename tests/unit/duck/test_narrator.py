"""The sentences themselves."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from fake import Fake

from semduck.duck import sentences
from semduck.duck.narrator import narrate
from semduck.trace.model import Value
from semduck.trace.recording import Recording


def told(source: str, function: str = "f", **options: int) -> list[str]:
    recording = Fake(source)
    frame = next(c.frame for c in recording.calls() if c.function.rpartition(".")[2] == function)
    return [u.text for u in narrate(recording, frame, **options)]


SENTENCES = {
    "opening": (
        "def f(values, size): pass\nf([3, 5], size=2)",
        "`f` is called with values = [3, 5] and size = 2.",
    ),
    "no arguments": ("def f(): pass\nf()", "`f` is called."),
    "first": ("def f():\n    x = 1\nf()", "`x` becomes 1; the function ends here and returns None."),
    "again": ("def f(x):\n    x += 3\n    return x\nf(1)", "`x` becomes 4 (it was 1)."),
    "several": (
        "def f(a, b):\n    a, b = b, a\n    return a\nf(1, 2)",
        "`a` becomes 2 (it was 1) and `b` becomes 1 (it was 2).",
    ),
    "same value": ("def f(a):\n    a = abs(a)\n    return a\nf(1)", "`a` stays 1."),
    "append": ("def f(xs):\n    xs.append(7)\n    return xs\nf([1])", "`xs` gains 7 → [1, 7]."),
    "remove": ("def f(xs):\n    xs.remove(1)\n    return xs\nf([1, 7])", "`xs` loses 1 → [7]."),
    "set": ("def f(xs):\n    xs.add(7)\n    return xs\nf({1})", "`xs` gains 7 → {1, 7}."),
    "item": ("def f(xs):\n    xs[0] = 7\n    return xs\nf([1])", "`xs[0]` becomes 7 (it was 1)."),
    "key": ("def f(d):\n    d['b'] = 7\n    return d\nf({'a': 1})", "`d['b']` becomes 7."),
    "key gone": ("def f(d):\n    del d['a']\n    return d\nf({'a': 1})", "`d['a']` is deleted."),
    "alias": (
        "def f(a):\n    b = a\n    b.append(1)\n    return a\nf([])",
        "`b` becomes [] (the same object as `a`).",
    ),
    "through an alias": (
        "def f(a):\n    b = a\n    b.append(1)\n    return a\nf([])",
        "`b` (also `a`) gains 1 → [1].",
    ),
    "true": (
        "def f(n):\n    if n > 3:\n        n = 0\n    return n\nf(4)",
        "`n > 3` is true, so line 3 runs next.",
    ),
    "false": (
        "def f(n):\n    if n > 3:\n        n = 0\n    return n\nf(1)",
        "`n > 3` is false, so line 4 runs next.",
    ),
    "elif": (
        "def f(n):\n    if n > 3:\n        n = 0\n    elif n > 2:\n        n = 9\n    return n\nf(3)",
        "`n > 2` is true, so line 5 runs next.",
    ),
    "return": ("def f(n):\n    return [n / 2]\nf(8)", "Returns [4.0]."),
    "loop": (
        "def f(xs):\n    total = 0\n    for x in xs:\n        total += x\n    return total\nf([1, "
        "2, 3, 4, 5])",
        "The loop over `x` runs 5 times; `total` goes 0 → 15.",
    ),
    "iteration": (
        "def f(xs):\n    for i, x in enumerate(xs):\n        y = x\n    return y\nf([7, 8])",
        "Iteration 2 of 2: `i` is 1 and `x` is 8.",
    ),
    "while": (
        "def f(n):\n    while n > 1:\n        n //= 2\n    return n\nf(40)",
        "The loop `while n > 1` runs 5 times; `n` goes 40 → 1.",
    ),
    "never": (
        "def f(xs):\n    for x in xs:\n        pass\n    return 1\nf([])",
        "The loop over `x` does not run.",
    ),
    "break": (
        "def f(n):\n    while True:\n        n += 1\n        if n > 6:\n            break\n    "
        "return n\nf(0)",
        "The loop `while True` runs 7 times, then `break` leaves it; `n` goes 0 → 7.",
    ),
    "return in loop": (
        "def f(xs):\n    for x in xs:\n        if x > 2:\n            return x\nf([1, 2, 3, 4])",
        "The loop over `x` runs 3 times, then a return leaves it; `x` ends as 3.",
    ),
    "call": (
        "def mean(xs):\n    return sum(xs) / len(xs)\ndef f():\n    m = mean([1, 2])\n    return m\nf()",
        "Calls `mean([1, 2])`, which returns 1.5; `m` becomes 1.5.",
    ),
    "keyword": (
        "def g(a, *, b, **more): return b\ndef f():\n    g(1, b=2, c=3)\n    return 1\nf()",
        "Calls `g(1, b=2, **{'c': 3})`, which returns 2.",
    ),
    "method": (
        "class S:\n    def push(self, x):\n        self.x = x\ndef f(s):\n    s.push(3)\n    "
        "return 1\nf(S())",
        "Calls `S.push(3)`; `s.x` becomes 3.",
    ),
    "attribute": (
        "class S:\n    x = y = 0\n    def f(self):\n        self.x = 2\n        self.x = 3\n      "
        "  return 1\n"
        "S().f()",
        "`self.x` becomes 3 (it was 2).",
    ),
    "itself": (
        "def f(n):\n    return n * f(n - 1) if n else 1\nf(1)",
        "Calls itself as `f(0)`, which returns 1; returns 1.",
    ),
    "raises": (
        "def f(n):\n    return 1 / n\nf(0)",
        "Line 2 raises ZeroDivisionError: division by zero; nothing catches it here.",
    ),
    "caught": (
        "def f(n):\n    try:\n        n = 1 / n\n    except ZeroDivisionError:\n        n = 0\n   "
        " return n\nf(0)",
        "Line 3 raises ZeroDivisionError: division by zero; it is caught at line 4.",
    ),
    "wrong handler": (
        "def f(n):\n    try:\n        n = 1 / n\n    except KeyError:\n        n = 0\n    finally:\n"
        "        m = 1\n    return n\nf(0)",
        "Line 3 raises ZeroDivisionError: division by zero; nothing catches it here.",
    ),
    "passes through": (
        "def g(n):\n    return 1 / n\ndef f(n):\n    return g(n)\nf(0)",
        "Calls `g(0)`, which raises ZeroDivisionError: division by zero; nothing catches it here.",
    ),
    "swallowed": (
        "import contextlib\ndef f(n):\n    with contextlib.suppress(KeyError):\n        {}[1]\n    return 1\n"
        "f(0)",
        "Line 4 raises KeyError: 1; the program goes on at line 5.",
    ),
    "assert": ("def f(n):\n    assert n > 0\n    return n\nf(1)", "The assertion `n > 0` holds."),
    "assert fails": (
        "def f(n):\n    assert n > 0, 'no'\n    return n\nf(0)",
        "The assertion `n > 0` fails; line 2 raises AssertionError: no; nothing catches it here.",
    ),
    "yield": ("def f(n):\n    yield n\n    n += 1\nlist(f(3))", "Yields 3."),
    "generator": ("def f(n):\n    yield n\nlist(f(3))", "The generator `f` begins with n = 3."),
    "print": ("def f():\n    print('hello')\n    return 1\nf()", "Prints `hello`."),
    "delete": ("def f(x):\n    del x\n    return 1\nf(1)", "`x` is deleted."),
    "match": (
        "def f(x):\n    match x:\n        case [a, b]:\n            return a\n        case _:\n   "
        "         return 0\n"
        "f((1, 2))",
        "`case [a, b]` matches; `a` becomes 1 and `b` becomes 2.",
    ),
    "global": ("n = 0\ndef f():\n    global n\n    n += 1\n    return n\nf()", "`n` becomes 1 (it was 0)."),
    "no effect": ("def f(x):\n    x.count(1)\n    return 1\nf([])", "Runs `x.count(1)`."),
    "lambda": ("f = 1\ng = lambda x: x + 1\ndef f():\n    return g(3)\nf()", "Returns 4."),
}


@pytest.mark.parametrize("name", [n for n in SENTENCES if n != "match"])
def test_sentence(name: str) -> None:
    source, expected = SENTENCES[name]
    found = told(source)
    assert expected in found, "\n".join(found)


def test_match() -> None:
    source, _ = SENTENCES["match"]
    assert any(t.startswith("`case [a, b]` matches") or "`case [a, b]` matches" in t for t in told(source))


def test_module() -> None:
    source = "import os, sys\nfrom re import sub as s\ndef f(): pass\nclass C:\n    x = 1\nn = 3\n"
    assert told(source, "<module>") == [
        "The module `program.py` runs.",
        "Imports `os`, `sys` and `s` from `re`.",
        "Defines `f` and the class `C`.",
        "`n` becomes 3.",
    ]
    assert told(source, "C") == ["The body of class `C` runs.", "`x` becomes 1."]


LOOP = "def f(n):\n    total = 0\n    for i in range(n):\n        total += i\n    return total\nf({})\n"


def test_the_iteration_the_cursor_is_in_is_told() -> None:
    recording = Fake(LOOP.format(50))
    step = [s.number for s in recording.steps(0, len(recording)) if s.line == 4][20]
    texts = [u.text for u in narrate(recording, 1, focus=step)]
    assert "Iteration 21 of 50: `i` is 20." in texts
    assert "`total` becomes 210 (it was 190)." in texts
    assert sum(t.startswith("Iteration") for t in texts) == 1


def test_upto_tells_what_is_known_so_far() -> None:
    recording = Fake(LOOP.format(50))
    step = [s.number for s in recording.steps(0, len(recording)) if s.line == 4][20]
    texts = [u.text for u in narrate(recording, 1, upto=step)]
    assert (
        "The loop over `i` is in iteration 21; so far `total` goes 0 → 190 and `i` ends as 20." in texts
        or ("The loop over `i` is in iteration 21; so far `total` goes 0 → 190." in texts)
    )


def test_anchors() -> None:
    recording = Fake(LOOP.format(3))
    found = [(u.line, u.occurrence, u.text) for u in narrate(recording, 1) if u.line == 4]
    assert found == [
        (4, 1, "`total` becomes 0 (it was 0)."),
        (4, 2, "`total` becomes 1 (it was 0)."),
        (4, 3, "`total` becomes 3 (it was 1)."),
    ] or [o for _, o, _ in found] == [1, 2, 3]


def test_long_blocks_say_what_is_left_out() -> None:
    source = "def f():\n" + "".join(f"    x{i} = {i}\n" for i in range(600)) + "    return 1\nf()\n"
    texts = told(source)
    assert len(texts) < 300
    assert any("are left out here" in t for t in texts)
    assert all(len(t) < 500 for t in texts)


def test_a_hundred_thousand_steps(recorded: Callable[[str], Recording]) -> None:
    recording = recorded(LOOP.format(50_000))
    frame = next(c.frame for c in recording.calls() if c.function == "f")
    times = []
    for focus in (None, 50_000, 50_001, 70_000):
        start = time.perf_counter()
        found = narrate(recording, frame, focus=focus)
        times.append(time.perf_counter() - start)
        assert "The loop over `i` runs 50,000 times; `total` goes 0 → 1249975000." in [u.text for u in found]
    assert times[0] < 10
    assert min(times[1:]) < 0.2


def test_an_array_keeps_its_brackets() -> None:
    numbers = tuple((f"0, {n}", Value("float", "float64", "0.0")) for n in range(3))
    text = "array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]], dtype=float64)"
    array = Value("array", "ndarray", text, 1, 2, numbers)
    assert sentences.show(array) == text and sentences.show(array, 20) == "array(…)"
