"""`semduck models list|show|use|rm`: what they print, write and delete, without any network."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from model_folders import COMMIT, cached, make

from semduck import cli, config, config_edit, locations
from semduck.duck import models, weights
from semduck.exits import ExitCode, Problem

SEMCODER = "semcoder/semcoder_s_1030"
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "hub"


def run(*words: str) -> int:
    return cli.run_cli(["models", *words])


def test_an_empty_machine_lists_what_is_known(capsys: Captured) -> None:
    assert run("list") == 0
    said = capsys.readouterr().out
    assert said.startswith("no model is on this machine\nknown\n  semcoder/semcoder_s_1030 ")
    assert "13.5 GB" in said and "Qwen Research License: not for commercial use" in said


def test_the_list_says_what_is_whole_and_what_is_in_use(cache: Path, capsys: Captured) -> None:
    cached(cache, SEMCODER)
    (cached(cache, "some/other", shards=2) / "model-00002-of-00002.safetensors").unlink()
    assert run("use", str(make(Path("mine")))) == 0
    assert run("use", SEMCODER) == 0
    capsys.readouterr()
    assert run("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"on this machine ({cache})"
    assert lines[1].split()[:2] == ["*", SEMCODER] and lines[1].endswith("whole  01234567  in use")
    assert "not whole: model-00002-of-00002.safetensors is missing" in lines[2]
    assert lines[3].split()[0] == str(Path("mine").absolute()) and lines[3].endswith("whole")
    assert not any(line.split()[0] == SEMCODER for line in lines[4:])
    assert run("list", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(r["name"], r["in_use"]) for r in rows if r["here"]][:2] == [
        (SEMCODER, True),
        ("some/other", False),
    ]


def test_use_writes_the_config_and_keeps_all_else_in_it(cache: Path, capsys: Captured) -> None:
    cached(cache, SEMCODER)
    path = locations.config()
    path.parent.mkdir(parents=True)
    before = '# mine\ntheme = "night"   # dark\r\n\n[model] # who\nurl = "http://x/v1"\n'
    before += 'engine = "openai"\n[keys]\n'
    path.write_bytes(before.encode())
    path.chmod(0o640)
    assert run("use", "semcoder_s_1030") == 0
    assert f"semduck: {SEMCODER} speaks from now on ({path})\n" in capsys.readouterr().err
    text = path.read_bytes().decode()
    assert text == before.replace(
        'engine = "openai"\n', f'engine = "transformers"\nname = "{SEMCODER}@{COMMIT}"\n'
    )
    assert path.stat().st_mode & 0o777 == 0o640
    settings = config.load()
    assert (settings.model_engine, settings.model_name) == ("transformers", f"{SEMCODER}@{COMMIT}")
    assert run("use", "narrator") == 0 and config.load().model_engine == "narrator"
    assert run("use", "http://localhost:8000") == 0
    settings = config.load()
    assert (settings.model_engine, settings.model_url, settings.model_name) == (
        "openai",
        "http://localhost:8000/v1",
        "",
    )


def test_use_makes_a_config_that_is_not_there(cache: Path) -> None:
    assert run("use", str(make(Path("mine")))) == 0
    assert config.load().model_name == str(Path("mine").absolute())


def test_use_says_when_something_stronger_is_in_force(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("SEMDUCK_ENGINE", "narrator")
    assert run("use", str(make(Path("mine")))) == 0
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == "semduck: but here model.engine is 'narrator', by a variable or the project's file"


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        (
            SEMCODER,
            4,
            f"semduck: the model {SEMCODER} is not on this machine; fetch it with semduck models pull",
        ),
        ("./gone", 4, "semduck: no folder ./gone; --model takes"),
        ("half", 4, "semduck: the model half is not whole: no tokenizer"),
        ("http://a b", 2, "semduck: 'http://a b' is no address of a server"),
    ],
)
def test_use_refuses_what_cannot_work_and_writes_nothing(
    capsys: Captured, name: str, code: int, said: str
) -> None:
    (make(Path("half")) / "tokenizer.json").unlink()
    assert run("use", name) == code
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and lines[0].startswith(said)
    assert not locations.config().exists()


def test_a_broken_config_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("theme = ")
    with pytest.raises(Problem, match="is not valid TOML"):
        config_edit.set_values(path, "model", {"name": "x"})
    assert path.read_text() == "theme = "
    path.write_text("model = 5")
    with pytest.raises(Problem, match=r"'model' in .* is not a table"):
        config_edit.set_values(path, "model", {"name": "x"})


def test_a_linked_config_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("")
    (tmp_path / "config.toml").symlink_to(tmp_path / "real.toml")
    config_edit.set_values(tmp_path / "config.toml", "model", {"name": "x"})
    assert (tmp_path / "config.toml").is_symlink()
    assert (tmp_path / "real.toml").read_text() == '[model]\nname = "x"\n'


def test_rm_asks_frees_and_says_how_much(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    folder = cached(cache, SEMCODER)
    blobs = weights.storage(SEMCODER) / "blobs"
    blobs.mkdir()
    (blobs / "begun.incomplete").write_bytes(bytes(2_000_000))
    (folder / "again.safetensors").symlink_to(blobs / "begun.incomplete")  # counted once
    size = models.occupied(SEMCODER)
    assert 2_000_000 < size < 2_010_000
    assert run("rm", SEMCODER) == ExitCode.USAGE  # nobody is here to be asked
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr("click.confirm", lambda question, err: question.startswith("Never"))
    assert run("rm", SEMCODER) == ExitCode.UNMET and folder.is_dir()
    assert run("use", SEMCODER) == 0
    capsys.readouterr()
    assert run("rm", "semcoder_s_1030", "--yes") == 0
    assert capsys.readouterr().err == (
        f"semduck: {SEMCODER} is deleted, 2 MB are free again\n"
        "semduck: it was in use; semduck models use NAME chooses another\n"
    )
    assert not weights.storage(SEMCODER).exists()
    assert run("rm", SEMCODER, "--yes") == ExitCode.NO_MODEL
    said = capsys.readouterr().err
    assert said == f"semduck: no model {SEMCODER} on this machine; see semduck models list\n"


def test_rm_does_not_touch_a_folder_of_yours(cache: Path, capsys: Captured) -> None:
    folder = make(Path("mine"))
    assert run("rm", "./mine", "--yes") == ExitCode.USAGE
    assert "is a folder of yours" in capsys.readouterr().err
    assert folder.is_dir()
    for name in ("..", "../..", "/", "a/../b"):
        assert run("rm", name, "--yes") != 0
    assert folder.is_dir() and not capsys.readouterr().out


def test_show_says_what_it_is_and_what_it_needs(cache: Path, capsys: Captured) -> None:
    cached(cache, SEMCODER)
    assert run("show", SEMCODER) == 0
    rows = dict(line.split(None, 1) for line in capsys.readouterr().out.splitlines() if line[0] != " ")
    assert rows["model"] == SEMCODER and rows["commit"] == COMMIT and rows["state"] == "whole"
    assert rows["parameters"] == "64" and rows["architecture"] == "LlamaForCausalLM"
    assert rows["licence"] == "DeepSeek Model License: commercial use allowed, with use restrictions"
    assert " needs " in rows["memory"]


def test_show_of_what_is_not_here_says_how_to_get_it(capsys: Captured) -> None:
    assert run("show", "qwen/qwen2.5-coder-0.5b-instruct") == 0
    said = capsys.readouterr().out
    assert "not on this machine; semduck models pull Qwen/Qwen2.5-Coder-0.5B-Instruct" in said
    assert "Apache-2.0" in said
    assert run("show", "qwen/qwen2.5-codr-0.5b-instruct") == ExitCode.NO_MODEL
    assert capsys.readouterr().err == (
        "semduck: no model qwen/qwen2.5-codr-0.5b-instruct on this machine; "
        "did you mean Qwen/Qwen2.5-Coder-0.5B-Instruct?\n"
    )


def test_without_the_estimator_the_weights_alone_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "semduck.duck.fitting", None)
    assert models.needs({}, 6_740_000_000) == [
        "bf16 needs 13.5 GB for the weights alone",
        "int8 needs 6.7 GB for the weights alone",
        "nf4 needs 3.5 GB for the weights alone",
    ]
    assert models.needs({}, 0) == []


def test_a_memory_that_cannot_be_read_is_empty(tmp_path: Path) -> None:
    for text in ("", "[]", '{"pinned": 5}', '{"pinned": {}, "licences": {}, "folders": 3}'):
        (tmp_path / "models.json").write_text(text)
        assert models.Memory.load(tmp_path / "models.json").pinned == {}


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0 bytes"), (999, "1 kB"), (2_000_000, "2 MB"), (13_476_000_000, "13.5 GB")]
)
def test_sizes_are_in_powers_of_ten(amount: int, text: str) -> None:
    assert models.size(amount) == text


def test_these_commands_ask_nobody(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def connected(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr("socket.socket.connect", connected)
    cached(cache, SEMCODER)
    words = (
        ("list",),
        ("show", SEMCODER),
        ("use", SEMCODER),
        ("use", "http://x.example"),
        ("rm", SEMCODER, "--yes"),
    )
    assert [run(*each) for each in words] == [0] * 5
