"""In which precision a model fits where: from its config.json and the free memory, without loading anything.

The amounts beside the weights were measured, see benchmarks/engine_memory.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from semduck.duck import architecture
from semduck.duck.architecture import Architecture, Config
from semduck.duck.hardware import Hardware

QUANTIZATIONS = ("bf16", "int8", "nf4")  # best answers first
TOKENS = 2048  # of prompt and answer together: less than that is of no use
_BYTES = {"bf16": 2.0, "int8": 1.0, "nf4": 0.5 + 1 / 64 + 4 / (64 * 256)}  # of one number, with its scale
_RUNTIME = {"cpu": 310_000_000, "cuda": 50_000_000}  # libraries; on a GPU their work space only
_CONVERTING = {  # bytes of a number of the largest matrix, while it is quantized
    "cpu": {"bf16": 0.0, "int8": 8.5, "nf4": 16.5},
    "cuda": {"bf16": 0.0, "int8": 4.0, "nf4": 4.0},
}
_COMPUTING = {  # the same, while its quantized form is used
    "cpu": {"bf16": 0.0, "int8": 8.0, "nf4": 4.0},
    "cuda": {"bf16": 0.0, "int8": 4.0, "nf4": 4.0},
}
_RESERVE = 0.05  # of the free memory, left to others


@dataclass(frozen=True, slots=True)
class Plan:
    """One way to load a model. weights: bytes once loaded. peak: bytes at most, until the last word.

    room: tokens that fit beside the weights; context: of one prompt and its answer, which the model's own
    limit bounds. free: bytes there are on the device.
    """

    device: str
    quantization: str
    weights: int
    peak: int
    room: int
    context: int
    free: int

    @property
    def fits(self) -> bool:
        """Is there enough memory for it, with a little left?"""
        return self.peak <= self.free * (1 - _RESERVE)

    @property
    def line(self) -> str:
        """For the user: what it needs and what there is."""
        return (
            f"{label(self.quantization)} on {self.device} needs {size(self.peak)} of {size(self.free)} free"
        )


def plans(
    config: Config,
    hardware: Hardware,
    *,
    quantize: str = "auto",
    device: str = "auto",
    tokens: int = TOKENS,
    parameters: int | None = None,
    available: Sequence[str] = QUANTIZATIONS,
) -> list[Plan]:
    """The plans that fit, best first: a GPU before the processor, there the finest precision.

    tokens: of prompt and answer that must fit. parameters: of the weights, when they were counted. available:
    quantizations whose libraries are there. Raises architecture.UnknownSize, ValueError for unknown words.
    """
    found = consider(
        config,
        hardware,
        quantize=quantize,
        device=device,
        tokens=tokens,
        parameters=parameters,
        available=available,
    )
    return [plan for plan in found if plan.fits]


def consider(
    config: Config,
    hardware: Hardware,
    *,
    quantize: str = "auto",
    device: str = "auto",
    tokens: int = TOKENS,
    parameters: int | None = None,
    available: Sequence[str] = QUANTIZATIONS,
) -> list[Plan]:
    """Every plan that comes into question, also those that do not fit; otherwise as `plans`."""
    sizes = architecture.read(config, parameters)
    wanted = [q for q in precisions(quantize) if q in available and (sizes.inside or q == "bf16")]
    return [
        _plan(sizes, where, free, q, tokens) for where, free in _devices(hardware, device) for q in wanted
    ]


def precisions(quantize: str) -> Sequence[str]:
    """What the option may mean, best first. Raises ValueError."""
    if quantize == "auto":
        return QUANTIZATIONS
    chosen = "bf16" if quantize == "none" else quantize
    if chosen not in QUANTIZATIONS:
        raise ValueError(f"quantize is {quantize!r}, it can be auto, none, {', '.join(QUANTIZATIONS)}")
    return (chosen,)


def _devices(hardware: Hardware, device: str) -> list[tuple[str, int]]:
    gpus = sorted(((g.name, g.free) for g in hardware.gpus), key=lambda g: -g[1])
    if device == "auto":
        return [*gpus, ("cpu", hardware.ram)]
    if device == "cpu":
        return [("cpu", hardware.ram)]
    name = "cuda:0" if device == "cuda" else device
    found = [(n, free) for n, free in gpus if n == name]
    if not found:
        there = ", ".join(["auto", "cpu", *(n for n, _ in gpus)])
        raise ValueError(f"there is no device {device!r} here, there is {there}")
    return found


def _plan(sizes: Architecture, device: str, free: int, quantization: str, tokens: int) -> Plan:
    kind, token = device.partition(":")[0], 2 * sizes.cache
    weights = weight_bytes(sizes, quantization)
    loaded = _RUNTIME[kind] + weights
    loading = int(_CONVERTING[kind][quantization] * sizes.largest)
    computing = int(_COMPUTING[kind][quantization] * sizes.largest)
    needed = min(tokens, sizes.context or tokens)
    peak = loaded + max(loading, computing + needed * token)
    room = max(needed, int((free * (1 - _RESERVE) - loaded - computing) / token))
    return Plan(device, quantization, weights, peak, room, min(room, sizes.context or room), free)


def weight_bytes(sizes: Architecture, quantization: str) -> int:
    """Bytes of the weights once loaded; what is outside of the blocks stays bf16."""
    return int(sizes.inside * _BYTES[quantization] + (sizes.parameters - sizes.inside) * 2)


def label(quantization: str) -> str:
    """As it is written for people."""
    return {"nf4": "NF4"}.get(quantization, quantization)


def size(amount: float) -> str:
    """4.1 GB, 62 MB; powers of ten."""
    return f"{amount / 1e9:.1f} GB" if amount >= 0.95e9 else f"{max(1, round(amount / 1e6))} MB"


def count(parameters: float) -> str:
    """6.7B, 30M."""
    return f"{parameters / 1e9:.1f}B" if parameters >= 0.95e9 else f"{max(1, round(parameters / 1e6))}M"
