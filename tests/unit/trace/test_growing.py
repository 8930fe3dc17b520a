"""What is answered while a program runs is what is answered afterwards."""

from __future__ import annotations

import random
import time
from itertools import pairwise
from pathlib import Path

from semduck.trace.reader import saved
from semduck.trace.recording import Recording
from semduck.trace.run import Run
from semduck.trace.target import Target

PROGRAM = """\
import time


class Box:
    def __init__(self):
        self.items = []


def fill(box, n):
    total = 0
    for i in range(n):
        box.items.append(i)
        total += i
    return total


boxes = [Box() for _ in range(4)]
for turn in range(40):
    fill(boxes[turn % 4], turn)
    print(turn)
    time.sleep(0.02)
"""


def look(recording: Recording, k: int) -> str:
    return repr((recording.step(k), recording.locals(k), recording.globals(k), recording.stack(k),
                 recording.changes(k), recording.last_change(k, "box")))  # fmt: skip


def test_answers_while_it_runs_stay_true(tmp_path: Path) -> None:
    (tmp_path / "boxes.py").write_text(PROGRAM)
    run = Run(Target("script", "boxes.py", cwd=tmp_path), out=tmp_path / "out" / "run.duck")
    rng, seen, growing = random.Random(1), {}, 0
    run.start()
    while run.poll():
        if run.recording.refresh(200) and len(run.recording):
            growing += 1
            last = len(run.recording) - 1
            for k in {last, rng.randrange(last + 1), rng.randrange(last + 1)}:
                seen[k] = look(run.recording, k)
        time.sleep(0.005)
    run.wait()
    assert growing > 3 and len(seen) > 10
    assert {k: text for k, text in seen.items()} == {k: look(run.recording, k) for k in seen}
    opened = Recording.open(run.out)
    assert [k for k, text in seen.items() if look(opened, k) != text] == []
    run.close()


LOOP = """\
def slow(n):
    total = 0
    for i in range(n):
        total += i
    return total


print(slow(30_000))
"""


def test_a_long_run_gets_its_index(tmp_path: Path) -> None:
    (tmp_path / "loop.py").write_text(LOOP)
    run = Run(Target("script", "loop.py", cwd=tmp_path), out=tmp_path / "out" / "run.duck")
    run.start()
    run.wait()
    assert run.out.read_bytes()[-saved.ENDING :][:4] == saved.END
    opened = Recording.open(run.out)
    assert opened._store.indexed
    frame = next(c.frame for c in opened.calls() if c.function == "slow")
    for recording in (run.recording, opened):
        assert len(recording) > 60_000
        history = recording.history("total", frame, 100)
        assert history.changes == 30_000 and not history.complete  # total += 0 binds what it had
        assert 50 <= len(history) <= 100
        assert all(recording.locals(k, frame)["total"] == value for k, value in history)
        gaps = [b - a for (a, _), (b, _) in pairwise(history)]
        assert max(gaps) < 3 * 60_000 / len(history)
        steps = recording.steps_of_line(next(iter(recording.files)), 4)
        assert len(steps) == 30_000 and recording.locals(steps[12_345])["i"].literal == 12_345
    run.close()


def test_nothing_is_written_into_a_recording_that_is_opened(tmp_path: Path) -> None:
    (tmp_path / "loop.py").write_text(LOOP)
    run = Run(Target("script", "loop.py", cwd=tmp_path), out=tmp_path / "out" / "run.duck")
    run.start()
    run.wait()
    run.close()
    data = run.out.read_bytes()
    plain = tmp_path / "plain.duck"
    plain.write_bytes(data[: data.index(b"SDIX")])
    before = plain.read_bytes()
    opened = Recording.open(plain)
    assert not opened._store.indexed and len(opened) > 60_000
    opened.close()
    assert plain.read_bytes() == before


def test_an_index_that_is_half_written_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / "loop.py").write_text(LOOP)
    run = Run(Target("script", "loop.py", cwd=tmp_path), out=tmp_path / "out" / "run.duck")
    run.start()
    while run.poll():
        time.sleep(0.01)
    while run.recording._saving is None:
        run.recording.refresh(1)
    begun = run.out.read_bytes()
    assert b"SDIX" in begun and begun[-saved.ENDING :][:4] != saved.END
    run.close()
    assert run.out.read_bytes() == begun[: begun.index(b"SDIX")]
    assert len(Recording.open(run.out)) > 60_000


CLASSES = """\
import sys


class Box:
    size = 3


box = Box()
print(sys.stdin.readline())
"""


def test_classes_are_found_while_it_runs(tmp_path: Path) -> None:
    (tmp_path / "boxes.py").write_text(CLASSES)
    run = Run(Target("script", "boxes.py", cwd=tmp_path), out=tmp_path / "out" / "run.duck", stdin="pipe")
    run.start()
    while not run.recording.waiting:
        run.recording.refresh()
        assert run.poll()
        time.sleep(0.01)
    last = len(run.recording) - 1
    assert run.recording.evaluate(last, "box.size").literal == 3
    assert run.recording.state(last).class_named("Box") in set(run.recording.state(last).things)
    run.send_input("go\n")
    run.send_eof()
    run.wait()
    assert run.recording.evaluate(last, "box.size").literal == 3
    run.close()
