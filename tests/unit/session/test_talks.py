"""Talks with the duck over a real recording: questions, the card, inputs; a scripted engine answers."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from semduck.duck.engines.scripted import Scripted
from semduck.duck.questions import PromptError
from semduck.repair.apply import splice
from semduck.session import Session
from semduck.session.talks import Line, Talk
from semduck.trace.target import Target

PROGRAM = """\
def above(xs, limit):
    total = 0
    for x in xs:
        if x > limit:
            total += x
    return total


class Box:
    def put(self, thing):
        self.thing = thing
        return thing


if __name__ == "__main__":
    print(above([1, 3, 5], 2))
    print(above([4], 2))
    Box().put(1)
"""
PURPOSE = "In one sentence, what this function is for"
PROPERTIES = "Key Properties and Constraints"
BACKWARD = "Deduce the Semantic Constraints"
Begin = Callable[..., Session]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    made: list[Session] = []
    (tmp_path / "program.py").write_text(PROGRAM)

    def make(function: str = "above", **answers: str) -> Session:
        script = {{"purpose": PURPOSE, "properties": PROPERTIES, "backward": BACKWARD}.get(k, k): v
                  for k, v in answers.items()}  # fmt: skip
        target = Target("script", "program.py", cwd=tmp_path, python=sys.executable)
        session = Session(target, engine=Scripted(script), state_dir=tmp_path / "state")
        made.append(session)
        session.start(interactive=False)
        until(lambda: session.poll() is not None and not session.running)
        assert session.recording is not None
        call = next(c for c in session.recording.calls() if c.function.endswith(function))
        session.goto(call.last or 0)
        session.frame = call.frame
        return session

    yield make
    for session in made:
        session.close()


def until(done: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.005)


def told(session: Session, talk: Talk) -> list[Line]:
    until(lambda: (session.poll() or True) and talk.done)
    return talk.lines()


def marks(lines: list[Line]) -> list[tuple[str, str]]:
    return [(line.mark, line.text) for line in lines if line.mark]


def test_an_answer_is_judged(begin: Begin) -> None:
    session = begin(**{"why 8": "`total` is 8. At the start, [L6] sets `total` to 1."})
    lines = told(session, session.ask("why 8?"))
    assert next(line.text for line in lines if line.kind == "said") == "`total` is 8."
    assert marks(lines) == [("hit", "total = 8"), ("miss", "total: said 1, traced 0")]


def test_the_card(begin: Begin) -> None:
    session = begin(
        purpose=" adds up the numbers above a limit.",
        properties="result >= 0` : never negative\n- `result > 4` : large\n- `result == sum(x for x in xs if "
        "x > limit)` : the sum\n- `len(xs)` : nothing\n- `xs.index(3)` : no condition\n",
    )
    card = session.card()
    lines = told(session, card)
    heads = [line.text.partition(" ")[0] for line in lines if line.kind == "head"]
    assert heads == ["Approximate", "Symbolic", "Abstract", "Operational"]
    assert card.summary() == "Adds up the numbers above a limit."
    assert marks(lines)[:3] == [
        ("hit", "held on 2 of 2 recorded calls"),
        ("miss", "held on 1 of 2 recorded calls"),
        ("hit", "held on 2 of 2 recorded calls"),
    ]
    failed = next(line for line in lines if line.mark == "miss")
    assert session.recording is not None and failed.step is not None
    assert session.recording.arguments(session.recording.frame_at(failed.step))["xs"].text == "[4]"
    proposal = card.as_docstring()
    new = splice(PROGRAM.encode(), proposal.edits).decode()
    assert '    """Adds up the numbers above a limit."""\n    total = 0\n' in new
    session.add_proposal(proposal)
    assert session.try_again(0).trial.outcome == "passed"  # tried in a copy, like any repair


def test_hits_become_comments(begin: Begin) -> None:
    session = begin(above="[L6]: `total` becomes 0.\n[L10]: Returns 9.\n")
    assert session.recording is not None
    until(lambda: (session.poll() or True) and bool(session.misses()))
    card = session.card()
    new = splice(PROGRAM.encode(), card.as_comments().edits).decode()
    assert "    total = 0  # total becomes 0\n" in new
    assert "return total\n" in new  # a miss is no comment


def test_inputs_are_run_before_they_count(begin: Begin) -> None:
    session = begin(
        backward="The sum must be 8, so `any(x > 2 for x in xs)` and `limit < 0`.\n`len(xs) > 5` too.\n"
        "[ANSWER]\nassert above([8], 2) == 8\n[/ANSWER]"
    )
    talk = session.inputs(None)
    lines = told(session, talk)
    assert talk.title == "Which input makes above give 8?"
    assert ("hit", "above([8], 2) was run and gives 8") in marks(lines)
    assert ("hit", "`any(x > 2 for x in xs)` holds for 1 of 1 recorded call with this result") in marks(lines)
    assert ("miss", "`len(xs) > 5` holds for 0 of 1 recorded call with this result") in marks(lines)


def test_a_wrong_input_is_shown_as_wrong(begin: Begin) -> None:
    session = begin(backward="[ANSWER]\nassert above([7], 2) == 8\n[/ANSWER]")
    assert ("miss", "above([7], 2) was run and gives 7") in marks(told(session, session.inputs("8")))
    session = begin(backward="[ANSWER]\nassert above(7, 2) == 8\n[/ANSWER]")
    assert any("raises TypeError" in text for _, text in marks(told(session, session.inputs("8"))))
    session = begin(backward="I do not know.")
    assert marks(told(session, session.inputs("8"))) == [
        ("unknown", "No input to try: it proposes no input.")
    ]  # fmt: skip


def test_another_input_is_a_different_one(begin: Begin) -> None:
    session = begin(backward="[ANSWER]\nassert above([8], 2) == 8\n[/ANSWER]")
    talk = session.inputs(None)
    told(session, talk)
    assert talk.again() is None
    lines = told(session, talk)  # this engine has only one: it is asked some times, then that is it
    assert [m for m in marks(lines) if "was run" in m[1]] == [("hit", "above([8], 2) was run and gives 8")]


def test_what_cannot_be_asked_is_one_line(begin: Begin) -> None:
    session = begin("put")
    with pytest.raises(PromptError, match="put is no function of its module"):
        session.inputs(None)
    session = begin("<module>")
    with pytest.raises(PromptError, match="only a function"):
        session.inputs("3")


def test_step_by_step(begin: Begin) -> None:
    session = begin(**{"step(": " 3\n"})
    assert session.recording is not None
    session.goto(session.recording.call_steps(session.frame)[0])
    session.explain(True)
    ahead = session._ahead
    assert ahead is not None
    until(lambda: (session.poll() or True) and ahead.worker.ready)
    seen: dict[str, str] = {}
    for _ in range(12):
        until(lambda: (session.poll() or True) and not ahead.busy)
        for one in session.utterances():
            seen |= {one.utterance.text: "".join(v.mark for v in one.verdicts)}
        session.move("into")
    assert seen["`total` becomes 3."] in ("hit", "miss")
    assert session.tally.text("assignments").endswith("right on assignments")
    session.explain(False)
    assert all(one.utterance.source == "narrator" for one in session.utterances())
