"""A write is all or nothing, never over someone else's change, and can be taken back."""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from semduck.repair import apply, swap
from semduck.repair.apply import Conflict, NothingToUndo, WriteError, recover, sha256, undo, write
from semduck.repair.journal import KEEP, Folder, Record

ROOT = Path(__file__).resolve().parents[3]
OLD, NEW = b"total = 0\r\n\xff\x00", b"\xef\xbb\xbftotal = 1\n"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "work" / "program.py"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


def put(path: Path, new: bytes, journal: Path) -> apply.Applied:
    return write(path, sha256(path.read_bytes()), new, journal=journal)


def one_line(error: BaseException) -> bool:
    return isinstance(error, WriteError) and "\n" not in str(error) and str(error) != ""


@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o4711, 0o200 | 0o444])
def test_bytes_and_mode_are_exact_after_write_and_undo(file: Path, journal: Path, mode: int) -> None:
    file.chmod(mode)
    done = write(file, sha256(OLD), NEW, journal=journal, note="one repair")
    assert (done.old, done.new, done.note) == (sha256(OLD), sha256(NEW), "one repair")
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (NEW, mode)
    file.chmod(0o666)
    assert undo(file, journal=journal).note == "one repair"
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (OLD, mode)
    assert os.listdir(file.parent) == ["program.py"]


@pytest.mark.parametrize(
    ("old", "new"), [(b"", b"x"), (b"x", b""), (b"a\r\nb\r", b"a"), (b"\0" * 9999, b"\n")]
)
def test_any_bytes_come_back(file: Path, journal: Path, old: bytes, new: bytes) -> None:
    file.write_bytes(old)
    put(file, new, journal)
    assert file.read_bytes() == new
    undo(file, journal=journal)
    assert file.read_bytes() == old


def test_undo_walks_back_write_by_write(file: Path, journal: Path) -> None:
    for text in (b"1", b"2", b"3"):
        put(file, text, journal)
    seen = []
    for _ in range(2):
        undo(file, journal=journal)
        seen.append(file.read_bytes())
    put(file, b"4", journal)
    for _ in range(2):
        undo(file, journal=journal)
        seen.append(file.read_bytes())
    assert seen == [b"2", b"1", b"1", OLD]
    with pytest.raises(NothingToUndo, match=r"^nothing to undo in .*program\.py$"):
        undo(file, journal=journal)


def test_undo_works_in_a_later_process(file: Path, journal: Path) -> None:
    put(file, NEW, journal)
    code = "import sys; from pathlib import Path; from semduck.repair.apply import undo\n"
    code += "undo(Path(sys.argv[1]), journal=Path(sys.argv[2]))"
    subprocess.run([sys.executable, "-c", code, file, journal], check=True, cwd=ROOT)
    assert file.read_bytes() == OLD


def test_a_stale_base_is_refused(file: Path, journal: Path) -> None:
    with pytest.raises(Conflict, match="was changed meanwhile; nothing was written") as caught:
        write(file, sha256(b"what was recorded"), NEW, journal=journal)
    assert one_line(caught.value) and file.read_bytes() == OLD
    assert list(journal.rglob("*.begun")) == []


def test_undo_after_an_edit_is_refused(file: Path, journal: Path) -> None:
    put(file, NEW, journal)
    file.write_bytes(NEW + b"# mine\n")
    with pytest.raises(Conflict, match="was changed since it was written; nothing was undone"):
        undo(file, journal=journal)
    assert file.read_bytes() == NEW + b"# mine\n"
    file.write_bytes(NEW)
    undo(file, journal=journal)
    assert file.read_bytes() == OLD


def test_a_link_stays_a_link(file: Path, journal: Path) -> None:
    link, chain = file.with_name("link.py"), file.with_name("chain.py")
    link.symlink_to("program.py")
    chain.symlink_to(link)
    assert put(chain, NEW, journal).path == file.resolve()
    assert chain.is_symlink() and link.is_symlink() and file.read_bytes() == NEW
    undo(link, journal=journal)
    assert file.read_bytes() == OLD


def test_all_hard_links_see_the_write(file: Path, journal: Path) -> None:
    other = file.with_name("other.py")
    os.link(file, other)
    assert put(file, NEW, journal).how == "in-place"
    assert other.read_bytes() == NEW and file.samefile(other)
    undo(file, journal=journal)
    assert other.read_bytes() == OLD


def test_what_is_already_there_is_not_written(file: Path, journal: Path) -> None:
    before = file.stat()
    assert put(file, OLD, journal).how == "unchanged"
    assert file.stat().st_ino == before.st_ino
    with pytest.raises(NothingToUndo):
        undo(file, journal=journal)


