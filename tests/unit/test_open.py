"""Recordings made earlier, elsewhere, or by a process that still runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from semduck import cli_run, keeping, locations
from semduck.exits import Problem
from semduck.session import Session
from semduck.trace.opened import Opened, writing
from semduck.trace.recording import Recording, RecordingError
from semduck.trace.run import record
from semduck.trace.target import Target

PROGRAM = "def half(n):\n    return n / 2\n\n\ntotal = half(3)\nassert total == 1, 'no'\n"
SLOW = "import sys\nn = 0\nfor line in sys.stdin:\n    n += 1\n    print('got', n, flush=True)\n"
PATIENCE = 30.0


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A recording of a program in a folder of its own."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "main.py").write_text(PROGRAM)
    target = Target("script", "main.py", ("a", "b"), cwd=folder, python=sys.executable, root=folder)
    record(target, out=tmp_path / "run.duck").close()
    return tmp_path / "run.duck"


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[Callable[[Path], Session]]:
    kept: list[Session] = []

    def build(path: Path) -> Session:
        opened = Opened(path)
        assert opened.recording.target is not None
        kept.append(Session(opened.recording.target, state_dir=tmp_path / "state", opened=opened))
        kept[-1].start(interactive=True)
        return kept[-1]

    yield build
    for session in kept:
        session.close()


def settled(session: Session) -> None:
    until(lambda: (session.poll(), not session.running)[1])


def test_a_recording_knows_what_was_run(made: Path) -> None:
    recording = Recording.open(made)
    folder = made.parent / "project"
    assert recording.target == Target(
        "script", "main.py", ("a", "b"), cwd=folder, python=sys.executable, root=folder
    )


def test_a_session_stands_on_the_crash_and_nothing_runs(
    made: Path, sessions: Callable[[Path], Session]
) -> None:
    session = sessions(made)
    settled(session)
    assert session.recording is not None and session.recording.step(session.cursor).line == 6
    assert session.move("back_over") is None
    assert (session.ours, session.waiting_for_input, session.no_run()) == (False, False, "")
    assert session._run is not None and not hasattr(session._run, "_process")


def test_it_can_be_recorded_again_where_it_ran(made: Path, sessions: Callable[[Path], Session]) -> None:
    session = sessions(made)
    settled(session)
    assert session.no_repairs() == ""
    source = made.parent / "project" / "main.py"
    source.write_text(PROGRAM.replace("== 1,", "== 1.5,"))
    assert "changed since it was recorded" in session.no_repairs()
    session.record_again()
    assert session.ours
    settled(session)
    assert session.recording is not None and session.recording.ending.code == 0
    difference = session.first_difference()
    assert difference is not None and difference.line == 6


@pytest.mark.parametrize(
    ("gone", "why"),
    [("main.py", "main.py is not there"), ("", "which is not there"), ("python", "its Python, ")],
)
def test_elsewhere_it_is_shown_and_cannot_run(
    made: Path, sessions: Callable[[Path], Session], monkeypatch: pytest.MonkeyPatch, gone: str, why: str
) -> None:
    folder = made.parent / "project"
    if gone == "python":
        monkeypatch.setattr(os, "access", lambda *_: False)
    else:
        (folder / "main.py").unlink()
        if not gone:
            folder.rmdir()
    session = sessions(made)
    settled(session)
    assert session.no_run().startswith("it cannot run here: ") and why in session.no_run()
    assert session.no_repairs() == session.no_run()
    assert session.recording is not None and session.recording.main_file is not None
    assert session.recording.files[session.recording.main_file].text == PROGRAM


def test_one_that_is_still_written_grows_to_its_end(
    tmp_path: Path, sessions: Callable[[Path], Session]
) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    path = tmp_path / "run.duck"
    maker = subprocess.Popen(
        [sys.executable, "-m", "semduck", "record", "-o", str(path), "slow.py"],
        cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert maker.stdin is not None and maker.stdout is not None
    maker.stdin.write("one\n")
    maker.stdin.flush()
    assert maker.stdout.readline() == "got 1\n"
    session = sessions(path)
    recording = session.recording
    assert recording is not None and writing(recording)
    until(lambda: (session.poll(), len(recording) >= 5)[1])
    assert session.running and recording.ending.kind == "running"
    assert not session.waiting_for_input  # it waits for its own user, not for us
    assert session.no_run() == "another process still runs this program"
    session.stop()  # not ours: it goes on
    seen = len(recording)
    maker.stdin.write("two\n")
    maker.stdin.flush()
    assert maker.stdout.readline() == "got 2\n"
    until(lambda: (session.poll(), len(recording) > seen)[1])
    maker.stdin.close()
    assert maker.wait(PATIENCE) == 0
    settled(session)
    assert (recording.ending.kind, recording.ending.code) == ("exit", 0)


def test_one_whose_makers_were_killed_is_over(tmp_path: Path, sessions: Callable[[Path], Session]) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    path = tmp_path / "run.duck"
    maker = subprocess.Popen(
        [sys.executable, "-m", "semduck", "record", "-o", str(path), "slow.py"],
        cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert maker.stdin is not None and maker.stdout is not None
    maker.stdin.write("one\n")
    maker.stdin.flush()
    maker.stdout.readline()
    session = sessions(path)
    recording = session.recording
    assert recording is not None
    until(lambda: (session.poll(), len(recording) >= 5)[1])
    maker.kill()
    os.kill(recording.pid, signal.SIGKILL)
    maker.wait()
    settled(session)
    assert recording.ending.kind == "broken"
    assert len(recording) >= 5


@pytest.mark.parametrize("harm", ["flipped", "junk", "empty", "nothing", "folder"])
def test_what_cannot_be_opened_is_one_line(made: Path, harm: str) -> None:
    data = bytearray(made.read_bytes())
    if harm == "flipped":
        data[60] ^= 0xFF
        made.write_bytes(data)
    elif harm in ("junk", "empty"):
        made.write_bytes(b"no recording at all" if harm == "junk" else b"")
    else:
        made.unlink()
        if harm == "folder":
            made.mkdir()
    with pytest.raises(RecordingError) as caught:
        Opened(made)
    assert "\n" not in str(caught.value)
    done = subprocess.run(
        [sys.executable, "-m", "semduck", "open", str(made)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("semduck: cannot open ") and done.stderr.count("\n") == 1


def test_a_damaged_one_with_an_index_is_refused_before_it_is_shown(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text("n = 0\nfor i in range(30_000):\n    n += i\n")
    path = tmp_path / "run.duck"
    record(Target("script", "long.py", cwd=tmp_path), out=path).close()
    assert Recording.open(path)._store.indexed
    data = bytearray(path.read_bytes())
    data[2000] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(RecordingError, match="chunk 0 is damaged"):
        Opened(path)


def test_expectations_are_checked_on_a_recording(made: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "semduck", "open", "--expect", "total == 1 @ 6", str(made)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "NOT met: total == 1" in done.stdout and done.returncode == 3


def test_a_recording_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    first = keeping.place(None, "main")
    assert first == locations.recordings() / "main.duck"
    first.parent.mkdir(parents=True)
    first.write_text("old")
    assert keeping.place(None, "main") == first and not first.exists()
    Path(f"{first}.tail").write_text("")  # somebody writes it just now
    assert keeping.place(None, "main") == first.with_name("main-2.duck")
    (tmp_path / "mine.duck").write_text("")
    with pytest.raises(Problem, match="already there"):
        keeping.place(tmp_path / "mine.duck", "main")


def test_recording_twice_in_the_default_place(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("x = 1\n")
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "semduck", "record", "main.py"],
            cwd=tmp_path, capture_output=True, text=True, check=True,
        )  # fmt: skip
    assert done.stderr.startswith("semduck: ended with exit code 0; 3 steps are in ")


def test_the_command_opens_the_app_at_a_terminal(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Session] = []

    def show(session: Session, settings: object) -> int:
        shown.append(session)
        return 0

    monkeypatch.setattr("semduck.cli_options.Options.wants_app", lambda self: True)
    monkeypatch.setattr(cli_run, "_open_app", show)
    from semduck.cli import run_cli

    assert run_cli(["open", str(made)]) == 0
    assert shown[0].target.spec == "main.py"
