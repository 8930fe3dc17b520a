"""`semduck doctor`: what is there, and a line that mends it for everything that is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from model_folders import cached

from semduck import doctor, probing
from semduck.config import Settings
from semduck.doctor import Fact


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "hub"


def facts(settings: Settings | None = None, probed: dict[str, object] | None = None) -> dict[str, Fact]:
    return {fact.name: fact for fact in doctor.examine(settings or Settings(), probed)}


def without(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """As if these libraries were not installed, and every other one were."""
    monkeypatch.setattr(doctor, "find_spec", lambda name: None if name in names else object())


def test_every_no_has_the_line_that_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "torch", "trl", "textual_serve")
    found = facts(Settings(python="/no/python"))
    bad = {name: fact for name, fact in found.items() if fact.ok is False}
    assert {"extra semcoder", "extra train", "extra web", "programs run on"} <= bad.keys()
    assert all(fact.todo for fact in bad.values())
    assert found["extra semcoder"].value == "not installed (torch)"
    assert found["extra train"].todo == "pip install 'semduck[train]'"
    text = doctor.to_text(list(found.values()))
    assert "\n                 to mend it: pip install 'semduck[web]'\n" in text


def test_what_torch_says_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch)
    found = facts(probed={"gpus": [["Some GPU", 3_000_000_000, 8_000_000_000]]})
    assert found["gpu 0"].value == "Some GPU, 3.0 GB free of 8.0 GB" and "gpu" not in found
    assert found["quantization"] == Fact("quantization", "bf16, int8 and nf4", True)
    found = facts(probed={"torch": "OSError: \x1b[31mno\nlibcuda", "bitsandbytes": "ImportError: no"})
    assert found["torch"].value == "cannot be loaded: OSError: [31mno libcuda" and found["torch"].todo
    assert found["quantization"].value.startswith("bf16 only; bitsandbytes cannot be loaded: ImportError")


def test_a_gpu_that_torch_cannot_use_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'Old GPU'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert facts()["gpu"] == Fact("gpu", "Old GPU, not used", False, "pip install 'semduck[semcoder]'")
    assert facts(probed={"gpus": []})["gpu"].value == "Old GPU, but torch cannot use it"
    tool.write_text("#!/bin/sh\nexit 9\n")
    assert facts()["gpu"].value.startswith("none found")


def test_models_and_engine_are_those_of_the_settings(cache: Path) -> None:
    cached(cache, "some/model")
    (cached(cache, "other/model") / "config.json").unlink()
    found = facts(Settings(model_name="./gone"))
    assert found["models"].value.startswith(f"2 in {cache}, 1 whole; ")
    assert found["engine"].ok is False and "no folder ./gone" in found["engine"].value
    assert facts(Settings(model_url="localhost:1"))["engine"].value == "the model at http://localhost:1"


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "disk" not in facts()
    monkeypatch.setattr(doctor, "_free_disk", lambda folder: 5_000_000)
    assert facts()["disk"] == Fact(
        "disk", "no room for any model there (5 MB free)", False, "set HF_HOME to a larger disk"
    )


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import os; os._exit(1)", "it ends python when it is loaded"),
        ("print('[1]')", "it says nothing"),
        ("import time; time.sleep(30)", "it did not load within 1 s"),
    ],
)
def test_a_probe_that_fails_is_one_line(program: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "PROBE", program)
    assert probing.probe(1.0) == {"torch": said}


def test_the_probe_runs_where_there_is_no_torch() -> None:
    if probing.has_torch():
        assert "torch" not in probing.probe()
    else:
        assert probing.probe()["torch"].startswith("ModuleNotFoundError")


def test_the_command_prints_json_quickly_and_loads_no_torch() -> None:
    program = (
        "import sys\nfrom semduck.cli import run_cli\ncode = run_cli(['doctor', '--json'])\n"
        "sys.exit(code or len({'torch', 'transformers', 'httpx', 'huggingface_hub'} & sys.modules.keys()))"
    )
    start = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    took = time.monotonic() - start
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert {"processor", "memory", "engine", "sandbox", "terminal"} <= {row["name"] for row in rows}
    assert all(set(row) == {"name", "value", "ok", "todo"} for row in rows)
    if not probing.has_torch():
        assert done.stderr == "" and took < 5  # measured 0.3 s; five allow for a busy machine