def test_what_cannot_be_written_is_one_clear_line(tmp_path: Path, file: Path, journal: Path) -> None:
    loop, fifo, locked = (tmp_path / name for name in ("loop.py", "pipe.py", "locked.py"))
    loop.symlink_to(loop)
    os.mkfifo(fifo)
    locked.write_bytes(OLD)
    locked.chmod(0o444)
    said = {
        tmp_path / "gone.py": "no longer exists",
        tmp_path: "is not a regular file",
        fifo: "is not a regular file",
        loop: "Too many levels of symbolic links",
        locked: "is read-only",
    }
    for path, text in said.items():
        with pytest.raises(WriteError, match=text) as caught:
            write(path, sha256(OLD), NEW, journal=journal)
        assert one_line(caught.value)
    assert locked.read_bytes() == OLD


def test_an_odd_name_stays_one_line(file: Path, journal: Path) -> None:
    odd = file.with_name("a\nb\udcff" + "c" * 200)
    odd.write_bytes(OLD)
    with pytest.raises(Conflict) as caught:
        write(odd, "0", NEW, journal=journal)
    assert one_line(caught.value) and str(caught.value).isprintable()
    put(odd, NEW, journal)
    undo(odd, journal=journal)
    assert odd.read_bytes() == OLD


def test_without_a_journal_nothing_is_written(tmp_path: Path, file: Path) -> None:
    (tmp_path / "taken").write_text("a file where the journal should be")
    with pytest.raises(WriteError, match="cannot keep the undo journal") as caught:
        put(file, NEW, tmp_path / "taken" / "journal")
    assert one_line(caught.value) and file.read_bytes() == OLD


@LINUX
def test_a_folder_that_cannot_be_written(journal: Path) -> None:
    folder = Path(tempfile.mkdtemp())
    file = folder / "program.py"
    file.write_bytes(OLD)
    for path, mode in ((folder, 0o555), (file, 0o666)):
        path.chmod(mode)
    try:
        said = as_nobody(folder, lambda: put(file, NEW, Path(tempfile.mkdtemp())))
        assert said.startswith("cannot write into the folder") and said.endswith("nothing was written")
        assert file.read_bytes() == OLD
    finally:
        folder.chmod(0o755)
        file.unlink()
        folder.rmdir()


def as_nobody(folder: Path, action: Callable[[], object]) -> str:
    """The WriteError's text of an action done by a user who is not root."""
    if os.geteuid() != 0:
        with pytest.raises(WriteError) as caught:
            action()
        return str(caught.value)
    for path in (folder, *folder.iterdir()):
        os.chown(path, 65534, 65534)
    ear, mouth = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        try:
            action()
        except WriteError as error:
            os.write(mouth, str(error).encode())
        os._exit(0)
    os.close(mouth)
    os.waitpid(child, 0)
    with open(ear, encoding="utf-8") as said:
        return said.read()


@LINUX
def test_attributes_and_owner_are_kept(file: Path, journal: Path) -> None:
    try:
        os.setxattr(file, "user.note", b"mine")
    except OSError:
        pytest.skip("the file system has no user attributes")
    if os.geteuid() == 0:
        os.chown(file, 1234, 2345)
    before = file.stat()
    put(file, NEW, journal)
    after = file.stat()
    assert os.getxattr(file, "user.note") == b"mine"
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)


