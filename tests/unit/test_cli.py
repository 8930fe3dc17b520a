"""The command line: who gets which word, what goes where, and with which exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from semduck import cli, cli_run, cli_tools, locations
from semduck.cli_options import Options
from semduck.config import Settings
from semduck.exits import ExitCode
from semduck.trace.target import Target


class Launched:
    """Stands for cli_run.launch and keeps what it was given."""

    def __init__(self) -> None:
        self.target = Target("", "")
        self.settings = Settings()
        self.options = Options({})

    def __call__(self, target: Target, settings: Settings, options: Options) -> ExitCode:
        self.target, self.settings, self.options = target, settings, options
        return ExitCode.FINE


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Launched:
    monkeypatch.chdir(tmp_path)
    Path("loop.py").write_text("print(1)\n")
    launch = Launched()
    monkeypatch.setattr(cli_run, "launch", launch)
    return launch


def run(*words: str) -> int:
    return cli.run_cli(words)


def test_everything_after_the_file_is_the_programs(launched: Launched) -> None:
    words = ("--json", "--help", "--", "-m", "test", "--version", "--", "-x")
    assert run("--report", "loop.py", *words) == 0
    assert (launched.target.kind, launched.target.spec, launched.target.args) == ("script", "loop.py", words)
    assert launched.options.flag("report") and not launched.options.flag("json")


def test_two_dashes_before_the_file_are_ours(launched: Launched) -> None:
    Path("-odd.py").write_text("")
    assert run("--", "-odd.py", "--", "1") == 0
    assert (launched.target.spec, launched.target.args) == ("-odd.py", ("--", "1"))


def test_a_module_keeps_its_arguments(launched: Launched) -> None:
    assert run("-m", "test.mod", "-m", "x") == 0
    assert (launched.target.kind, launched.target.spec) == ("module", "test.mod")
    assert launched.target.args == ("-m", "x")


def test_after_m_a_commands_name_is_a_module(launched: Launched) -> None:
    assert run("-m", "test", "x") == 0
    assert (launched.target.kind, launched.target.spec) == ("module", "test")


def test_a_file_named_like_a_command_is_reached_by_its_path(launched: Launched) -> None:
    Path("test").write_text("print(2)\n")
    assert run("./test", "a") == 0
    assert (launched.target.kind, launched.target.spec, launched.target.args) == ("script", "./test", ("a",))


def test_a_pytest_node_is_a_target(launched: Launched) -> None:
    Path("test_x.py").write_text("class TestA:\n    def test_y(self): pass\n")
    assert run("test", "--json", "test_x.py::TestA::test_y", "-k", "y", "--report") == 0
    assert (launched.target.kind, launched.target.spec) == ("pytest", "test_x.py::TestA::test_y")
    assert launched.target.args == ("-k", "y", "--report")
    assert launched.options.flag("json") and not launched.options.flag("report")


def test_options_before_and_after_the_command_add_up(launched: Launched) -> None:
    Path("test_x.py").write_text("def test_y(): pass\n")
    assert run("--expect", "a==1@1", "--max-steps", "5", "test", "--expect", "b==2@1", "test_x.py") == 0
    assert launched.options.expect == ("a==1@1", "b==2@1")
    assert launched.settings.limits_max_steps == 5


def test_only_what_was_typed_beats_the_configuration(
    launched: Launched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEMDUCK_MAX_STEPS", "7")
    monkeypatch.setenv("SEMDUCK_THEME", "night")
    assert run("--theme", "pond", "--include", "a/*", "--include", "b/*", "loop.py") == 0
    assert (launched.settings.limits_max_steps, launched.settings.theme) == (7, "pond")
    assert launched.target.include == ("a/*", "b/*")


def test_a_model_or_a_server_alone_beats_what_the_files_say(
    launched: Launched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEMDUCK_ENGINE", "narrator")
    monkeypatch.setenv("SEMDUCK_MODEL", "a/b")
    monkeypatch.setenv("SEMDUCK_URL", "http://localhost:1")

    def chosen() -> tuple[str, str, str]:
        settings = launched.settings
        return settings.model_engine, settings.model_name, settings.model_url

    assert run("--model", "c/d", "loop.py") == 0 and chosen() == ("auto", "c/d", "")
    assert run("--url", "x:2", "loop.py") == 0 and chosen() == ("auto", "", "x:2")
    assert run("--url", "x:2", "--model", "c", "loop.py") == 0 and chosen() == ("auto", "c", "x:2")
    assert run("--engine", "openai", "--model", "c", "loop.py") == 0
    assert chosen() == ("openai", "c", "http://localhost:1")


def test_the_projects_table_is_that_of_the_program(launched: Launched, tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "src").mkdir(parents=True)
    (project / "pyproject.toml").write_text('[tool.semduck]\ntheme = "reed"\n')
    (project / "src" / "a.py").write_text("")
    assert run("project/src/a.py") == 0
    assert launched.settings.theme == "reed"
    assert launched.target.root == project.resolve()


def test_no_color_reaches_the_app(launched: Launched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    assert run("--no-color", "loop.py") == 0
    assert launched.options.flag("no_color")


@pytest.mark.parametrize(
    ("typed", "stdin", "stdout", "term", "opens"),
    [
        ({}, True, True, "xterm-256color", True),
        ({"report": True}, True, True, "xterm-256color", False),
        ({"json": True}, True, True, "xterm-256color", False),
        ({}, False, True, "xterm-256color", False),
        ({}, True, False, "xterm-256color", False),
        ({}, True, True, "dumb", False),
    ],
)
def test_the_app_opens_only_where_it_can_be_seen(
    monkeypatch: pytest.MonkeyPatch,
    typed: dict[str, bool],
    stdin: bool,
    stdout: bool,
    term: str,
    opens: bool,
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: stdin, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: stdout, raising=False)
    monkeypatch.setenv("TERM", term)
    assert Options(dict(typed)).wants_app() is opens


def test_help_names_the_commands_and_hides_those_of_later(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    text = capsys.readouterr().out
    for name in ("test", "fix", "undo", "record", "open", "locate", "doctor", "models", "serve-model"):
        assert f"\n  {name} " in text
    assert not any(f"\n  {name} " in text for name in cli_tools.LATER)


@pytest.mark.parametrize("name", sorted(cli_tools.LATER))
def test_a_command_of_a_later_version_says_so(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(name, "x", "--flag") == ExitCode.USAGE
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "not in this version" in said.err


@pytest.mark.parametrize("name", locations.NAMES)
def test_locate_prints_a_path_below_the_home(
    name: str, semduck_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("locate", name) == 0
    assert Path(capsys.readouterr().out.strip()).is_relative_to(semduck_home)


def test_without_a_home_the_paths_are_the_platforms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEMDUCK_HOME")
    assert all("semduck" in str(locations.locate(name)) for name in locations.NAMES)


def test_doctor_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("doctor") == 0
    text = capsys.readouterr().out
    assert f"Python {sys.version.split()[0]}" in text
    assert "5,000,000 steps" in text


def test_themes_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--list-themes") == 0
    assert "pond" in capsys.readouterr().out.splitlines()


def test_a_broken_theme_of_the_user_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    locations.themes().mkdir(parents=True)
    (locations.themes() / "mine.toml").write_text("name = ")
    assert run("--check-themes") == ExitCode.USAGE
    assert capsys.readouterr().err.startswith("semduck: theme mine.toml: ")


def test_python_dash_m_semduck_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "semduck", "--version"], capture_output=True, text=True)
    assert (done.returncode, done.stdout.split()[0], done.stderr) == (0, "semduck", "")


def test_ctrl_c_has_its_code(launched: Launched, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> ExitCode:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli_run, "launch", interrupted)
    assert run("loop.py") == ExitCode.INTERRUPTED
