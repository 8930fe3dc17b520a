"""A model's folder before anything is loaded from it: is all there, and is it a model that can answer?

Standard library only, except that a hub id is looked up among the downloaded ones.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from semduck.duck.engine import EngineError

_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "spiece.model", "tekken.json")
_ANSWERING = ("ForCausalLM", "LMHeadModel")
_SEMCODER = re.compile(r"semcoder(_s)?_1030(?!\d)", re.IGNORECASE)
_FIRST = re.compile(r"(?:^|[/\\])semcoder(_s)?$", re.IGNORECASE)
_LONGEST_HEADER = 100_000_000  # bytes, the format's own limit


@dataclass(frozen=True, slots=True)
class Weights:
    """A complete folder. parameters: counted in the weights, 0 when they are not safetensors.

    quantized: bytes of the files when they hold a quantized model, else 0.
    """

    folder: Path
    config: dict[str, Any]
    parameters: int
    quantized: int = 0


def inspect(folder: Path) -> Weights:
    """Read everything but the numbers. Raises EngineError, one line that names the file."""
    config = read_config(folder)
    _answers(config, folder)
    if not any((folder / name).is_file() for name in _TOKENIZERS):
        raise EngineError(f"{folder} has no tokenizer (tokenizer.json or tokenizer.model): download it again")
    shards = _shards(folder)
    total = sum(_numbers(shard) for shard in shards if shard.suffix == ".safetensors")
    if "quantization_config" in config:
        return Weights(folder, config, 0, sum(shard.stat().st_size for shard in shards))
    return Weights(folder, config, total)


def read_config(folder: Path) -> dict[str, Any]:
    """Its config.json. Raises EngineError."""
    path = folder / "config.json"
    try:
        read = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise EngineError(f"{folder} has no config.json: is it the folder of a model?") from None
    except (OSError, ValueError) as error:
        raise EngineError(f"cannot read {path}: {error}") from None
    if not isinstance(read, dict):
        raise EngineError(f"cannot read {path}: it holds no object")
    return read


def _answers(config: dict[str, Any], folder: Path) -> None:
    listed = config.get("architectures")
    names = [str(n) for n in listed] if isinstance(listed, list) else []
    kind = names[0] if names else str(config.get("model_type") or "model without a type")
    if config.get("is_encoder_decoder") or not any(n.endswith(_ANSWERING) for n in names):
        raise EngineError(f"{folder} holds a {kind}, not a causal language model: it cannot continue a text")


def _shards(folder: Path) -> list[Path]:
    """The files of weights, all there. Raises EngineError."""
    for kind in ("model.safetensors", "pytorch_model.bin"):
        index = folder / f"{kind}.index.json"
        if index.is_file():
            return _indexed(index)
        if (folder / kind).is_file():
            return [folder / kind]
    raise EngineError(f"{folder} has no weights (model.safetensors): download them again")


def _indexed(index: Path) -> list[Path]:
    try:
        names = sorted({str(name) for name in json.loads(index.read_text("utf-8"))["weight_map"].values()})
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise EngineError(f"cannot read {index}: {error}") from None
    missing = [name for name in names if not (index.parent / name).is_file()]
    if missing:
        raise EngineError(
            f"{index.parent} lacks {len(missing)} of {len(names)} files of weights ({missing[0]}): "
            "download it again"
        )
    return [index.parent / name for name in names]


def _numbers(shard: Path) -> int:
    """How many numbers a safetensors file holds. Raises EngineError when it is cut off."""
    length = shard.stat().st_size
    try:
        with shard.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            if not 2 <= size <= _LONGEST_HEADER:
                raise ValueError("its header is none; a git-lfs pointer looks like that")
            header = json.loads(file.read(size))
        tensors = [entry for name, entry in header.items() if name != "__metadata__"]
        needed = 8 + size + max((entry["data_offsets"][1] for entry in tensors), default=0)
        numbers = sum(math.prod(entry["shape"]) for entry in tensors)
    except (OSError, ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        why = "it is cut off" if isinstance(error, json.JSONDecodeError) else str(error)
        raise EngineError(f"cannot read {shard}: {why}; download it again") from None
    if length < needed:
        raise EngineError(f"{shard} is cut off: {length:,} of {needed:,} bytes; download it again")
    return int(numbers)


def locate(model: str, revision: str = "") -> Path:
    """The folder of a local path or of a hub id that was downloaded before; never asks the network."""
    if not model:
        raise EngineError("no model is named: give its folder or the hub id of a downloaded one")
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    if folder.is_file():
        raise EngineError(f"{model} is a file; give the folder that holds config.json and the weights")
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(model, revision=revision or None, local_files_only=True))
    except (OSError, ValueError) as error:
        at = f" at revision {revision}" if revision else ""
        hint = "" if isinstance(error, OSError) else f" ({str(error).splitlines()[0][:80]})"
        raise EngineError(
            f"{model}{at} is neither a folder here nor a model that was downloaded before{hint}"
        ) from None


def shape(model: str, config: dict[str, Any], template: bool) -> str:
    """Which prompts the model was trained on, by its name and whether its tokenizer has a chat template."""
    if _find(_SEMCODER, model, config):
        return "semcoder"
    if _find(_FIRST, model, config):
        return "semcoder-old"
    return "chat" if template else "plain"


def title(model: str, config: dict[str, Any]) -> str:
    """The model's name for people: SemCoder-S, or the last part of the folder or id."""
    if found := _find(_SEMCODER, model, config):
        return f"SemCoder{'-S' if found[1] else ''}"
    if found := _find(_FIRST, model, config):
        return f"SemCoder{'-S' if found[1] else ''} (first version)"
    return Path(model).expanduser().resolve().name if Path(model).is_dir() else model.rpartition("/")[2]


def _find(pattern: re.Pattern[str], model: str, config: dict[str, Any]) -> re.Match[str] | None:
    return pattern.search(model.rstrip("/\\")) or pattern.search(str(config.get("_name_or_path", "")))
