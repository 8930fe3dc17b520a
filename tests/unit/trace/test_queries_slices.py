"""Backward slices: against an interpreter that carries the slice of every value along, and by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from oracle.dependence import Generator, Interpreter
from oracle.harness import PROGRAMS, Lab, recorded

from semduck.trace.evaluate import EvaluateError
from semduck.trace.queries.slicing.sweep import Sweep
from semduck.trace.recording import Recording
from semduck.trace.store import Moment
from semduck.trace.target import Target


def run(tmp_path: Path, text: str) -> Recording:
    (tmp_path / "main.py").write_text(text)
    return recorded(Target("script", "main.py", cwd=tmp_path), tmp_path / "o" / "run.duck").recording


@pytest.mark.parametrize("seed", range(30))
def test_random_programs(tmp_path: Path, seed: int) -> None:
    text = Generator(seed).program()
    told = Interpreter(text)
    recording = run(tmp_path, text)
    lines = [s.number for s in recording.steps(0, len(recording)) if s.kind.value == "line"]
    assert [recording.step(k).line for k in lines] == told.lines
    numbers = {step: i for i, step in enumerate(lines)}
    end = len(recording) - 1
    for name, (value, wanted) in told.names.items():
        if not isinstance(value, int):
            continue
        assert recording.evaluate(end, name, 0).literal == value, name
        found = recording.slice(end, name, 0)
        assert {numbers[k] for k in found.steps} == wanted, (name, text)
        assert found.complete


NOISE = """\
class Log:
    def __init__(self):
        self.rows = []

    def note(self, n):
        self.rows.append(n)
        self.last = n
        for i in range(3):
            pass
        return len(self.rows)


def main(log):
    total, other = 0, 5
    for i in range(40):
        log.note(i)
        if i == 7:
            total += other
    return total


log = Log()
result = main(log)
done = 1
"""


def test_calls_that_do_not_matter_are_leapt_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = run(tmp_path, NOISE)
    end = len(recording) - 1
    told = recording.slice(end, "result", 0)
    inside = {recording.step(k).function for k in told.steps}
    assert inside == {"<module>", "main"} and told.complete
    looked = []
    monkeypatch.setattr(Sweep, "_at_event", _counting(looked, Sweep._at_event))
    assert recording.slice(end, "result", 0) == told
    assert len(looked) < end / 2
    monkeypatch.setattr(Sweep, "leap", lambda self, m, moment: m)
    assert recording.slice(end, "result", 0) == told
    assert len(looked) > end
    last = recording.slice(end, "log.last", 0)
    assert recording.step(last.steps[-1]).function == "Log.note"


def _counting(looked: list[int], event: Callable[..., None]) -> Callable[..., None]:
    def count(self: Sweep, m: int, moment: Moment) -> None:
        looked.append(m)
        event(self, m, moment)

    return count


@pytest.mark.parametrize("name", ["accounts", "bst", "closures", "exceptions", "generators", "inheritance",
                                  "linked_list", "recursion", "sorting", "threads_lock"])  # fmt: skip
def test_leaping_changes_no_slice(lab: Lab, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = lab.recorded(PROGRAMS / f"{name}.py").recording
    end = len(recording) - 1
    names = list(recording.locals(end, 0))[-8:]
    told = [recording.slice(end, n, 0) for n in names]
    monkeypatch.setattr(Sweep, "leap", lambda self, m, moment: m)
    assert [recording.slice(end, n, 0) for n in names] == told


def test_a_statement_and_what_cannot_be_read(tmp_path: Path) -> None:
    recording = run(tmp_path, "a = 1\nb = a + 1\nc = 5\nd = b + c\n")
    k = recording.steps_of_line(recording.main_file or Path(), 4)[0]
    assert {recording.step(s).line for s in recording.slice(k).steps} == {1, 2, 3}
    with pytest.raises(EvaluateError):
        recording.slice(k, "print(a)", 0)
    assert recording.slice(k, "nothing", 0).steps == []
    assert not recording.slice(k, limit=1).complete
