"""A worker whose engine takes long: what waits behind it can be cancelled without killing it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from semduck.duck.engine import Ask, EngineSpec
from semduck.duck.worker import Event, Worker


@pytest.fixture
def duck(monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    here = Path(__file__).resolve().parent
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(here), str(here.parents[2])]))
    made = Worker(EngineSpec("slow:Slow"))
    yield made
    made.close()


def until(worker: Worker, *wanted: tuple[str, int | None]) -> list[Event]:
    found: list[Event] = []
    end = time.monotonic() + 30
    while time.monotonic() < end:
        found += worker.poll()
        if all(any((e.kind, e.request) == w for e in found) for w in wanted):
            return found
        time.sleep(0.005)
    raise AssertionError(f"not all of {wanted} in {found}")


def test_a_question_cancelled_while_loading_does_not_end_the_process(duck: Worker) -> None:
    first, second = duck.ask(Ask("a", max_tokens=50)), duck.ask(Ask("b", max_tokens=3))
    process = duck._process
    duck.cancel(first)
    assert duck.poll()[-1] == Event("done", first, "cancelled")
    events = until(duck, ("done", second))
    assert [e.text for e in events if e.kind == "token"] == ["b", "b", "b"]
    assert duck._process is process


def test_a_question_that_waits_is_cancelled_and_the_one_before_it_goes_on(duck: Worker) -> None:
    first, second = duck.ask(Ask("a", max_tokens=100)), duck.ask(Ask("b", max_tokens=3))
    events = until(duck, ("token", first))
    process = duck._process
    duck.cancel(second)
    events += until(duck, ("done", second), ("done", first))
    assert [e.request for e in events if e.kind == "done"] == [second, first]
    assert [e.text for e in events if e.kind == "token"] == ["a"] * 100
    assert duck._process is process


def test_an_engine_that_became_another_says_so(duck: Worker) -> None:
    number = duck.ask(Ask("a", max_tokens=1))
    until(duck, ("done", number))
    assert duck.about.notes == ("smaller now",)
