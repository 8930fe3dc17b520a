"""Loading a checked folder: the best plan that fits, the next one when memory runs out after all."""

from __future__ import annotations

import gc
import importlib.util
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from semduck.duck import fitting, hardware
from semduck.duck.architecture import UnknownSize
from semduck.duck.engine import EngineError
from semduck.duck.engines.checking import Weights
from semduck.duck.fitting import Plan

EXTRA = "pip install 'semduck[semcoder]'"
_FULL = (
    "out of memory",
    "can't allocate memory",
    "cannot allocate memory",
    "not enough memory",
    "std::bad_alloc",
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A loaded model, and the plans that are left should it run out of memory."""

    model: Any
    plan: Plan
    left: tuple[Plan, ...]


def libraries() -> None:
    """Make sure that they are there and never ask the network. Raises EngineError."""
    missing = [n for n in ("torch", "transformers", "accelerate") if importlib.util.find_spec(n) is None]
    if missing:
        raise EngineError(f"the transformers engine needs {' and '.join(missing)}: {EXTRA}")
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from transformers.utils import logging as progress

    progress.set_verbosity_error()
    progress.disable_progress_bar()
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)


def plans(weights: Weights, quantize: str, device: str) -> list[Plan]:
    """The plans that fit this machine now, best first. Raises EngineError when none does."""
    fixed = quantized(weights)
    if fixed and quantize not in ("auto", fixed):
        raise EngineError(f"{weights.folder} is already quantized to {fixed}; leave quantize at auto")
    try:
        found = fitting.consider(
            weights.config,
            _hardware(),
            quantize=fixed or quantize,
            device=device,
            parameters=weights.parameters or None,
            available=_available(),
        )
    except UnknownSize as error:
        raise EngineError(f"{weights.folder}: {error}") from None
    except ValueError as error:
        raise EngineError(str(error)) from None
    fit = [plan for plan in found if plan.fits]
    if not fit:
        raise EngineError(f"{weights.folder} does not fit: {_needs(found, quantize)}")
    return fit


def _needs(found: Sequence[Plan], quantize: str) -> str:
    if not found:
        return f"{quantize} needs bitsandbytes ({EXTRA})"
    return min(found, key=lambda plan: plan.peak).line


def quantized(weights: Weights) -> str:
    """In which form the weights lie on disk, "" for plain ones. Raises EngineError for an unknown form."""
    told = weights.config.get("quantization_config")
    if not isinstance(told, dict):
        return ""
    if told.get("quant_method") == "bitsandbytes":
        return "nf4" if told.get("load_in_4bit") or told.get("_load_in_4bit") else "int8"
    method = told.get("quant_method", "an unknown method")
    raise EngineError(
        f"{weights.folder} is quantized with {method}, which is not supported; take the original"
    )


def _available() -> tuple[str, ...]:
    there = importlib.util.find_spec("bitsandbytes") is not None
    return fitting.QUANTIZATIONS if there else ("bf16",)


def _hardware() -> hardware.Hardware:
    import torch

    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    gpus = [hardware.Gpu(f"cuda:{n}", int(torch.cuda.mem_get_info(n)[0])) for n in range(count)]
    return hardware.Hardware(hardware.free_ram(), tuple(gpus))


def place(weights: Weights, wanted: Sequence[Plan]) -> tuple[Placed, list[str]]:
    """Load by the first plan that works; one line on each that did not. Raises EngineError."""
    notes: list[str] = []
    for number, plan in enumerate(wanted):
        try:
            return Placed(_load(weights, plan), plan, tuple(wanted[number + 1 :])), notes
        except Exception as error:
            if not memory_is_full(error):
                raise EngineError(f"cannot load {weights.folder}: {_short(error)}") from None
        notes.append(f"{fitting.label(plan.quantization)} on {plan.device} ran out of memory while loading")
        release()
    raise EngineError(f"{weights.folder} does not fit: " + "; ".join(notes))


def _load(weights: Weights, plan: Plan) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    model, info = AutoModelForCausalLM.from_pretrained(
        str(weights.folder),
        dtype=torch.bfloat16,
        device_map={"": plan.device},
        local_files_only=True,
        trust_remote_code=False,
        output_loading_info=True,
        **({} if quantized(weights) else _how(plan.quantization)),
    )
    if getattr(model, "_is_stateful", False):
        raise EngineError("a recurrent model cannot take back what it has read, which this engine relies on")
    if missing := sorted(info["missing_keys"]):
        raise EngineError(
            f"{len(missing)} weights are not in its files, e.g. {missing[0]}; download it again"
        )
    return model.eval()


def _how(quantization: str) -> dict[str, Any]:
    """Arguments; none at all for plain weights, as None would hide what the folder's config says."""
    import torch
    from transformers import BitsAndBytesConfig

    if quantization == "int8":
        return {"quantization_config": BitsAndBytesConfig(load_in_8bit=True)}
    if quantization == "nf4":
        nf4 = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=torch.bfloat16,
        )
        return {"quantization_config": nf4}
    return {}


def tokenizer(weights: Weights) -> Any:
    """Its tokenizer. Raises EngineError."""
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(
            str(weights.folder), local_files_only=True, trust_remote_code=False
        )
    except Exception as error:  # damaged files raise whatever their parser raises
        raise EngineError(f"cannot read the tokenizer of {weights.folder}: {_short(error)}") from None


def memory_is_full(error: BaseException) -> bool:
    """Did it fail for want of memory, whatever library says so?"""
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError | OSError) and any(s in str(error).lower() for s in _FULL)


def release() -> None:
    """Give memory back that nothing refers to any more."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _short(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:200]


def loaded_bytes(placed: Placed) -> int:
    """Bytes of the weights as they lie in memory."""
    return int(placed.model.get_memory_footprint())


def without(placed: Placed) -> Placed:
    """The same without the model, so that its memory can go."""
    return replace(placed, model=None)
