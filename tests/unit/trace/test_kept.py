"""Of a long run, the beginning and the end: what is kept is what a whole recording shows, nothing else."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from oracle.harness import ENV, PROGRAMS, recorded
from oracle.kept import differences

from semduck import report_collect
from semduck.trace.joining import parts_of
from semduck.trace.recording import Recording, RecordingError
from semduck.trace.run import Run
from semduck.trace.target import Limits, Target
from semduck.trace.walk import Walk

LONG = PROGRAMS / "long"
BOTH = pytest.mark.parametrize("recorder", ["trace", "probes"])
Record = Callable[[str, str, Limits], Recording]


def target(name: str) -> Target:
    return Target("script", str(LONG / f"{name}.py"), cwd=LONG)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """A recording of a program of LONG, made once."""
    home, made = tmp_path_factory.mktemp("kept"), dict[tuple[str, str, Limits], Recording]()

    def make(name: str, recorder: str, limits: Limits) -> Recording:
        key = name, recorder, limits
        if key not in made:
            out = home / str(len(made)) / "run.duck"
            made[key] = recorded(target(name), out, limits=limits, recorder=recorder).recording
        return made[key]

    return make


def aligned(whole: Recording, kept: Recording, chance: random.Random, count: int = 150) -> dict[int, int]:
    """Some steps of `kept`, those around its gap, and which ones of the whole recording they are."""
    gap = kept.gaps()[0][0] if kept.gaps() else len(kept)
    behind = range(gap, len(kept))
    steps = {*chance.sample(range(gap), min(40, gap)), *range(max(0, gap - 5), gap), *behind[:count]}
    steps |= {*chance.sample(behind, min(count, len(behind)))}
    return {k: k if k < gap else k + len(whole) - len(kept) for k in sorted(steps)}


@BOTH
def test_kept_steps_show_what_the_whole_recording_shows(recorder: str, record: Record) -> None:
    whole = record("everything", recorder, Limits())
    kept = record("everything", recorder, Limits(keep_first=700, keep_last=1400))
    (gap, missing), *more = kept.gaps()
    assert not more and gap >= 700 and len(kept) - gap >= 1400
    if recorder == "trace":
        assert (gap, len(kept) + missing) == (700, len(whole))
        assert len(kept) - gap <= 1.5 * 1400 + 1
    assert list(differences(whole, kept, aligned(whole, kept, random.Random(3)))) == []
    saved = Recording.open(kept.path)
    assert (saved.gaps(), len(saved)) == (kept.gaps(), len(kept))
    assert list(differences(whole, saved, aligned(whole, saved, random.Random(4), 50))) == []


@BOTH
def test_threads_go_on_behind_the_gap(recorder: str, record: Record) -> None:
    """Their steps come in another order each time, but each thread's state follows from its round."""
    kept = record("threads", recorder, Limits(keep_first=700, keep_last=6000))
    gap = kept.gaps()[0][0]
    steps = list(kept.runs_of_line(LONG / "threads.py", 9, gap + 10, len(kept)))
    assert len({kept.step(k).thread for k in steps}) > 1
    for k in steps[::20]:
        names = {name: value.literal for name, value in kept.locals(k).items()}
        number, i = names["number"], names["i"]
        assert isinstance(i, int)
        assert names["seen"] == [(number, n) for n in range(max(0, i - 4), i + 1)]
        results = kept.evaluate(k, "results").literal
        assert isinstance(results, dict)
        assert results.get(number, [(number, -1)])[-1] in ((number, i - 1), (number, -1))
    last = len(kept) - 1
    assert kept.evaluate(last, "total").literal == sum(range(500))


@BOTH
def test_a_deep_stack_stands_at_the_gap(recorder: str, record: Record) -> None:
    whole = record("everything", recorder, Limits())
    kept = record("everything", recorder, Limits(keep_first=700, keep_last=4000))
    gap = kept.gaps()[0][0]
    assert len(kept.stack(gap)) > 100
    assert list(differences(whole, kept, aligned(whole, kept, random.Random(5), 40))) == []


