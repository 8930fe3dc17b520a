"""Engines in their own process: words, cancelling, dying, restarting."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from semduck.duck.engine import About, Ask, EngineSpec
from semduck.duck.engines.scripted import Scripted
from semduck.duck.worker import Event, Worker

TROUBLE = "semduck.duck.engines.scripted:Troubled"


@pytest.fixture
def made() -> Iterator[Callable[[EngineSpec], Worker]]:
    workers: list[Worker] = []

    def make(spec: EngineSpec) -> Worker:
        workers.append(Worker(spec))
        return workers[-1]

    yield make
    for worker in workers:
        worker.close()


def until(worker: Worker, kinds: tuple[str, ...], seconds: float = 20.0) -> list[Event]:
    found: list[Event] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found += worker.poll()
        if any(e.kind in kinds for e in found):
            return found
        time.sleep(0.005)
    raise AssertionError(f"none of {kinds} in {found}")


def test_words_arrive(made: Callable[[EngineSpec], Worker]) -> None:
    worker = made(Scripted({"f": "one two\nthree [/ANSWER] four"}).spec)
    request = worker.ask(Ask("assert f(1) == ??", ("[/ANSWER]",)))
    assert not worker.ready  # asking does not wait for the process
    events = until(worker, ("done",))
    assert "".join(e.text for e in events if e.kind == "token") == "one two\nthree "
    done = events[-1]
    assert (done.kind, done.request, done.text) == ("done", request, "stop")
    assert done.usage is not None and (done.usage.prompt_tokens, done.usage.tokens) == (4, 4)
    assert (worker.ready, worker.name, worker.busy) == (True, "scripted", False)
    worker.count("a b c")
    assert until(worker, ("count",))[-1].n == 3


def test_several_questions_at_once(made: Callable[[EngineSpec], Worker]) -> None:
    worker = made(Scripted({"f": "one two", "g": "three"}).spec)
    request = worker.batch([Ask("assert f(1) == ??"), Ask("assert g(1) == ??")])
    events = until(worker, ("done",))
    assert [(e.request, e.n, e.text) for e in events if e.kind == "token"] == [
        (request, 0, "one two"),
        (request, 1, "three"),
    ]


def test_what_an_engine_says_of_itself_comes_through(made: Callable[[EngineSpec], Worker]) -> None:
    about = About("small", "small, NF4", "chat", 4096, "nf4", "cpu", ("bf16 did not fit",))
    assert About.from_data({**about.to_data(), "later": 1}) == about
    worker = made(Scripted({}).spec)
    worker.start()
    until(worker, ("ready",))
    assert worker.about == Scripted.about


def test_cancel_ends_it_at_once(made: Callable[[EngineSpec], Worker]) -> None:
    worker = made(Scripted({"f": "word " * 1000}, delay=0.02).spec)
    request = worker.ask(Ask("assert f(1) == ??"))
    until(worker, ("token",))
    worker.cancel(request)
    assert worker.poll()[-1] == Event("done", request, "cancelled")
    assert not worker.busy
    time.sleep(0.1)
    assert worker.poll() == []  # what the process said meanwhile is not for us


def test_what_does_not_stop_is_killed_and_others_are_asked_again(
    made: Callable[[EngineSpec], Worker],
) -> None:
    worker = made(EngineSpec(TROUBLE, {"how": "hang"}))
    worker.patience = 0.3
    first, second = worker.ask(Ask("x")), worker.ask(Ask("y"))
    until(worker, ("token",))
    worker.cancel(first)
    assert worker.poll() == [Event("done", first, "cancelled")]  # at once, whatever the process does
    events = until(worker, ("token",))
    assert [e.request for e in events if e.kind == "token"] == [second]


def test_a_cancelled_question_says_nothing_more(made: Callable[[EngineSpec], Worker]) -> None:
    worker = made(Scripted({"f": "word " * 1000}, delay=0.01).spec)
    first, second = worker.ask(Ask("assert f(1) == ??")), worker.ask(Ask("assert f(1) == ??", max_tokens=3))
    until(worker, ("token",))
    worker.cancel(first)
    events = until(worker, ("token",))
    assert {e.request for e in events if e.kind == "token"} == {second}
    assert worker.ready  # the same process goes on


def test_a_crash_is_one_line_and_the_next_question_restarts(made: Callable[[EngineSpec], Worker]) -> None:
    worker = made(EngineSpec(TROUBLE, {"how": "die"}))
    for _ in range(2):
        request = worker.ask(Ask("x"))
        events = until(worker, ("error",))
        assert next(e for e in events if e.kind == "error").request == request
        assert "exit code 3" in events[-1].text
        assert "\n" not in events[-1].text
        time.sleep(0.05)


def test_an_engine_that_raises_lives_on(made: Callable[[EngineSpec], Worker]) -> None:
    worker = made(EngineSpec(TROUBLE, {"how": "fail"}))
    worker.ask(Ask("x"))
    assert until(worker, ("error",))[-1].text == "RuntimeError: out of memory and more"
    assert worker.ready


def test_an_engine_that_cannot_be_loaded(made: Callable[[EngineSpec], Worker]) -> None:
    worker = made(EngineSpec(TROUBLE, {"how": "unloadable"}))
    worker.ask(Ask("x"))
    assert any(e.text == "there is no such model" for e in until(worker, ("error",)))
    worker = made(EngineSpec("semduck.nowhere:Engine"))
    worker.ask(Ask("x"))
    assert any("cannot make the engine" in e.text for e in until(worker, ("error",)))


def test_closing_is_final(made: Callable[[EngineSpec], Worker]) -> None:
    worker = made(Scripted({}).spec)
    worker.start()
    worker.close()
    worker.close()
    assert not worker.busy
