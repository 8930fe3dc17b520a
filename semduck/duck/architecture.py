"""What the config.json of a causal language model says of its size. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

Config = Mapping[str, Any]
_EXPERTS = ("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts", "num_experts_per_tok")


class UnknownSize(ValueError):
    """The size cannot be told from the config. One line, without the model's name."""


@dataclass(frozen=True, slots=True)
class Family:
    """How models of one type differ from Llama. biases: of how many numbers a block's linear layers have one.

    gated: three matrices in the feed-forward part, else two. tied: default of tie_word_embeddings.
    norms: vectors of hidden size per block and at the end. positions: learned ones, in a matrix.
    """

    gated: bool = True
    tied: bool = False
    biases: str = ""  # "" | "qkv" | "all"
    norms: tuple[int, int] = (2, 1)
    positions: bool = False
    head_norms: bool = False
    head_bias: bool = False


FAMILIES = {
    "llama": Family(),
    "mistral": Family(),
    "granite": Family(),
    "phi3": Family(),
    "qwen2": Family(biases="qkv"),
    "qwen3": Family(head_norms=True),
    "smollm3": Family(tied=True),
    "gemma": Family(tied=True),
    "gemma2": Family(tied=True, norms=(4, 1)),
    "starcoder2": Family(gated=False, tied=True, biases="all", norms=(4, 2)),
    "gpt2": Family(gated=False, tied=True, biases="all", norms=(4, 2), positions=True),
    "gpt_bigcode": Family(gated=False, tied=True, biases="all", norms=(4, 2), positions=True),
    "gpt_neox": Family(gated=False, biases="all", norms=(4, 2)),
    "phi": Family(gated=False, biases="all", norms=(2, 2), head_bias=True),
}


@dataclass(frozen=True, slots=True)
class Architecture:
    """Sizes in numbers, not bytes. inside: of `parameters`, those in the blocks' matrices, to be quantized.

    cache: keys and values of one token, all blocks. largest: the largest matrix of a block; table: that of
    the vocabulary. context: tokens the model was made for, 0 when it does not say.
    """

    kind: str
    parameters: int
    inside: int
    cache: int
    largest: int
    table: int
    context: int


def read(config: Config, parameters: int | None = None) -> Architecture:
    """Sizes of a decoder; `parameters`, when they were counted in the weights, are taken as they are.

    Without them raises UnknownSize for a mixture of experts and for a type that is not known here; with them
    an unknown type is taken for one like Llama, and no part of a mixture of experts can be quantized.
    """
    kind = str(config.get("model_type", ""))
    experts = any(_number(config, key) > 1 for key in _EXPERTS)
    if experts and not parameters:
        raise UnknownSize("the size of a mixture of experts is not told by its config")
    if kind not in FAMILIES and not parameters:
        known = ", ".join(sorted(FAMILIES))
        raise UnknownSize(f"no size is known for models of type {kind!r} (known: {known})")
    told = _dense(kind, FAMILIES.get(kind, Family()), config)
    if not parameters:
        return told
    inside = 0 if experts else max(0, told.inside + parameters - told.parameters)
    return replace(told, parameters=parameters, inside=inside)


def _dense(kind: str, family: Family, config: Config) -> Architecture:
    hidden = _needed(config, "hidden_size", "n_embd")
    layers = _needed(config, "num_hidden_layers", "n_layer")
    heads = _needed(config, "num_attention_heads", "n_head")
    vocabulary = _needed(config, "vocab_size")
    context = _number(config, "max_position_embeddings", "n_positions")
    size = _number(config, "head_dim") or hidden // heads
    groups = _groups(kind, config, heads)
    wide = _number(config, "intermediate_size", "n_inner") or 4 * hidden
    queries, pairs = heads * size, 2 * groups * size
    matrices = 2 * hidden * queries + hidden * pairs + (3 if family.gated else 2) * hidden * wide
    vectors = family.norms[0] * hidden + (2 * size if family.head_norms else 0)
    vectors += _biases(family, config, hidden, queries + pairs, wide)
    tied = bool(config.get("tie_word_embeddings", family.tied))
    outside = vocabulary * hidden * (1 if tied else 2) + family.norms[1] * hidden
    outside += context * hidden if family.positions else 0
    outside += vocabulary if family.head_bias else 0
    inside = layers * matrices
    return Architecture(
        kind,
        inside + layers * vectors + outside,
        inside,
        layers * pairs,
        hidden * max(wide, queries),
        vocabulary * hidden,
        context,
    )


def _groups(kind: str, config: Config, heads: int) -> int:
    """Heads that have keys and values of their own."""
    if kind == "gpt_bigcode":
        return 1 if config.get("multi_query", True) else heads
    return _number(config, "num_key_value_heads") or heads


def _biases(family: Family, config: Config, hidden: int, projected: int, wide: int) -> int:
    if family.biases == "qkv":
        return projected
    feed = wide + hidden
    if family.biases == "all":
        return projected + hidden + feed if config.get("use_bias", True) else 0
    attention = projected + hidden if config.get("attention_bias") else 0
    return attention + (feed + wide if config.get("mlp_bias") else 0)


def _number(config: Config, *names: str) -> int:
    for name in names:
        value = config.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return 0


def _needed(config: Config, *names: str) -> int:
    found = _number(config, *names)
    if not found:
        raise UnknownSize(f"its config says nothing usable of {names[0]}")
    return found
