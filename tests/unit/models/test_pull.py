"""`semduck models pull` as a command, against a small hub with every trouble a download can have."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from fake_hub import COMMIT, OLDER, Hub, serving
from model_folders import CONFIG, safetensors

from semduck import cli, cli_pull
from semduck.duck import downloading, pulling, weights
from semduck.exits import Problem

pytest.importorskip("huggingface_hub")

WEIGHTS = safetensors(50_000)
FILES = {
    "config.json": json.dumps(CONFIG).encode(),
    "tokenizer.json": b"{}",
    "model.safetensors": WEIGHTS,
    "pytorch_model.bin": WEIGHTS,
    "modeling_evil.py": b"raise SystemExit",
    "README.md": b"# a model",
}

# A shell's background jobs ignore ctrl+c, and so would what they start.
HEARS = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    yield from serving(dict(FILES), tmp_path, monkeypatch)


def pull(*words: str, name: str = "owner/model") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "semduck", "models", "pull", name, "--yes", *words]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)


def last_line(done: subprocess.CompletedProcess[str], code: int) -> str:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr and done.stdout == ""
    return done.stderr.splitlines()[-1]


def parts() -> list[int]:
    """Sizes of files of weights that are not whole."""
    return [p.stat().st_size for p in (weights.storage("owner/model") / "blobs").glob("*.incomplete")]


def test_a_model_is_fetched_described_and_remembered(hub: Hub, semduck_home: Path) -> None:
    done = pull()
    assert last_line(done, 0) == (
        "semduck: owner/model is here, commit aaaaaaaa; semduck models use owner/model"
    )
    assert "licence   duck-licence\n" in done.stderr and "download  100 kB\n" in done.stderr
    assert "100 %" in done.stderr
    found = weights.local("owner/model")
    assert found is not None and (found.revision, found.missing) == (COMMIT, "")
    assert (found.folder / "model.safetensors").read_bytes() == WEIGHTS
    names = {path.name for path in found.folder.iterdir()}
    assert names == {"config.json", "tokenizer.json", "model.safetensors", "README.md"}  # no code
    memory = json.loads((semduck_home / "state" / "models.json").read_text())
    assert memory["pinned"] == {"owner/model": COMMIT}
    asked = len(hub.asked)
    assert "is here already, commit aaaaaaaa" in last_line(pull(), 0)
    assert len(hub.asked) == asked  # without asking the hub


def test_what_the_library_loads_afterwards_needs_no_network(hub: Hub) -> None:
    assert pull().returncode == 0
    hub.asked.clear()
    load = "h.hf_hub_download('owner/model', 'model.safetensors', local_files_only=True)"
    program = f"import huggingface_hub as h; print({load})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith(f"{COMMIT}/model.safetensors")
    assert Path(done.stdout.strip()).read_bytes() == WEIGHTS
    assert not [path for path in hub.asked if "owner/model" in path]


def test_a_connection_that_is_cut_goes_on_by_itself(hub: Hub) -> None:
    hub.cut, hub.cuts = 30_000, 2
    assert last_line(pull(), 0).startswith("semduck: owner/model is here")
    assert hub.ranges == ["bytes=0-", "bytes=30000-", "bytes=60000-"]


def test_a_connection_that_stays_cut_goes_on_at_the_next_pull(hub: Hub) -> None:
    hub.cut, hub.cuts, hub.dies = 30_000, 1, True
    assert last_line(pull(), 4).endswith("; what came stays, the next pull goes on from there")
    assert parts() == [30_000]
    hub.dies, hub.head = False, OLDER  # the hub moved on; the begun commit is finished all the same
    done = pull()
    assert last_line(done, 0).startswith("semduck: owner/model is here, commit aaaaaaaa")
    assert "30 kB are here from before" in done.stderr
    assert hub.ranges[-1] == "bytes=30000-" and parts() == []
    assert (weights.storage("owner/model") / "refs" / "main").read_text() == COMMIT
    assert last_line(pull("--update"), 0).startswith("semduck: owner/model is here, commit bbbbbbbb")


def test_ctrl_c_is_one_line_and_the_next_pull_goes_on(hub: Hub) -> None:
    hub.slow = 0.02
    command = [sys.executable, "-m", "semduck", "models", "pull", "owner/model", "--yes"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, preexec_fn=HEARS)
    end = time.monotonic() + 20
    while sum(parts()) < 1024 and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert said.splitlines()[-1].startswith("semduck: interrupted at ")
    assert said.splitlines()[-1].endswith(" %; semduck models pull owner/model goes on from there")
    had = sum(parts())
    assert 0 < had < len(WEIGHTS)
    hub.slow = 0.0
    assert last_line(pull(), 0).startswith("semduck: owner/model is here")
    assert hub.ranges[-1] == f"bytes={had}-"


@pytest.mark.parametrize("status", [401, 403])
def test_a_gated_model_says_what_to_do(hub: Hub, status: int) -> None:
    hub.gated = status
    said = last_line(pull(), 4)
    assert said.startswith("semduck: owner/model is given out only after its terms are accepted")
    assert said.endswith("or set HF_TOKEN")


def test_a_token_is_sent_and_not_shown(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    done = pull()
    assert done.returncode == 0 and "Bearer hf_secret" in hub.tokens
    assert "hf_secret" not in done.stderr


def test_damaged_bytes_are_found(hub: Hub) -> None:
    hub.damaged = True
    assert "model.safetensors arrived damaged and was thrown away" in last_line(pull(), 4)
    assert parts() == []


def test_more_bytes_than_announced_are_not_taken(hub: Hub) -> None:
    hub.extra = 50_000_000
    assert "model.safetensors arrived damaged" in last_line(pull(), 4)
    assert parts() == [] and hub.sent < 10_000_000


def test_a_hub_that_names_files_elsewhere_is_not_followed(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fake_hub._sha", lambda data: "../../../../evil")
    assert "describes owner/model in a way that is not understood" in last_line(pull(), 4)


def test_what_is_not_there(hub: Hub) -> None:
    assert last_line(pull(name="nobody/nothing"), 4) == (
        "semduck: the hub has no model nobody/nothing, or it is private: then set HF_TOKEN"
    )
    assert last_line(pull("--revision", "nope"), 4) == "semduck: owner/model has no revision 'nope'"
    assert "is no name of a model" in last_line(pull(name="a/b--c..d"), 4)
    del hub.files["model.safetensors"], hub.files["pytorch_model.bin"]
    assert "has no weights that can be loaded" in last_line(pull(), 4)


def test_a_hub_that_is_not_there(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert last_line(pull(), 4).startswith("semduck: the hub cannot be reached (Connect")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert last_line(pull(), 4) == "semduck: HF_HUB_OFFLINE is set, so nothing is fetched"


def test_where_nobody_can_be_asked_nothing_is_fetched(hub: Hub) -> None:
    command = [sys.executable, "-m", "semduck", "models", "pull", "owner/model"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "semduck: nobody is here to be asked; say --yes"
    assert hub.ranges == []


def offered(lacking: int) -> pulling.Offer:
    file = downloading.File("model.safetensors", lacking, "0" * 64)
    return pulling.Offer("owner/model", COMMIT, "mit", (file,), True)


def test_a_disk_without_room_is_found_before(hub: Hub) -> None:
    pulling.check_room(offered(1_000_000_000), lambda path: 1_200_000_000)
    with pytest.raises(downloading.PullError) as caught:
        pulling.check_room(offered(1_000_000_000), lambda path: 1_199_999_999)
    assert "needs 1.0 GB and " in str(caught.value) and "has room for 1.0 GB" in str(caught.value)


def test_a_disk_that_becomes_full_is_one_line(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> Iterator[int]:
        yield 1
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(downloading, "_stream", full)
    with pytest.raises(downloading.PullError, match=r"^the disk is full; what came stays in "):
        pulling.fetch(offered(5000), lambda progress: None)


def test_two_pulls_of_one_model_do_not_meet(hub: Hub) -> None:
    from filelock import FileLock

    storage = weights.storage("owner/model")
    storage.mkdir(parents=True)
    with FileLock(storage / ".semduck.lock"):
        assert last_line(pull(), 4) == "semduck: owner/model is being fetched by another semduck"


def test_without_the_library_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    assert cli.run_cli(["models", "pull", "owner/model", "--yes"]) == 4
    assert capsys.readouterr().err == (
        "semduck: to fetch models huggingface_hub is needed; pip install 'semduck[semcoder]'\n"
    )


def test_files_are_chosen_by_what_a_model_needs() -> None:
    def names(*given: str) -> list[str]:
        return [f.name for f in pulling.choose([downloading.File(n, 1, "") for n in given])]

    assert names("model.safetensors", "pytorch_model.bin", "a/model.safetensors", "x.py") == [
        "model.safetensors"
    ]
    assert names("pytorch_model-1.bin", "optimizer.bin", "merges.txt", "tokenizer.model", "LICENSE") == [
        "pytorch_model-1.bin",
        "merges.txt",
        "tokenizer.model",
        "LICENSE",
    ]


def test_a_folder_is_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="is a folder, nothing is to be fetched"):
        cli_pull.pull.callback(str(tmp_path), "", False, True)  # type: ignore[misc]
