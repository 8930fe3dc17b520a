"""The transformers engine as it is used: in a process that can be cancelled, killed and started again."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import tiny

from semduck.duck.engine import Ask, EngineSpec
from semduck.duck.worker import Event, Worker

Make = Callable[..., Worker]
ASK = Ask(tiny.PROMPT, stop=("[/ANSWER]",))


def until(worker: Worker, kinds: tuple[str, ...], seconds: float = 120.0) -> list[Event]:
    found: list[Event] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found += worker.poll()
        if any(e.kind in kinds for e in found):
            return found
        time.sleep(0.002)
    raise AssertionError(f"none of {kinds} in {found}")


def text(events: list[Event]) -> str:
    return "".join(e.text for e in events if e.kind == "token")


def test_loading_words_counting_and_several_at_once(worker: Make, taught_model: Path) -> None:
    duck = worker(taught_model)
    duck.ask(ASK)
    events = until(duck, ("done", "error"))
    assert [e.kind for e in events[:2]] == ["ready", "token"]
    assert text(events) == tiny.ANSWER
    assert duck.about.line == "SemCoder-S 1M, bf16, 1 MB on cpu"
    usage = events[-1].usage
    assert usage is not None
    assert (usage.reused, usage.tokens > 100, 0 < usage.first < usage.seconds) == (0, True, True)
    duck.ask(ASK)
    again = until(duck, ("done", "error"))
    assert text(again) == tiny.ANSWER
    assert again[-1].usage is not None
    assert again[-1].usage.reused >= 64
    duck.count("[PYTHON]")
    assert until(duck, ("count",))[-1].n > 0
    duck.batch([Ask(tiny.PROMPT, max_tokens=n) for n in (3, 9, 27)])
    events = until(duck, ("done", "error"))
    assert sorted(e.n for e in events if e.kind == "token") == [0, 1, 2]
    assert all(tiny.ANSWER.startswith(e.text) for e in events if e.kind == "token")


def test_cancelled_mid_sentence_the_process_lives_on(worker: Make, random_model: Path) -> None:
    duck = worker(random_model)
    for _ in range(3):
        request = duck.ask(Ask("on and on", max_tokens=900, temperature=1.0))
        until(duck, ("token",))
        process = duck._process
        duck.cancel(request)
        assert until(duck, ("done",))[-1].text == "cancelled"
        assert duck.ask(Ask("on", max_tokens=2))
        until(duck, ("done",))  # else it would end the next round's question
        assert duck._process is process


def test_killed_mid_sentence_it_says_so_and_starts_again(worker: Make, taught_model: Path) -> None:
    duck = worker(taught_model)
    request = duck.ask(ASK)
    until(duck, ("token",))
    assert duck._process is not None
    os.kill(duck._process.pid, signal.SIGKILL)
    events = until(duck, ("error",))
    assert next(e for e in events if e.kind == "error").request == request
    assert "signal 9" in events[-1].text
    duck.ask(ASK)
    assert text(until(duck, ("done", "error"))) == tiny.ANSWER


def test_what_cannot_be_loaded_is_one_line(worker: Make, random_model: Path, tmp_path: Path) -> None:
    duck = worker(tmp_path)
    duck.ask(ASK)
    said = [e.text for e in until(duck, ("error",)) if e.kind == "error"]
    assert said[0].endswith("has no config.json: is it the folder of a model?")
    duck = worker(random_model, quantize="fp4")
    duck.ask(ASK)
    assert "quantize is 'fp4', it can be auto" in until(duck, ("error",))[-1].text


LIMITED = """\
import resource, sys
from semduck.duck.engines import placing

load = placing._load
def tight(weights, plan):
    used = int(open("/proc/self/statm").read().split()[5]) * resource.getpagesize()
    room = {room}
    resource.setrlimit(resource.RLIMIT_DATA, (used + room, resource.RLIM_INFINITY))
    try:
        return load(weights, plan)
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
placing._load = tight

from semduck.duck.engines.transformers import Transformers as Tight
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit counts allocations on Linux only")
def test_a_process_without_memory_says_so(
    worker: Make, random_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "limited.py").write_text(LIMITED.format(room=200_000))
    root = Path(__file__).resolve().parents[3]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(root)]))
    duck = worker(random_model)
    duck.spec = EngineSpec("limited:Tight", duck.spec.options)
    duck.ask(ASK)
    said = [e.text for e in until(duck, ("error",)) if e.kind == "error"]
    assert "does not fit: bf16 on cpu ran out of memory while loading" in said[0]
