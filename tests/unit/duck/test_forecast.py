"""From a recorded call to judged forecasts, with the shipped script."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

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
    again = Forecaster(Scripted(file="nowhere.json"), cache=tmp_path / "cache")  # answered from the cache
    again.ask(recording, frame)
    assert len(again.poll()) == 14
    again.close()


def test_silence_and_modules(recording: Recording) -> None:
    forecaster = Forecaster(Scripted({}))
    assert forecaster.ask(recording, 0) == "the duck is asked about calls of functions only"
    assert forecaster.ask(recording, frame_of(recording, "main")) is None
    assert settle(forecaster) == 0
    forecaster.close()


def test_cancel_lets_ask_again(recording: Recording) -> None:
    forecaster = Forecaster(Scripted(file="demo", delay=0.05))
    frame = frame_of(recording, "moving_average")
    forecaster.ask(recording, frame)
    forecaster.cancel()
    assert forecaster.state(recording, frame) == "unasked"
    assert not forecaster.busy
    forecaster.close()
