"""Two recordings side by side: where they part, and which values differ."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracle.harness import recorded

from semduck.session.difference import first_difference
from semduck.trace import growing
from semduck.trace.queries.compare import Divergence
from semduck.trace.recording import Recording
from semduck.trace.target import Target

OLD = """\
import sys
def weigh(cart, rate):
    total = 0
    for name, price in cart["items"]:
        total += price * rate
    cart["total"] = total
    return total
cart = {"items": [("a", 1), ("b", 2)], "self": None}
cart["self"] = cart
rate = 2
print(weigh(cart, rate))
"""


@pytest.fixture
def run(tmp_path: Path) -> object:
    numbers = iter(range(100))

    def record(text: str, *args: str) -> Recording:
        (tmp_path / "main.py").write_text(text)
        target = Target("script", "main.py", args, cwd=tmp_path)
        return recorded(target, tmp_path / f"o{next(numbers)}" / "run.duck").recording

    return record


def test_equal_runs_do_not_part(run: object) -> None:
    before, after = run(OLD), run(OLD)  # type: ignore[operator]
    assert before.divergence(after) is None and first_difference(before, after) is None
    k = len(before) - 1
    assert before.disagreements(k, after, k) == []


def test_moved_lines_are_no_difference(run: object) -> None:
    before, after = run(OLD), run("# a comment\n\n" + OLD)  # type: ignore[operator]
    assert before.divergence(after) is None


def test_the_first_other_value_is_found_and_told(run: object) -> None:
    before, after = run(OLD), run(OLD.replace("price * rate", "price + rate"))  # type: ignore[operator]
    found = before.divergence(after)
    assert found is not None and found.why == "event" and found.step_before == found.step_after
    k = found.step_after or 0
    assert before.step(k - 1).line == 5
    told = {
        d.path: (d.before and d.before.text, d.after and d.after.text)
        for d in before.disagreements(k, after, k)
    }
    assert told == {"total": ("2", "3")}
    difference = first_difference(before, after)
    assert difference is not None and difference.step_after == k
    assert difference.text == f"At step {k}, before line 4 runs, total becomes 3; before it became 2."
    last = len(before) - 1
    told = {
        d.path: (d.before and d.before.text, d.after and d.after.text)
        for d in before.disagreements(last, after, last)
    }
    assert told == {"cart['total']": ("6", "7")}  # once, though it can be reached again through cart['self']


def test_everything_that_differs_is_told(run: object) -> None:
    text = "class P: pass\np = P()\np.x, p.y = [1, 2, 3], {'k': (1, 2)}\ns = 'a'\ndel s\ndone = 1\n"
    other = (
        text.replace("[1, 2, 3]", "[1, 5, 3, 4]").replace("(1, 2)", "(1, 2.0)").replace("del s", "p.z = None")
    )
    before, after = run(text), run(other)  # type: ignore[operator]
    k = next(k for k in before.steps_of_line(before.main_file, 6))
    told = {
        d.path: (d.before and d.before.text, d.after and d.after.text)
        for d in before.disagreements(k, after, k)
    }
    assert told == {
        "p.x[1]": ("2", "5"),
        "p.x[3]": (None, "4"),
        "p.y['k'][1]": ("2", "2.0"),
        "s": (None, "'a'"),
        "p.z": (None, "None"),
    }


def test_one_run_that_goes_on(run: object) -> None:
    before, after = run(OLD), run(OLD + "x = 1\ny = 2\n")  # type: ignore[operator]
    found = before.divergence(after)
    assert (
        found is not None and found.step_before == found.step_after
    )  # the return of the module becomes a line
    difference = first_difference(before, after)
    assert difference is not None and "line 12 runs now" in difference.text


def test_another_ending_of_the_same_steps(run: object) -> None:
    text = "import sys\nx = len(sys.argv)\nsys.exit(x - 1)\n"
    before, after = run(text), run(text, "more")  # type: ignore[operator]
    found = before.divergence(after)
    assert found is not None and found.step_after is not None
    text = "import os\nimport sys\nos._exit(0 if len(sys.argv) == 1 else 3)\n"
    before, after = run(text), run(text, "more")  # type: ignore[operator]
    assert before.divergence(after) == Divergence(None, None, "ending")
    difference = first_difference(before, after)
    assert difference is not None and difference.text.startswith("Both runs take the same steps")


def test_another_exit_after_other_lines(run: object) -> None:
    before, after = run("x = 1\ny = 2\n"), run("x = 1\nz = 3\n")  # type: ignore[operator]
    found = before.divergence(after)
    assert found is not None
    k = found.step_after or 0
    assert {d.path for d in before.disagreements(k, after, k)} == {"y", "z"}


@pytest.mark.parametrize(("one", "other"), [("1", "True"), ("1", "1.0"), ("0.0", "-0.0"), ("[1]", "[True]")])
def test_values_that_are_equal_and_not_the_same_part_two_runs(run: object, one: str, other: str) -> None:
    text = "import sys, ast\nx = ast.literal_eval(sys.argv[1])\nprint('done')\n"
    before, after = run(text, one), run(text, other)  # type: ignore[operator]
    found = before.divergence(after)
    assert found is not None and found.why == "event" and before.step(found.step_before or 0).line == 3
    again = run(text, one)  # type: ignore[operator]
    assert before.divergence(again) is None


LOOP = """\
import sys
class Cell:
    pass
cells = []
for i in range(200):
    cell = Cell()
    cell.value = [i, str(i)]
    cells.append(cell)
    if i == int(sys.argv[1]):
        cell.value[0] += 1
print(len(cells))
"""


@pytest.mark.parametrize("enough", [100, 700, 10_000])
def test_runs_part_at_the_same_step_however_they_are_cut(
    run: object, enough: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after, alike = (run(LOOP, n).path for n in ("-1", "150", "-1"))  # type: ignore[operator]
    monkeypatch.setattr(growing, "ENOUGH", enough)
    before = Recording.open(before)
    monkeypatch.setattr(growing, "ENOUGH", 900)
    after, alike = Recording.open(after), Recording.open(alike)
    assert before.divergence(alike) is None
    found = before.divergence(after)
    assert found is not None and found.why == "line" and found.step_before is not None
    assert before.step(found.step_before).line == 5 and after.step(found.step_before).line == 10
    assert after.evaluate(found.step_before, "i").literal == 150