def test_a_lost_owner_means_writing_in_place(
    file: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(source: Path, new: Path, mode: int) -> None:
        raise swap.OwnerLost

    monkeypatch.setattr(swap, "copy_status", lost)
    assert put(file, NEW, journal).how == "in-place"
    assert file.read_bytes() == NEW and os.listdir(file.parent) == ["program.py"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB, where this user may mount one."""
    place = tmp_path / "small"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if (
        sys.platform != "linux"
        or os.geteuid() != 0
        or subprocess.run(command, capture_output=True).returncode
    ):
        pytest.skip("only root can mount a tiny file system")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("linked", [False, True])
def test_a_full_disk_leaves_the_old_file(small_disk: Path, journal: Path, linked: bool) -> None:
    file = small_disk / "program.py"
    file.write_bytes(OLD)
    names = ["program.py"]
    if linked:
        os.link(file, small_disk / "link.py")
        names.append("link.py")
    outcomes = set()
    for size in range(1000, 120_000, 8000):
        try:
            put(file, b"y" * size, journal)
            undo(file, journal=journal)
            outcomes.add("written")
        except WriteError as error:
            assert str(error) == f"no space left on the disk to write {file}; the file is as it was"
            outcomes.add("full")
        assert file.read_bytes() == OLD and sorted(os.listdir(small_disk)) == sorted(names)
    assert outcomes == {"written", "full"}


def test_a_full_disk_for_the_journal_stops_before_the_file(small_disk: Path, file: Path) -> None:
    with pytest.raises(
        WriteError, match=r"cannot keep the undo journal .*No space left.*; nothing was written"
    ):
        put(file, b"y" * 100_000, small_disk / "journal")
    assert file.read_bytes() == OLD
    put(file, NEW, small_disk / "journal")
    undo(file, journal=small_disk / "journal")
    assert file.read_bytes() == OLD


FAILING = ["fsync", "ftruncate", "lseek", "chmod", "replace", "write", "unlink"]


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("call", FAILING)
@pytest.mark.parametrize("nth", range(1, 9))
def test_a_failing_system_call_never_leaves_half(
    file: Path, journal: Path, monkeypatch: pytest.MonkeyPatch, call: str, nth: int, linked: bool
) -> None:
    if linked:
        os.link(file, file.with_name("link.py"))
    real, count = getattr(os, call), 0

    def failing(*args: object, **named: object) -> object:
        nonlocal count
        count += 1
        if count == nth:
            raise OSError(errno.EIO, "Input/output error")
        return real(*args, **named)

    with monkeypatch.context() as patched:
        patched.setattr(os, call, failing)
        try:
            put(file, NEW, journal)
            wanted = NEW
        except WriteError as error:
            assert one_line(error)
            wanted = OLD
    assert file.read_bytes() == wanted
    recover(journal)
    assert [name for name in os.listdir(file.parent) if "semduck" in name] == []
    if wanted == NEW:
        undo(file, journal=journal)
    assert file.read_bytes() == OLD


def test_a_change_in_the_last_moment_survives(
    file: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = swap.copy_status

    def while_the_user_saves(source: Path, new: Path, mode: int) -> None:
        real(source, new, mode)
        file.write_bytes(b"the user's")

    monkeypatch.setattr(swap, "copy_status", while_the_user_saves)
    with pytest.raises(Conflict):
        put(file, NEW, journal)
    assert file.read_bytes() == b"the user's" and os.listdir(file.parent) == ["program.py"]


@LINUX
def test_two_changes_in_the_last_moment_keep_the_later(tmp_path: Path) -> None:
    side, target = tmp_path / "side", tmp_path / "target"
    side.write_bytes(b"first edit, taken out")
    target.write_bytes(b"second edit")
    swap.give_back(side, target, sha256(NEW))
    assert target.read_bytes() == b"second edit"


def test_without_exchange_a_rename_does(file: Path, journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap, "exchange", lambda one, other: False)
    assert put(file, NEW, journal).how == "replace"
    assert undo(file, journal=journal).how == "replace"
    assert file.read_bytes() == OLD


@LINUX
def test_linux_exchanges(file: Path, journal: Path) -> None:
    if not hasattr(ctypes.CDLL(None), "renameat2"):
        pytest.skip("the C library has no renameat2")
    assert put(file, NEW, journal).how in ("exchange", "replace")


def test_many_writers_exactly_one_wins(file: Path, journal: Path) -> None:
    won: list[bytes] = []

    def attempt(text: bytes) -> None:
        try:
            write(file, sha256(OLD), text, journal=journal)
            won.append(text)
        except Conflict:
            pass

    threads = [threading.Thread(target=attempt, args=(b"%d" % number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1 and file.read_bytes() == won[0]


def test_the_journal_does_not_grow_for_ever(file: Path, journal: Path) -> None:
    folder = Folder.of(journal, file.resolve())
    for number in range(KEEP + 5):
        content = b"%d" % number
        record = Record(0, "begun", str(file), "", sha256(content), sha256(content + b"+"), 0o644)
        with folder.locked():
            folder.commit(folder.begin(record, content, content + b"+"))
    assert len(folder.records()) == KEEP
    assert len(list(folder.place.iterdir())) == 1 + KEEP + 2 * KEEP


def test_writes_taken_back_do_not_push_older_ones_out(file: Path, journal: Path) -> None:
    put(file, b"first", journal)
    for _ in range(KEEP // 2 + 5):
        put(file, b"second", journal)
        undo(file, journal=journal)
    undo(file, journal=journal)
    assert file.read_bytes() == OLD
    with pytest.raises(NothingToUndo):
        undo(file, journal=journal)
