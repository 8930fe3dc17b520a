# ruff: noqa: E501 - tables read better on long lines
"""The page about queries says what is there."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest
from oracle.harness import recorded

from semduck.trace.evaluate import EvaluateError
from semduck.trace.recording import Recording
from semduck.trace.target import Target

PAGE = (Path(__file__).parents[3] / "docs" / "queries.md").read_text()
PROGRAM = """\
class Cart:
    def __init__(self):
        self.items, self.total = [], 0

    def add(self, n):
        self.items.append(n)
        self.total -= n
        return self


cart = Cart()
for n in range(60):
    cart.add(n)
"""


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    (tmp_path / "main.py").write_text(PROGRAM)
    return recorded(Target("script", "main.py", cwd=tmp_path), tmp_path / "run.duck").recording


def test_the_example_runs(recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    monkeypatch.chdir(recording.path.parent)
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        exec(example, {})
    lines = told.getvalue().splitlines()
    assert lines[0].split()[0] == "50" and any("data" in line for line in lines[1:])


def test_every_method_it_names_is_there() -> None:
    rows = re.findall(r"^\| (`[a-z_]+(?:\(|`).*?) \|", PAGE, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([a-z_]+)[(`]", row)}
    named -= {"data", "control", "call", "return", "and", "or", "not", "changed", "in", "is"}
    assert len(named) > 30
    assert {name for name in named if not hasattr(Recording, name)} == set()


@pytest.mark.parametrize("condition", ["[a for a in self.items for b in self.items for c in self.items if 0] == []",
                                       "sum([len([c for c in self.items for d in self.items if 0]) for a in self.items for b in self.items]) > 5",
                                       "sum([1 for a in self.items for b in self.items for c in self.items])"])  # fmt: skip
def test_endless_comprehensions_end(recording: Recording, condition: str) -> None:
    k = recording.first_where("len(self.items) > 58")
    assert k is not None
    with pytest.raises(EvaluateError, match="too long"):
        recording.evaluate(k, condition)
