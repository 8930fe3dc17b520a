"""Edits: each family makes the edit a person would make, and nothing else of the file changes."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from semduck.repair.apply import splice
from semduck.repair.candidates import Candidate, candidates, patched
from semduck.repair.edits import Source, moved_line
from semduck.repair.model import Edit
from semduck.repair.observe import Facts
from semduck.trace.run import record
from semduck.trace.target import Limits, Target


def made(tmp_path: Path, text: str | bytes) -> tuple[bytes, list[Candidate]]:
    """The candidates for a program, with every line equally suspect."""
    file = tmp_path / "program.py"
    data = text.encode() if isinstance(text, str) else text
    file.write_bytes(data)
    recording = record(
        Target("script", file.name, cwd=tmp_path, python=sys.executable), Limits(max_seconds=5)
    )
    facts = Facts(recording)
    return data, candidates(facts, {place: 1.0 for place in facts.counts})


CASES = [
    ("x = 3\nif x < 3:\n    pass\n", "if x <= 3:", "compare-operator"),
    ("a = 3\nb = 4\nc = a - b\n", "c = a + b", "arithmetic-operator"),
    ("a = 3\nb = 4\nc = a - b\n", "c = b - a", "swap-operands"),
    ("a = 3\nb = 4\nc = a + b / 2\n", "c = (a + b) / 2", "grouping"),
    ("t = 0\nt += 1\n", "t -= 1", "arithmetic-operator"),
    ("a = b = 1\nif a and b:\n    pass\n", "if a or b:", "and-or"),
    ("a = 1\nif not a:\n    pass\n", "if a:", "negation"),
    ("n = 4\nfor i in range(n):\n    pass\n", "range(n + 1)", "range-end"),
    ("n = 4\nfor i in range(n - 1):\n    pass\n", "range(n)", "range-end"),
    ("n = 4\nfor i in range(n):\n    pass\n", "range(1, n)", "range-start"),
    ("xs = [1, 2]\ni = 0\ny = xs[i]\n", "xs[i + 1]", "index"),
    ("xs = [1, 2]\ny = xs[1:2]\n", "xs[1:]", "slice"),
    ("k = 5\n", "k = 6", "constant"),
    ("ok = True\n", "ok = False", "constant"),
    ("price = 3\ncost = 4\ntotal = price * 2\n", "total = cost * 2", "wrong-name"),
    (
        "class P:\n    def __init__(self):\n        self.total = 1\nx = P().totl\np = P()\nprint(p.totl)\n",
        "P().total",
        "wrong-attribute",
    ),
    ("print(math.pi)\n", "import math\n", "missing-import"),
    ("count = 0\ndef f():\n    count += 1\nf()\n", "    global count\n", "missing-global"),
    (
        "def f(x, into=[]):\n    into.append(x)\n    return into\nf(1)\n",
        "def f(x, into=None):\n    if into is None:\n        into = []\n",
        "mutable-default",
    ),
    (
        "class S:\n    items = []\n    def __init__(self):\n        self.n = 0\nS()\n",
        "        self.items = []\n",
        "shared-attribute",
    ),
    ("xs = [1]\nys = xs\n", "ys = list(xs)", "missing-copy"),
    ("grid = [[0]] * 3\n", "[[0] for _ in range(3)]", "repeated-inner"),
    ("xs = [1, 2]\nfor x in xs:\n    xs.remove(x)\n", "for x in list(xs):", "changed-while-walked"),
    ("age = '3'\nmore = age + 1\n", "int(age) + 1", "conversion"),
    ("n = 3\ntext = 'a' + n\n", "'a' + str(n)", "conversion"),
    ("sum = 0\nsum = sum + 1\nprint(sum([1]))\n", "total = total + 1\nprint(sum([1]))", "shadowed-name"),
    ("def f(a, b):\n    return a\nx = 1\ny = 2\nf(x, y)\n", "f(y, x)", "swap-arguments"),
    ("xs = []\nxs.append([1])\n", "xs.extend([1])", "confused-method"),
    ("xs = [2, 1]\nys = xs.sort()\n", "ys = sorted(xs)", "assigned-none"),
    ("s = ' a'\ns.strip()\n", "s = s.strip()", "result-thrown-away"),
    ("def f(n):\n    return f(n - 1)\nf(3)\n", "    if n <= 0:\n        return 0\n", "base-case"),
    (
        "def f(xs):\n    total = 0\n    for x in xs:\n        total += x\nf([1])\n",
        "    return total\n",
        "missing-return",
    ),
    ("for i in range(2):\n    t = 0\n    t += i\n", "t = 0\nfor i in range(2):\n    t += i", "start-in-loop"),
    (
        "def f(xs):\n    for x in xs:\n        y = x\n        return y\nf([1])\n",
        "        y = x\n    return y\n",
        "early-return",
    ),
    ("d = {}\nd['a'] += 1\n", "d['a'] = d.get('a', 0) + 1", "missing-key"),
    ("def f(x):\n    return 1 / x\nf(0)\n", "1 / x if x else 0", "zero-guard"),
    ("fs = []\nfor i in range(2):\n    fs.append(lambda: i)\n", "lambda i=i: i", "late-binding"),
    ("d = {'a': 1}\nfor k, v in d:\n    pass\n", "in d.items():", "walk-dict"),
    ("while True:\n    break\n", "    continue", "break-continue"),
    ("t = 0\nfor i in range(3):\n    t += i\n    print(t)\n", "    t += i\nprint(t)", "dedent"),
]


@pytest.mark.parametrize(("text", "wanted", "kind"), CASES, ids=[f"{c[2]}-{n}" for n, c in enumerate(CASES)])
def test_the_edit_is_in_the_catalogue(tmp_path: Path, text: str, wanted: str, kind: str) -> None:
    data, found = made(tmp_path, text)
    results = [(c.kind, splice(data, c.edits).decode()) for c in found]
    assert any(k == kind and wanted in result for k, result in results)


def test_what_an_edit_does_not_touch_survives(tmp_path: Path) -> None:
    text = "# caf\u00e9 \u2014 a comment\r\nx  =  3   # three\r\nif  x<3 :  # why\r\n\ty = 'na\u00efve'\r\n"
    data, found = made(tmp_path, b"\xef\xbb\xbf" + text.encode())
    assert found
    for candidate in found:
        new = splice(data, candidate.edits)
        assert new.startswith(b"\xef\xbb\xbf# caf\xc3\xa9 \xe2\x80\x94 a comment\r\n")
        assert b"\n" not in new.replace(b"\r\n", b"")
    assert b"if  x<=3 :  # why\r\n" in b"".join(splice(data, c.edits) for c in found)


def test_another_encoding_keeps_its_bytes(tmp_path: Path) -> None:
    data, found = made(tmp_path, "# -*- coding: latin-1 -*-\nname = 'J\u00fcrg'; n = 1\n".encode("latin-1"))
    assert any(c.kind == "constant" and b"n = 2" in splice(data, c.edits) for c in found)
    assert all(b"J\xfcrg" in splice(data, c.edits) for c in found if c.kind == "constant" and "1" in c.reason)


def test_candidates_are_distinct_and_patches_are_python(tmp_path: Path) -> None:
    data, found = made(
        tmp_path,
        "xs = [3, 1]\nn = len(xs)\nfor i in range(n - 1):\n    if xs[i] > xs[i + 1]:\n"
        "        xs[i], xs[i + 1] = xs[i + 1], xs[i]\nprint(xs)\n",
    )
    keys = [tuple((e.start, e.end, e.new) for e in c.edits) for c in found]
    assert len(set(keys)) == len(keys) > 20
    source = Source(tmp_path / "program.py", data)
    good = [p for c in found if (p := patched(source, c)) is not None]
    assert len(good) > 0.8 * len(found)
    for new in good:
        ast.parse(new)


def test_asserts_and_the_main_guard_are_not_edited(tmp_path: Path) -> None:
    _, found = made(tmp_path, "x = 1\nif __name__ == '__main__':\n    assert x == 2\n")
    assert {c.line for c in found} == {1}


def test_moved_line() -> None:
    data = b"a = 1\nb = 2\nc = 3\n"
    assert moved_line(data, (Edit(6, 6, b"x = 0\n"),), 2) == 3
    assert moved_line(data, (Edit(6, 6, b"x = 0\n"),), 1) == 1
    assert moved_line(data, (Edit(0, 6, b""),), 3) == 2
    assert moved_line(data, (Edit(4, 5, b"9"),), 3) == 3
