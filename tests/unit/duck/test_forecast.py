"""From a recorded call to judged forecasts, with the shipped script."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from semduck.duck import questions
from semduck.duck.answers import Answers
from semduck.duck.asking import Answer
from semduck.duck.engine import EngineSpec
from semduck.duck.engines.scripted import Scripted
from semduck.duck.forecast import Forecaster
from semduck.judge import judge_all
from semduck.trace.recording import Recording
from semduck.trace.run import record
from semduck.trace.target import Limits, Target

EXAMPLE = Path(__file__).parents[3] / "data/examples/moving_average.py"


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return record(Target("script", str(EXAMPLE)), Limits(), tmp_path / "run")


def frame_of(recording: Recording, name: str) -> int:
    return next(c.frame for c in recording.calls() if c.function == name)


def settle(forecaster: Forecaster) -> int:
    count, end = 0, time.monotonic() + 20
    while forecaster.busy and time.monotonic() < end:
        count += len(forecaster.poll())
        time.sleep(0.005)
    return count + len(forecaster.poll())


def test_the_demo_hits_misses_and_does_not_know(recording: Recording, tmp_path: Path) -> None:
    forecaster = Forecaster(Scripted(file="demo"), cache=tmp_path / "cache")
    frame = frame_of(recording, "moving_average")
    assert forecaster.ask(recording, frame) is None
    assert forecaster.state(recording, frame) == "thinking"
    assert settle(forecaster) == len(forecaster.utterances(recording, frame)) == 14
    verdicts = [v for u in forecaster.utterances(recording, frame) for v in judge_all(u, recording)]
    marks = Counter(v.mark for v in verdicts)
    assert (marks["miss"], marks["unknown"]) == (2, 1)
    assert marks["hit"] > 14
    first = next(v for v in verdicts if v.mark == "miss")
    assert (first.name, first.said, first.traced) == ("iterations", "5", "4")
    forecaster.close()
    again = Forecaster(Scripted(file="demo"), cache=tmp_path / "cache")
    again.ask(recording, frame)
    assert not again.busy  # answered from the cache, no process was started
    assert len(again.poll()) == 14
    again.close()
    other = Forecaster(Scripted({"f": "x"}), cache=tmp_path / "cache")
    other.ask(recording, frame)
    assert other.busy  # another engine says something else
    other.close()


def test_silence_and_modules(recording: Recording) -> None:
    forecaster = Forecaster(Scripted({}))
    assert forecaster.ask(recording, 0) is None
    assert forecaster.ask(recording, frame_of(recording, "main")) is None
    assert forecaster.state(recording, 0) == "unasked"  # given up: nobody looks at it any more
    assert settle(forecaster) == 0
    forecaster.close()


def test_a_damaged_or_unwritable_cache_is_no_trouble(tmp_path: Path) -> None:
    spec = Scripted({"f": "x"}).spec
    answers, beside = Answers(tmp_path, spec), Answers(tmp_path, spec)
    answers.keep("a", "text é")
    assert beside.find("a") == "text é"
    file = next(tmp_path.rglob("a.json"))
    for damaged in ("", "{", "[]", '{"text": 3}', "\x00"):
        file.write_text(damaged)
        assert beside.find("a") is None
    assert not list(tmp_path.rglob("*.part"))
    blocked = Answers(tmp_path / "a file", spec)
    (tmp_path / "a file").write_text("")
    blocked.keep("a", "kept")
    assert blocked.find("a") == "kept"


def test_an_urgent_question_comes_before_the_monologue(recording: Recording) -> None:
    long = "one two three four " * 50
    script = Scripted({"moving_average": long, "what this function is for": "soon"}, delay=0.02)
    forecaster = Forecaster(script)
    frame = frame_of(recording, "moving_average")
    forecaster.ask(recording, frame)
    while not forecaster.poll() and forecaster.state(recording, frame) != "done":
        if forecaster.worker.ready:
            break
        time.sleep(0.01)
    asked = questions.about(recording, frame)
    purpose = Answer(lambda form, context: questions.purpose(asked, form, context))
    answer = forecaster.put(purpose, urgent=True)
    end = time.monotonic() + 10
    while not answer.done and time.monotonic() < end:
        forecaster.poll()
        time.sleep(0.005)
    assert answer.text == "soon"
    assert forecaster.state(recording, frame) == "thinking"  # begun again
    forecaster.close()


def test_an_engine_that_cannot_be_loaded_answers_nothing(recording: Recording) -> None:
    forecaster = Forecaster(EngineSpec("semduck.duck.engines.scripted:Troubled", {"how": "unloadable"}))
    frame = frame_of(recording, "moving_average")
    forecaster.ask(recording, frame)
    settle(forecaster)
    assert forecaster.state(recording, frame) == "failed"
    assert forecaster.error == "there is no such model"
    forecaster.close()


def test_cancel_lets_ask_again(recording: Recording) -> None:
    forecaster = Forecaster(Scripted(file="demo", delay=0.05))
    frame = frame_of(recording, "moving_average")
    forecaster.ask(recording, frame)
    forecaster.cancel()
    assert forecaster.state(recording, frame) == "unasked"
    assert not forecaster.busy
    forecaster.close()
