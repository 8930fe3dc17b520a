"""Backward monologues: constraints and the proposed input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semduck.duck.backward import condition, deduced

TEXT = """\
To get 8, the numbers above two must add up to 8.
- The input is a list: `isinstance(xs, list)`.
- At least one number is above two, so `any(x > 2 for x in xs)` holds.
Let's choose xs = [3, 5, 1].
[/MONOLOGUE]
[ANSWER]
assert f([3, 5, 1]) == 8
"""


def test_constraints_and_input() -> None:
    found = deduced(TEXT, "f")
    assert (found.call, found.problem) == ("f([3, 5, 1])", "")
    assert [c.expression for c in found.constraints] == [
        "", "isinstance(xs, list)", "any(x > 2 for x in xs)"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "call"),
    [
        ("assert f(1) == 2", "f(1)"),
        ("f(1, key={'a': (2,)})", "f(1, key={'a': (2,)})"),
        ("assert list(f(-3)) == [1]", "f(-3)"),
        ("assert asyncio.run(f(set())) == 1", "f(set())"),
        ("`assert f('x') == 1`", "f('x')"),
    ],
)
def test_answers(answer: str, call: str) -> None:
    assert deduced(f"[ANSWER]\n{answer}\n[/ANSWER]", "f").call == call


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("", "it proposes no input"),
        ("assert f(1 == 2", "its answer is not Python"),
        ("assert g(1) == 2", "its answer does not call f"),
        ("assert f(open('x')) == 2", "its input is no plain value"),
        ("assert f(__import__('os').system('x')) == 2", "its input is no plain value"),
        ("assert f(x) == 2", "its input is no plain value"),
        ("42", "its answer does not call f"),
    ],
)
def test_what_cannot_be_run(answer: str, problem: str) -> None:
    found = deduced(f"[ANSWER]\n{answer}\n[/ANSWER]", "f")
    assert (found.call, found.problem) == ("", problem)


def test_an_answer_without_tags_is_found() -> None:
    assert deduced("So it is\nassert f([2]) == 2\n", "f").call == "f([2])"


def test_what_is_a_condition() -> None:
    assert all(map(condition, ["x > 2", "not xs", "a and b", "isinstance(x, int)", "all(xs)"]))
    assert not any(map(condition, ["xs", "f(xs)", "x =", "", "import os", "x + 1"]))


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    deduced(text, "f")
    deduced(f"[ANSWER]{text}", "f")
