"""The README's section on models, line by line: a small hub gives a small model named like SemCoder."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("huggingface_hub")
ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "tests/unit/models"))

import tiny  # noqa: E402
from fake_hub import Hub, serving  # noqa: E402

from semduck.config import load  # noqa: E402
from semduck.duck.choose import choose  # noqa: E402
from semduck.duck.engine import Ask  # noqa: E402
from semduck.duck.worker import Worker  # noqa: E402
from semduck.wanted import wanted  # noqa: E402

NAME = "semcoder/semcoder_s_1030"


@pytest.fixture
def hub(taught_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    files = {path.name: path.read_bytes() for path in taught_model.iterdir()}
    yield from serving(files, tmp_path, monkeypatch, NAME)


def lines() -> list[str]:
    section = (ROOT / "README.md").read_text("utf-8").partition("\n## Models\n")[2].partition("\n## ")[0]
    block = re.search(r"```sh\n(.*?)```", section, re.S)
    assert block is not None
    return [line for line in block[1].splitlines() if "pip install" not in line]


def test_from_nothing_to_a_model_that_speaks(hub: Hub, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    said = {}
    for line in lines():
        words = line.split()[1:] + (["--yes"] if " pull " in line else [])
        done = subprocess.run(
            [sys.executable, "-m", "semduck", *words], cwd=tmp_path, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip
        assert done.returncode in (0, 3), (line, done.stderr)  # the example program fails
        said[words[0] if words[0] != "models" else words[1]] = done.stdout + done.stderr
    assert f"{NAME} is here" in said["pull"]
    assert NAME in said["use"]
    assert "moving_average" in said["data/examples/moving_average.py"]
    hub.asked.clear()
    spec = choose(wanted(load())).spec
    assert spec is not None
    words, line = spoken(Worker(spec))
    assert words.startswith("The function `total`") and "SemCoder-S" in line
    assert not hub.asked  # from this machine alone


def spoken(duck: Worker) -> tuple[str, str]:
    """What it answers, and its own line about itself."""
    number, words, end = duck.ask(Ask(tiny.PROMPT, max_tokens=20)), "", time.monotonic() + 60
    while time.monotonic() < end:
        for event in duck.poll():
            assert event.kind != "error", event.text
            if event.kind == "done" and event.request == number:
                duck.close()
                return words, duck.about.line
            words += event.text if event.kind == "token" else ""
        time.sleep(0.01)
    raise AssertionError("no answer came")
