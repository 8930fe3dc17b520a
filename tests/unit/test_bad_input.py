"""Whatever is given to semduck: one clear line, the documented exit code, nothing lost."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from semduck.exits import ExitCode

BIG = "numbers = []\nfor n in range(30_000):\n    numbers.append(str(n) * 3)\nprint(len(numbers))\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEMDUCK_REPAIR_SECONDS", "0")
    return tmp_path


def semduck(*words: str, **named: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "semduck", *words]
    defaults: dict[str, object] = {"stdin": subprocess.DEVNULL, "timeout": 60, "text": True}
    return subprocess.run(command, capture_output=True, **{**defaults, **named})  # type: ignore[call-overload, no-any-return]


def complaint(*words: str, code: int = ExitCode.USAGE) -> str:
    """The only line of stderr; nothing on stdout."""
    done = semduck(*words)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.strip()


def test_no_such_file_names_the_nearest(here: Path) -> None:
    Path("average.py").write_text("")
    assert complaint("avrage.py") == "semduck: no file avrage.py; did you mean average.py?"
    assert complaint("average") == "semduck: no file average; did you mean average.py?"
    assert complaint("no/where.py") == "semduck: no file no/where.py; there is no folder no"


def test_a_directory_says_what_to_type(here: Path) -> None:
    package = here / "tool"
    package.mkdir()
    assert complaint("tool") == "semduck: tool is a directory; name a Python file"
    (package / "main.py").write_text("")
    assert (
        complaint("tool")
        == f"semduck: tool is a directory; name a file in it, e.g. {Path('tool', 'main.py')}"
    )
    (package / "__main__.py").write_text("")
    assert complaint("tool") == "semduck: tool is a directory; to run it as a module: semduck -m tool"


def test_what_is_no_regular_file(here: Path) -> None:
    os.mkfifo("pipe.py")
    assert complaint("pipe.py") == "semduck: pipe.py is not a regular file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission_to_read(here: Path) -> None:
    Path("secret.py").write_text("")
    Path("secret.py").chmod(0)
    assert complaint("secret.py").startswith("semduck: no permission to read secret.py;")


def test_a_syntax_error_shows_line_and_caret(here: Path) -> None:
    Path("bad.py").write_text("x = 1\nif x = 2:\n\tprint(x)\n")
    done = semduck("bad.py")
    assert done.returncode == ExitCode.PROGRAM
    lines = done.stdout.splitlines()
    at = next(n for n, line in enumerate(lines) if line.strip() == "if x = 2:")
    assert "bad.py, line 2" in lines[at - 1]
    assert lines[at + 1].index("^") == lines[at].index("x = 2")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"# -*- coding: nonsense -*-\n", "nonsense"),
        (b"x = 'caf\xe9'\n", "utf-8"),
        (b"x = 1\0\n", "null"),
        (b"def f():\n        a = 1\n\tb = 2\n", "tab"),
    ],
)
def test_text_that_is_not_python(here: Path, data: bytes, word: str) -> None:
    Path("bad.py").write_bytes(data)
    done = semduck("bad.py")
    assert done.returncode == ExitCode.PROGRAM
    assert re.search(word, done.stdout, re.IGNORECASE), done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"# only a comment",
        b"\xef\xbb\xbfx = 1\r\nprint(x)\r\n",
        b"if 1:\n\tprint(1)\n",
        "# -*- coding: latin-1 -*-\nprint('é')\n".encode("latin-1"),
    ],
)
def test_odd_but_good_files_run(here: Path, data: bytes) -> None:
    Path("odd.py").write_bytes(data)
    done = semduck("odd.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert Path("odd.py").read_bytes() == data


def test_an_unknown_option_names_the_nearest(here: Path) -> None:
    Path("a.py").write_text("")
    assert complaint("--jsn", "a.py") == "semduck: no option --jsn; did you mean --json?"
    assert complaint("fix", "--aply", "a.py") == "semduck: no option --aply; did you mean --apply?"
    assert complaint("--zzz", "a.py") == "semduck: no option --zzz; see semduck --help"
    assert complaint("--max-steps", "few", "a.py").startswith("semduck: invalid value for '--max-steps'")


def test_an_unknown_setting_names_its_file(here: Path) -> None:
    Path("a.py").write_text("")
    Path("pyproject.toml").write_text("[tool.semduck]\nthme = 'x'\n")
    said = complaint("a.py")
    assert said.startswith("semduck: unknown setting 'thme' in [tool.semduck] of ")
    assert said.endswith("pyproject.toml; did you mean theme?")


def test_nothing_to_run() -> None:
    assert complaint() == "semduck: no program given; type semduck FILE, or semduck --help"
    assert complaint("-m") == "semduck: -m needs the name of a module; type semduck FILE, or semduck --help"
    assert complaint("-m", "a-b") == "semduck: a-b is not a module name; without -m for a file: semduck a-b"
    assert complaint("tset") == "semduck: no file or command tset; did you mean test?"


def test_a_module_that_is_not_there(here: Path) -> None:
    done = semduck("-m", "no_such_module")
    assert done.returncode == ExitCode.PROGRAM
    assert "No module named no_such_module" in done.stdout
    assert done.stderr == ""


def test_an_expectation_that_cannot_be_read(here: Path) -> None:
    Path("a.py").write_text("total = 3\n")
    said = complaint("--expect", "total = 3 @ 1", "a.py")
    assert said.startswith("semduck: --expect 'total = 3 @ 1': use two equal signs")


def test_an_engine_that_is_not_there(here: Path) -> None:
    Path("a.py").write_text("")
    said = complaint("--engine", "oracle", "a.py", code=ExitCode.NO_MODEL)
    kinds = "auto, narrator, scripted, transformers and openai"
    assert said == f"semduck: no engine is called 'oracle'; there is {kinds}"
    missing = complaint("--engine", "scripted:gone.json", "a.py", code=ExitCode.NO_MODEL)
    assert missing.startswith("semduck: cannot read the script gone.json:")
    gone = complaint("--model", "./gone", "a.py", code=ExitCode.NO_MODEL)
    assert gone.startswith("semduck: no folder ./gone; --model takes a folder with a model or a name like")


def test_an_engine_of_a_file_that_is_not_there_leaves_the_narrator(here: Path) -> None:
    Path("a.py").write_text("print(1)\n")
    Path("pyproject.toml").write_text("[tool.semduck.model]\nname = './gone'\n")
    done = semduck("a.py")
    assert done.returncode == 0
    assert done.stderr.startswith("semduck: no folder ./gone; ")
    Path("pyproject.toml").write_text("[tool.semduck.model]\nengine = 'scripted:gone.json'\n")
    assert semduck("a.py").stderr.startswith("semduck: cannot read the script gone.json:")
    assert done.stderr.endswith("; the narrator speaks meanwhile\n")


def test_an_interpreter_that_is_none(here: Path) -> None:
    Path("a.py").write_text("")
    assert complaint("--python", "python9.9", "a.py").startswith("semduck: no Python interpreter python9.9;")
    Path("fake").write_text("#!/bin/sh\nexit 1\n")
    Path("fake").chmod(0o755)
    assert complaint("--python", "./fake", "a.py").endswith(
        "does not run as a Python interpreter; see --python"
    )
    Path("fake").write_text("#!/bin/sh\necho '[[3, 8], false]'\n")
    assert "is Python 3.8 and recording needs 3.11 or newer" in complaint("--python", "./fake", "a.py")


def test_pytest_is_missing(here: Path) -> None:
    Path("test_a.py").write_text("def test_one(): pass\n")
    Path("fake").write_text("#!/bin/sh\necho '[[3, 11], false]'\n")
    Path("fake").chmod(0o755)
    said = complaint("test", "--python", "./fake", "test_a.py", code=ExitCode.PROGRAM)
    assert "has no pytest; install it with " in said


def test_a_test_that_is_not_there(here: Path) -> None:
    Path("test_a.py").write_text("def test_one(): pass\nclass TestTwo: pass\n")
    assert (
        complaint("test", "test_a.py::test_on")
        == "semduck: no test test_on in test_a.py; did you mean test_one?"
    )
    assert complaint("test", "test_a.py::xyz").endswith("the tests there are test_one, TestTwo")
    assert complaint("test", "test_b.py::test_one") == "semduck: no file test_b.py; did you mean test_a.py?"
    done = semduck("test", "test_a.py::TestTwo::test_gone")
    assert done.returncode == ExitCode.USAGE
    assert "test_gone" in done.stdout


def test_a_test_file_that_cannot_be_imported(here: Path) -> None:
    Path("test_a.py").write_text("import no_such_module\ndef test_one(): pass\n")
    done = semduck("test", "test_a.py::test_one")
    assert done.returncode == ExitCode.USAGE
    assert "No module named 'no_such_module'" in done.stdout


def test_a_program_killed_by_a_signal(here: Path) -> None:
    Path("dies.py").write_text("import os\nx = 41\nx += 1\nos.kill(os.getpid(), 9)\n")
    done = semduck("dies.py")
    assert done.returncode == ExitCode.PROGRAM
    assert re.search("SIGKILL|signal 9", done.stdout)
    assert int(re.search(r"Recorded +(\d+) steps", done.stdout)[1]) >= 3  # type: ignore[index]


def test_a_loop_without_end_is_stopped_and_kept(here: Path) -> None:
    Path("loop.py").write_text("n = 0\nwhile True:\n    n += 1\n")
    done = semduck("--max-steps", "500", "loop.py")
    assert done.returncode == ExitCode.PROGRAM
    assert re.search(r"Recorded +5\d\d steps", done.stdout), done.stdout
    done = semduck("--max-seconds", "0.5", "loop.py")
    assert done.returncode == ExitCode.PROGRAM
    assert re.search(r"Recorded +[\d,]+ steps", done.stdout)


def test_a_full_disk_while_recording(here: Path) -> None:
    Path("big.py").write_text(BIG)

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    done = semduck("big.py", preexec_fn=small_files)
    assert done.returncode == ExitCode.PROGRAM
    assert "Traceback" not in done.stderr
    assert Path("big.py").read_text() == BIG


def test_a_place_that_cannot_be_written(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.py").write_text("print(1)\n")
    Path("blocked").write_text("a file, no folder")
    monkeypatch.setenv("SEMDUCK_HOME", str(here / "blocked"))
    done = semduck("record", "a.py")
    assert (done.returncode, done.stderr.count("\n")) == (ExitCode.PROGRAM, 1)
    assert done.stderr.startswith("semduck: cannot record a.py: ")


def test_a_recording_that_is_none(here: Path) -> None:
    assert complaint("open", "gone.duck").startswith("semduck: cannot open gone.duck:")
    Path("odd.duck").write_bytes(b"not a recording")
    assert complaint("open", "odd.duck").startswith("semduck: cannot open odd.duck:")


def test_nothing_to_undo(here: Path) -> None:
    Path("a.py").write_text("")
    assert complaint("undo", "a.py", code=ExitCode.UNMET).startswith("semduck: nothing undone in a.py: ")
    assert complaint("undo", "b.py").startswith("semduck: no file b.py")


@pytest.mark.parametrize("term", ["dumb", "xterm-256color"])
def test_without_a_terminal_there_is_a_plain_report(
    here: Path, monkeypatch: pytest.MonkeyPatch, term: str
) -> None:
    Path("a.py").write_text("print('hello')\n")
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("NO_COLOR", "1")
    done = semduck("a.py")
    assert done.returncode == 0
    assert "hello" in done.stdout and "\x1b" not in done.stdout
