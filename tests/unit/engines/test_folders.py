"""Folders that cannot be loaded: each is one clear line that says what to do, before torch is even needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from semduck.duck.engine import EngineError
from semduck.duck.engines import checking

CONFIG = {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}


def tensors(path: Path, missing: int = 0) -> None:
    """A safetensors file of one matrix of 4 x 8 bf16 numbers, cut short by `missing` bytes."""
    header = json.dumps({"w": {"dtype": "BF16", "shape": [4, 8], "data_offsets": [0, 64]}}).encode()
    whole = len(header).to_bytes(8, "little") + header + b"\0" * 64
    path.write_bytes(whole[: len(whole) - missing])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    (tmp_path / "tokenizer.json").write_text("{}")
    tensors(tmp_path / "model.safetensors")
    return tmp_path


def sharded(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    names = [f"model-0000{n}-of-00003.safetensors" for n in (1, 2, 3)]
    (folder / "model.safetensors.index.json").write_text(
        json.dumps({"weight_map": {f"w{n}": name for n, name in enumerate(names)}})
    )
    for name in names[:2]:
        tensors(folder / name)


def test_a_whole_folder_is_counted(folder: Path) -> None:
    assert checking.inspect(folder) == checking.Weights(folder, CONFIG, 32)


def config(**changes: Any) -> Callable[[Path], None]:
    return lambda folder: (folder / "config.json").write_text(json.dumps({**CONFIG, **changes})) and None


TROUBLES: dict[str, Callable[[Path], Any]] = {
    "has no config.json": lambda f: (f / "config.json").unlink(),
    "cannot read .*config.json": lambda f: (f / "config.json").write_text('{"model_type": '),
    "it holds no object": lambda f: (f / "config.json").write_text("[]"),
    "holds a BertForMaskedLM, not a causal": config(architectures=["BertForMaskedLM"]),
    "holds a T5ForConditionalGeneration, not": config(architectures=["T5ForConditionalGeneration"]),
    "holds a LlamaModel, not a causal": config(architectures=["LlamaModel"]),
    "holds a llama, not a causal": config(architectures=None),
    "has no tokenizer": lambda f: (f / "tokenizer.json").unlink(),
    "has no weights": lambda f: (f / "model.safetensors").unlink(),
    "lacks 1 of 3 files of weights .model-00003": sharded,
    "cannot read .*index.json": lambda f: (f / "model.safetensors.index.json").write_text("{}"),
    "is cut off: .* of .* bytes": lambda f: tensors(f / "model.safetensors", 5),
    "it is cut off": lambda f: tensors(f / "model.safetensors", 80),
    "git-lfs pointer": lambda f: (f / "model.safetensors").write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"
    ),
    "its header is none": lambda f: (f / "model.safetensors").write_bytes(b""),
}


@pytest.mark.parametrize("line", list(TROUBLES))
def test_trouble_is_one_line(folder: Path, line: str) -> None:
    TROUBLES[line](folder)
    with pytest.raises(EngineError, match=line) as caught:
        checking.inspect(folder)
    assert "\n" not in str(caught.value)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize(
    ("model", "template", "shape", "title"),
    [
        ("semcoder/semcoder_s_1030", True, "semcoder", "SemCoder-S"),
        ("/models/semcoder_1030", False, "semcoder", "SemCoder"),
        ("/hub/models--semcoder--semcoder_s_1030/snapshots/ab12", True, "semcoder", "SemCoder-S"),
        ("semcoder/semcoder", True, "semcoder-old", "SemCoder (first version)"),
        ("semcoder/semcoder_s", False, "semcoder-old", "SemCoder-S (first version)"),
        ("org/coder-7b-instruct", True, "chat", "coder-7b-instruct"),
        ("org/coder-7b", False, "plain", "coder-7b"),
    ],
)
def test_the_name_tells_the_prompts(model: str, template: bool, shape: str, title: str) -> None:
    assert checking.shape(model, {}, template) == shape
    assert checking.title(model, {}) == title


def test_the_config_may_tell_the_name() -> None:
    told = {"_name_or_path": "semcoder/semcoder_1030"}
    assert checking.shape("/here/weights", told, True) == "semcoder"


def test_a_file_is_no_folder(folder: Path) -> None:
    with pytest.raises(EngineError, match="is a file; give the folder"):
        checking.locate(str(folder / "config.json"))
    assert checking.locate(str(folder)) == folder
    with pytest.raises(EngineError, match="no model is named"):
        checking.locate("")


@pytest.mark.parametrize("name", ["nobody/nothing", "no such folder at all", "/nowhere/at/all"])
def test_what_was_never_downloaded(name: str) -> None:
    pytest.importorskip("huggingface_hub")
    with pytest.raises(EngineError, match="is neither a folder here nor a model that was downloaded"):
        checking.locate(name)
