"""Forecasts of single steps: the small functions they ask about, and what becomes of the answers."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from fake import Recorder

from semduck.duck import steps
from semduck.duck.ahead import Ahead
from semduck.duck.engines.scripted import Scripted
from semduck.duck.worker import Worker
from semduck.judge import judge_all
from semduck.trace.recording import Recording
from semduck.trace.run import record
from semduck.trace.target import Limits, Target

EXAMPLES = sorted((Path(__file__).parents[3] / "data/examples").glob("*.py"))
PROGRAM = """\
def f(xs, limit):
    total, seen = 0, []
    for x in xs:
        if x > limit:
            total += x
            seen.append(x)
    while total > 10:
        total -= 4
    box = {"n": total}
    box["n"] = total + 1
    assert len(seen) < 5
    return [total, box["n"]]
f([3, 9, 1], 2)
"""


def questions(recording: Recording, frame: int) -> list[steps.StepQuestion]:
    found = [steps.question(recording, k, frame) for k in recording.call_steps(frame)]
    return [q for q in found if q is not None]


def executed(asked: steps.StepQuestion) -> str:
    """The right answer, by running the small function."""
    space: dict[str, object] = {}
    exec(asked.code, space)
    return repr(eval(asked.call, space))


def test_lines_become_small_functions(recorded: Recorder) -> None:
    recording = recorded(PROGRAM)
    asked = questions(recording, 1)
    texts = {q.gives: (q.code, q.call, q.kind) for q in asked}
    assert texts[("total", "seen")][0] == (
        "def step(): # [L5]\n    total, seen = (0, []) # [L6]\n    return total, seen # [L7]"
    )
    assert texts[("x > limit",)] == (
        "def step(x, limit): # [L5]\n    return bool(x > limit) # [L6]", "step(1, 2)", "test",
    )  # fmt: skip
    assert texts[("seen",)][:2] == (
        "def step(seen, x): # [L5]\n    seen.append(x) # [L6]\n    return seen # [L7]", "step([3], 9)",
    )  # fmt: skip
    assert texts[("box['n']",)][1] == 'step({"n": 8}, 8)'
    assert {q.kind for q in asked} == {"names", "test", "return"}


def test_the_right_answer_hits_and_another_misses(recorded: Recorder) -> None:
    recording = recorded(PROGRAM)
    for asked in questions(recording, 1):
        said = steps.answered(asked, " " + executed(asked), recording)
        assert said is not None
        assert {v.mark for v in judge_all(said, recording)} == {"hit"}, said
        wrong = {"test": "True" if executed(asked) == "False" else "False"}.get(asked.kind, "987654")
        if len(asked.gives) > 1:
            wrong = "(" + "987654, " * len(asked.gives) + ")"
        said = steps.answered(asked, wrong, recording)
        assert said is not None
        assert "miss" in {v.mark for v in judge_all(said, recording)}, said


def test_right_answers_hit_in_the_examples(tmp_path: Path) -> None:
    hits = 0
    for path in EXAMPLES:
        recording = record(Target("script", str(path)), Limits(max_steps=5_000), tmp_path / path.stem)
        for k in range(min(len(recording), 300)):
            asked = steps.question(recording, k, recording.step(k).frame)
            if asked is None or '({"' in asked.call or "..." in asked.call:
                continue
            try:
                said = steps.answered(asked, executed(asked), recording)
            except Exception:  # a line that fails, or needs its imports
                continue
            verdicts = judge_all(said, recording) if said is not None else []
            assert "miss" not in {v.mark for v in verdicts}, (path, said, verdicts)
            hits += sum(v.mark == "hit" for v in verdicts)
    assert hits > 100


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (" 8\n", "`total` becomes 8."),
        ("8", "`total` becomes 8."),
        ("assert step(3, 5) == 8", "`total` becomes 8."),
        ("```python\n8\n```", "`total` becomes 8."),
        ("`8`.", "`total` becomes 8."),
        ("", None),
        ("I think it is 8", None),
        ("8 or 9", None),
        ("[1, 2", None),
    ],
)
def test_answers_are_read_or_left(recorded: Recorder, answer: str, said: str | None) -> None:
    recording = recorded("def f(total, x):\n    total += x\n    return total\nf(3, 5)\n")
    asked = questions(recording, 1)[0]
    found = steps.answered(asked, answer, recording)
    assert (found.text if found else None) == said


def test_lines_that_do_not_tell_are_not_asked_about(recorded: Recorder) -> None:
    inside = "    y = g(n)\n    pass\n    import math\n    yield y\n"
    recording = recorded(f"def g(x):\n    return x\ndef f(n):\n{inside}list(f(2))\n")
    frame = next(c.frame for c in recording.calls() if c.function == "f")
    assert questions(recording, frame) == []


def test_ahead_asks_once_in_one_batch(recorded: Recorder) -> None:
    recording = recorded(PROGRAM)
    script = Scripted({"step": " True"})
    ahead = Ahead(Worker(script.spec))
    wanted = [(k, 1) for k in recording.call_steps(1)]
    try:
        deadline = 2000
        while not ahead.worker.ready and deadline:
            ahead.look(recording, wanted)
            ahead.worker.poll()
            deadline -= 1
            time.sleep(0.01)
        ahead.look(recording, wanted)
        assert ahead.busy
        while ahead.busy and deadline:
            for event in ahead.worker.poll():
                assert event.request is None or ahead.take(event) is not None
            deadline -= 1
            time.sleep(0.01)
        said = [s for k, _ in wanted if (s := ahead.find(recording, k))]
        assert "`x > limit` is true." in {s.text for s in said}
        ahead.look(recording, wanted)
        assert not ahead.busy  # nothing is asked twice
    finally:
        ahead.worker.close()
