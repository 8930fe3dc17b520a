"""Exit codes are documented; problems are one line on stderr; stdout may go away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from semduck.exits import ExitCode, Problem, complain, emit, nearest

DOCS = Path(__file__).parents[2] / "docs" / "exit-codes.md"


def test_every_code_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for code in ExitCode:
        assert f"| {code.value} | `{code.name}` |" in text


def test_problem_is_one_line_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    code = complain(Problem("no file\nlop.py", "did you mean loop.py?"))
    assert code is ExitCode.USAGE
    assert capsys.readouterr() == ("", "semduck: no file lop.py; did you mean loop.py?\n")


def test_nearest_names_a_close_word_or_nothing() -> None:
    assert nearest("thme", ["theme", "mouse"]) == "did you mean theme?"
    assert nearest("zzz", ["theme", "mouse"]) == ""


def test_emit_writes_surrogates_as_the_bytes_they_stand_for() -> None:
    program = "from semduck.exits import emit; emit('caf\\udce9\\n')"
    done = subprocess.run([sys.executable, "-X", "utf8", "-c", program], capture_output=True)
    assert done.stdout == b"caf\xe9\n"


def test_emit_escapes_what_the_encoding_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    program = "from semduck.exits import emit; emit('\\u2713 ok\\n')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True)
    assert done.stdout == b"\\u2713 ok\n"


def test_a_reader_that_leaves_early_is_no_error() -> None:
    program = "from semduck.exits import emit; emit('x' * 2_000_000); emit('more')"
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None and child.stderr is not None
    child.stdout.read(10)
    child.stdout.close()
    assert (child.stderr.read(), child.wait()) == (b"", 0)
    child.stderr.close()


def test_emit_on_a_full_disk_says_so() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    program = (
        "from semduck.exits import Problem, emit, note\n"
        "try: emit('x')\n"
        "except Problem as p: note(p.line()); raise SystemExit(p.code)"
    )
    with open("/dev/full", "wb") as full:
        done = subprocess.run([sys.executable, "-c", program], stdout=full, stderr=subprocess.PIPE)
    assert done.stderr == b"cannot write the result: No space left on device\n"
    assert done.returncode == ExitCode.PROGRAM


def test_emit_keeps_text_in_order(capfd: pytest.CaptureFixture[str]) -> None:
    print("first")
    emit("second\n")
    assert capfd.readouterr().out == "first\nsecond\n"