@BOTH
def test_a_run_that_is_short_enough_has_no_gap(recorder: str, record: Record) -> None:
    whole = record("everything", recorder, Limits())
    kept = record("everything", recorder, Limits(keep_first=len(whole) // 3, keep_last=len(whole)))
    assert kept.gaps() == [] and len(kept) == len(whole)
    assert kept.ending == whole.ending and kept.output() == whole.output()
    steps = random.Random(6).sample(range(len(whole)), 200)
    assert list(differences(whole, kept, {k: k for k in sorted(steps)})) == []
    assert kept.begun_anew() == [] and parts_of(kept.path) == []


@BOTH
def test_nothing_of_the_beginning(recorder: str, record: Record) -> None:
    whole = record("everything", recorder, Limits())
    kept = record("everything", recorder, Limits(keep_last=2000))
    assert kept.gaps()[0][0] < 300
    assert list(differences(whole, kept, aligned(whole, kept, random.Random(7), 50))) == []


@BOTH
def test_nothing_of_the_end(recorder: str, record: Record) -> None:
    whole = record("everything", recorder, Limits())
    kept = record("everything", recorder, Limits(keep_first=500))
    assert 500 <= len(kept) < len(whole) and kept.gaps() == []
    assert (kept.ending.kind, kept.ending.code) == ("exit", 0)
    assert "only its first steps were kept" in kept.ending.detail
    assert list(differences(whole, kept, {k: k for k in range(0, len(kept), 25)})) == []


@BOTH
def test_code_that_comes_in_the_gap_and_a_crash_behind_it(recorder: str, tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text(
        "made = []\n\nclass Thing:\n    count = 0\n    def __init__(self, n):\n        self.n = n\n"
        "        Thing.count += 1\n\ndef use(n):\n    made.append(Thing(n))\n    del made[:-3]\n"
        "    if n == 8_000:\n        raise ValueError('at', n)\n    return made\n"
    )
    (tmp_path / "main.py").write_text(
        "import time\ndef work(k):\n    total = 0\n    for i in range(k):\n        total += i\n"
        "        if i % 500 == 0:\n            time.sleep(0.03)\n"  # probes are looked at now
        "        if i == k // 2:\n            global helper\n            import helper\n"
        "        if i > k // 2:\n            helper.use(i)\n    return total\nwork(10_000)\n"
    )
    script = Target("script", "main.py", cwd=tmp_path)
    made = {}
    for name, limits in {"whole": Limits(), "kept": Limits(keep_first=300, keep_last=900)}.items():
        done = recorded(script, tmp_path / name / "run.duck", limits=limits, recorder=recorder)
        made[name] = done.recording
    whole, kept = made["whole"], made["kept"]
    assert kept.gaps() and kept.gaps()[0][0] < 20_000
    assert list(differences(whole, kept, aligned(whole, kept, random.Random(9), 60))) == []
    assert kept.ending.kind == "exception" and kept.ending.detail == whole.ending.detail
    failure = report_collect.failure(kept)
    assert failure is not None and (failure.function, failure.line) == ("use", 13)
    assert [place.function for place in failure.stack] == ["use", "work", "<module>"]
    assert {f.name for f in kept.files} == {"main.py", "helper.py"}


# -- an endless run ----------------------------------------------------------------------------------------


def endless(out: Path, recorder: str, parts: int) -> Run:
    """It has come to part number `parts`."""
    limits = Limits(keep_first=300, keep_last=1000)
    run = Run(target("endless"), limits, out / "run.duck", env=ENV, recorder=recorder)
    run.start()
    end = time.monotonic() + 60
    while not (found := parts_of(run.out)) or found[-1] < parts:
        assert run.poll() and time.monotonic() < end, run.stderr
        assert len(found) <= 4
        time.sleep(0.005)
    return run


def check_endless(recording: Recording) -> None:
    """The state follows from the number of rounds."""
    gap = recording.gaps()[0][0]
    line = next(iter(recording.runs_of_line(LONG / "endless.py", 13, gap, len(recording))))
    step = next(iter(recording.runs_of_line(LONG / "endless.py", 15, gap + 20, len(recording))))
    assert gap <= line and len(recording) - gap >= 900
    rounds = recording.locals(step)["rounds"].literal
    before = recording.locals(gap - 1)["rounds"].literal
    assert isinstance(rounds, int) and isinstance(before, int) and rounds > before + 20
    prices = [n % 17 for n in range(rounds - 9, rounds + 1)]
    assert recording.evaluate(step, "cart.items").literal == prices
    assert recording.evaluate(step, "cart.total").literal == sum(n % 17 for n in range(1, rounds + 1))
    assert recording.evaluate(step, "early").literal == ["never", "changed", "again"]


@BOTH
def test_an_endless_run_that_is_stopped(recorder: str, tmp_path: Path) -> None:
    run = endless(tmp_path, recorder, 5)
    run.stop()
    assert run.wait().kind == "stopped"
    check_endless(run.recording)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run.duck"]
    run.close()


@BOTH
def test_an_endless_run_that_is_killed(recorder: str, tmp_path: Path) -> None:
    run = endless(tmp_path, recorder, 5)
    assert run._process is not None
    os.kill(run._process.pid, signal.SIGKILL)
    assert run.wait().kind == "signal"
    check_endless(run.recording)
    run.close()


@BOTH
def test_a_reader_joins_the_parts_when_nobody_else_did(recorder: str, tmp_path: Path) -> None:
    run = endless(tmp_path, recorder, 5)
    live = Recording.open(run.out)  # while the program runs, the beginning is all that can be read
    assert live.gaps() == [] and parts_of(run.out)
    live.close()
    assert run._process is not None
    os.kill(run._process.pid, signal.SIGKILL)
    run._process.wait()
    recording = Recording.open(run.out)
    assert recording.ending.kind == "broken" and parts_of(run.out) == []
    check_endless(recording)
    run.close()


def test_output_is_bounded_and_counted(tmp_path: Path) -> None:
    run = endless(tmp_path, "trace", 9)
    run.stop()
    run.wait()
    recording = run.recording
    text = "".join(piece.text for piece in recording.output())
    lost = recording._index.output_dropped
    assert text.startswith("round 1\nround 2\n") and lost > 0
    last = int(text.split()[-1])
    assert abs(sum(len(f"round {n}\n") for n in range(1, last + 1)) - len(text) - lost) < 4000
    run.close()


def test_damaged_parts_give_right_answers_or_one_clear_error(tmp_path: Path, record: Record) -> None:
    """With sys.settrace the missing steps are counted exactly, so that each step is known."""
    whole, chance = record("everything", "trace", Limits()), random.Random(8)
    limits = Limits(keep_first=700, keep_last=6000)
    run = Run(target("everything"), limits, tmp_path / "made" / "run.duck", env=ENV, recorder="trace")
    run.start()
    while run.poll() and (not parts_of(run.out) or parts_of(run.out)[-1] < 4):
        time.sleep(0.002)
    assert run._process is not None
    run._process.kill()
    run._process.wait()
    files = {path.name: path.read_bytes() for path in run.out.parent.iterdir()}
    assert len(files) >= 5
    opened = checked = 0
    for number in range(40):
        home = tmp_path / str(number)
        home.mkdir()
        for name, data in files.items():
            (home / name).write_bytes(data)
        name = chance.choice(sorted(files))
        data = bytearray(files[name])
        how = chance.randrange(3)
        if how == 0 and name != "run.duck":
            (home / name).unlink()
        elif how == 1:
            (home / name).write_bytes(data[: chance.randrange(len(data) + 1)])
        elif data:  # killed before its first byte came, a part is empty
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            (home / name).write_bytes(data)
        try:
            recording = Recording.open(home / "run.duck")
        except RecordingError as error:
            assert "\n" not in str(error)
            continue
        opened += 1
        for k in chance.sample(range(len(recording)), min(6, len(recording))):
            o = k + sum(missing for step, missing in recording.gaps() if step <= k)
            try:
                assert list(differences(whole, recording, {k: o})) == [], (number, name, how)
            except RecordingError:
                continue
            checked += 1
        recording.close()
        shutil.rmtree(home)
    assert opened > 20 and checked > 100
    run.close()


# -- questions ---------------------------------------------------------------------------------------------


@BOTH
def test_no_answer_leads_over_the_gap(recorder: str, tmp_path: Path) -> None:
    run = endless(tmp_path, recorder, 5)
    run.stop()
    run.wait()
    recording = run.recording
    gap, missing = recording.gaps()[0]
    file, last = LONG / "endless.py", len(recording) - 1
    step = next(iter(recording.runs_of_line(file, 15, gap + 5, last)))
    frame = recording.stack(step)[-1].frame
    assert recording.last_change(step, "early", frame) is None
    assert recording.next_change(step, "early", frame) is None
    changed = recording.last_change(step, "rounds", frame)
    assert changed is not None and gap < changed <= step
    assert recording.changes(gap) == []
    assert all(k >= gap for k, _ in recording.history("rounds", frame))
    assert not recording.slice(step, "early[0]", frame).causes
    assert not recording.slice(step, "cart.total", frame).complete
    before = recording.stack(gap - 1)[-1].frame
    assert before != frame and recording.begun_before(frame) and not recording.begun_before(before)
    assert all(k < gap for k, _ in recording.history("rounds", before))
    assert recording.result(before) is None
    first = recording.first_where("rounds > 100")
    assert first is None or recording.evaluate(first, "rounds > 100").literal is True
    held = list(recording.steps_where("cart.total >= 0 and rounds < 5"))
    assert held and max(held) < gap
    walk = Walk(recording)
    assert walk.back_over(step) is not None
    k: int | None = step
    for _ in range(step):
        k = walk.back_over(k) if k is not None else None
        if k is None or k < gap:
            break
    assert k is not None and k < gap and (walk.over(k) or 0) > k
    assert report_collect.end(recording).gaps[0].missing == missing
    other = Recording.open(recording.path)
    parted = recording.divergence(other)
    assert parted is not None and (parted.why, parted.step_before) == ("gap", gap)
    run.close()
