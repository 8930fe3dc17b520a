"""A cut or damaged recording is a shorter one, or one clear error: no other exception, no wrong answer."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from oracle.harness import PROGRAMS, recorded
from oracle.naive import rechunked

from semduck.trace.reader import saved
from semduck.trace.recording import Recording, RecordingError
from semduck.trace.target import Target

ROUNDS = 150


def look(recording: Recording, k: int) -> str:
    """What is seen at a step; a name's next change may lie in a part that is gone."""
    names = sorted(recording.locals(k))[:2]
    return repr((recording.step(k), recording.locals(k), recording.globals(k), recording.stack(k),
                 recording.changes(k), [recording.last_change(k, name) for name in names]))  # fmt: skip


@pytest.fixture(scope="module", params=[("accounts", True), ("accounts", False), ("generators", True)])
def whole(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[bytes, list[str]]:
    """Bytes of a recording with or without index, and what is seen at its steps."""
    name, indexed = request.param
    home = tmp_path_factory.mktemp("whole")
    recorded(Target("script", f"{name}.py", cwd=PROGRAMS), home / "out" / "run.duck")
    path = home / "run.duck"
    rechunked(home / "out" / "run.duck", path, 25, 1)
    recording = Recording.open(path)
    if indexed:
        for _ in saved.write(recording._log):
            pass
    return path.read_bytes(), [look(recording, k) for k in range(len(recording))]


def check(data: bytes, path: Path, seen: list[str], rng: random.Random) -> int:
    """Ask a damaged recording: right answers, or RecordingError. How many steps could be read; -1: none."""
    path.write_bytes(data)
    try:
        recording = Recording.open(path)
    except RecordingError as error:
        assert "\n" not in str(error)
        return -1
    assert len(recording) <= len(seen)
    for k in rng.sample(range(len(recording)), min(8, len(recording))):
        try:
            found = look(recording, k)
        except RecordingError:
            continue
        assert found == seen[k]
    recording.close()
    return len(recording)


def test_cut_anywhere(whole: tuple[bytes, list[str]], tmp_path: Path) -> None:
    data, seen = whole
    rng = random.Random(2)
    cuts = sorted(
        {*range(0, 60), *(rng.randrange(len(data)) for _ in range(ROUNDS)), len(data) - 1, len(data)}
    )
    found = [check(data[:cut], tmp_path / "cut.duck", seen, rng) for cut in cuts]
    assert found == sorted(found)
    assert found[0] == -1 and found[-1] == len(seen)


def test_any_bytes_changed(whole: tuple[bytes, list[str]], tmp_path: Path) -> None:
    data, seen = whole
    rng = random.Random(3)
    for _ in range(ROUNDS):
        damaged = bytearray(data)
        for _ in range(rng.choice([1, 1, 2, 5])):
            at = rng.randrange(len(damaged))
            what = rng.randrange(4)
            if what == 0:
                damaged[at] ^= 1 << rng.randrange(8)
            elif what == 1:
                damaged[at : at + rng.randrange(40)] = b""
            elif what == 2:
                damaged[at:at] = rng.randbytes(rng.randrange(1, 40))
            else:
                damaged[at : at + 8] = rng.randbytes(8)
        check(bytes(damaged), tmp_path / "damaged.duck", seen, rng)


def test_bytes_behind_the_end(whole: tuple[bytes, list[str]], tmp_path: Path) -> None:
    data, seen = whole
    rng = random.Random(5)
    check(data + b"x", tmp_path / "more.duck", seen, rng)
    check(data + data[-200:], tmp_path / "more.duck", seen, rng)
