"""`pytest --semduck` beside pytest itself: the same output, and in nobody's way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from semduck import locations
from semduck.pytest_record import launcher, without
from tests.unit.plugin.project import ROOT, WORDS, pytest_run, recorded, without_times


@pytest.mark.parametrize(
    "words",
    [
        "",
        "-x -v",
        "-k two -rA",
        "--lf",
        "test_b.py test_a.py::test_one",
        "-s -q -p no:cacheprovider",
        "nosuch.py",
        "--nosuch",
    ],
)
def test_the_output_is_that_of_pytest(project: Path, words: str) -> None:
    pytest_run(project, "-q")  # something for --lf
    cached = (project / ".pytest_cache/v/cache/lastfailed").read_text()
    plain = pytest_run(project, *words.split())
    (project / ".pytest_cache/v/cache/lastfailed").write_text(cached)
    done = pytest_run(project, "--semduck", *words.split())
    assert done.returncode == plain.returncode
    assert without_times(done.stdout) == without_times(plain.stdout)
    *others, ours = done.stderr.splitlines()
    assert ours.startswith("semduck: ") and "semduck open " in ours
    assert others == plain.stderr.splitlines()


def test_the_script_pytest_is_started_as_itself(project: Path) -> None:
    script = project.parent / "pytest"
    script.write_text("import sys\nfrom _pytest.config import console_main\nsys.exit(console_main())\n")
    (project / "test_path.py").write_text("import sys\n\n\ndef test_path():\n    print(sys.path, sys.argv)\n")
    words = ("-q", "-s", "-p", "semduck.pytest_plugin", "test_path.py")
    plain = pytest_run(project, *words, start=(str(script),)).stdout.splitlines()
    done = pytest_run(project, *words, "--semduck", start=(str(script),)).stdout.splitlines()
    assert done[0] == plain[0]  # paths and arguments are those of the user's command, without our option
    assert str(project.parent) in plain[0]
    assert len(recorded(project).tests()) == 3


def test_an_installed_plugin_needs_no_option(project: Path) -> None:
    info = project / "somewhere" / "probe-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: probe\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[pytest11]\nsemduck = semduck.pytest_plugin\n")
    path = f"{ROOT}:{info.parent}"
    start = ("-m", "pytest")
    done = pytest_run(
        project, "--semduck", "-q", "test_b.py", start=start,
        PYTHONPATH=path, PYTEST_DISABLE_PLUGIN_AUTOLOAD="",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(recorded(project).tests()) == 3


def test_it_costs_nothing_where_it_is_not_asked_for() -> None:
    program = (
        "import pytest, sys\nbefore = set(sys.modules)\nimport semduck.pytest_plugin\n"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "['semduck', 'semduck.pytest_plugin']\n"


def test_help_tells_the_options_and_nothing_is_recorded(project: Path) -> None:
    done = pytest_run(project, "--semduck", "--help")
    assert done.returncode == 0 and "--semduck-out=PATH" in done.stdout
    assert pytest_run(project, "--semduck", "--version").returncode == 0
    assert not locations.recordings().exists()


def test_options_of_the_same_name_are_left_to_others(project: Path) -> None:
    (project / "theirs.py").write_text(
        "def pytest_addoption(parser):\n    parser.addoption('--semduck', action='store_true')\n"
    )
    (project / "test_opt.py").write_text(
        "def test_opt(request):\n    assert request.config.getoption('semduck')\n"
    )
    words = ("-p", "theirs", *WORDS[2:], "-q", "--semduck", "test_opt.py")
    done = pytest_run(project, *words, start=("-m", "pytest"))
    assert (done.returncode, done.stderr) == (0, "")
    (project / "conftest.py").write_text((project / "theirs.py").read_text())
    plain = pytest_run(project, "-q", "test_b.py")  # no clash where nobody asks for a recording
    assert (plain.returncode, plain.stderr) == (0, "")


def test_tests_in_other_processes_are_refused(project: Path) -> None:
    (project / "xdist_like.py").write_text(
        "def pytest_addoption(parser):\n    parser.addoption('--numprocesses', type=int)\n"
    )
    words = ("-p", "xdist_like", "--numprocesses", "2", "test_b.py")
    refused = "ERROR: semduck records one process, and the tests would run in others: -n 0 keeps them here"
    assert pytest_run(project, "--semduck", *words).stderr.strip() == refused
    assert refused in pytest_run(project, "test", *words, start=("-m", "semduck")).stdout
    free = pytest_run(project, *words, start=("-m", "semduck", "record", "-m", "pytest"))
    assert "1 passed" in free.stdout  # a program that happens to be pytest is not told what to do
    none = ("-p", "xdist_like", "--numprocesses", "0", "-q", "test_b.py")
    assert pytest_run(project, "--semduck", *none).returncode == 0


@pytest.mark.parametrize("where", ["PYTEST_ADDOPTS", "ini"])
def test_the_option_belongs_on_the_command_line(project: Path, where: str) -> None:
    if where == "ini":
        (project / "pytest.ini").write_text("[pytest]\naddopts = --semduck\n")
    done = pytest_run(project, **({where: "--semduck"} if where != "ini" else {}))
    assert done.returncode == 4 and "unrecognized arguments: --semduck" in done.stderr


def test_what_cannot_be_done_is_one_line(project: Path) -> None:
    (project / "there.duck").write_text("mine")
    done = pytest_run(project, "--semduck-out=there.duck", "test_b.py")
    assert done.returncode == 4
    assert done.stderr.strip() == "ERROR: semduck: there.duck is already there; choose another place"
    assert (project / "there.duck").read_text() == "mine"
    apart = pytest_run(project, "--semduck", start=("-S", "-c", _WITHOUT_SITE))
    assert "ERROR: semduck begins through PYTHONPATH and site" in apart.stderr


_WITHOUT_SITE = f"""
import sys
sys.path += {[p for p in sys.path if "site-packages" in p]!r}
import pytest
sys.exit(pytest.main(["-p", "semduck.pytest_plugin", *sys.argv[1:]]))
"""


def test_our_options_are_taken_out_and_nothing_else() -> None:
    words = ["--semduck", "-k", "a", "--semduck-out", "x.duck", "--semduck-out=y", "t.py", "--", "--semduck"]
    assert without(words) == ["-k", "a", "t.py", "--", "--semduck"]


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        (["python", "-m", "pytest", "-q"], ("-m", "pytest")),
        (["python", "-X", "dev", "-mpytest", "-q"], ("-X", "dev", "-mpytest")),
        (["python", "/env/bin/pytest", "-q"], ("/env/bin/pytest",)),
        (["python", "run_tests.py", "-q"], ()),
        (["python", "-m", "pytest", "-v"], ()),
    ],
)
def test_how_pytest_was_started(
    monkeypatch: pytest.MonkeyPatch, typed: list[str], start: tuple[str, ...]
) -> None:
    monkeypatch.setattr(sys, "orig_argv", typed)
    monkeypatch.setattr(sys, "argv", ["pytest", typed[-1]])
    assert launcher(["-q"]) == start
