"""The decoding loop on models of several families, in float32, against the library's own generate."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from semduck.duck.engines.lookup import Lookup, Pay

pytest.importorskip("torch")
pytest.importorskip("transformers")

PROMPT = list(range(3, 180))
OTHER = [*PROMPT[:150], *range(300, 340)]
SIZES = {
    "vocab_size": 500,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
    "initializer_range": 0.2,
    "eos_token_id": 1,
    "pad_token_id": 0,
}
FAMILIES: dict[str, dict[str, Any]] = {
    "llama": SIZES,
    "qwen2": SIZES,
    "mistral": {**SIZES, "sliding_window": 24},
    "gemma2": {**SIZES, "sliding_window": 24, "head_dim": 16},
    "gpt_neox": {k: v for k, v in SIZES.items() if k != "num_key_value_heads"},
    "gpt2": {"vocab_size": 500, "n_embd": 64, "n_layer": 3, "n_head": 4, "initializer_range": 0.2},
}


def model(kind: str) -> Any:
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    torch.manual_seed(0)
    config = transformers.AutoConfig.for_model(kind, **FAMILIES[kind])
    return transformers.AutoModelForCausalLM.from_config(config).eval()


def decoder(made: Any, guess: bool = True) -> Any:
    from semduck.duck.engines.decoding import Decoder

    return Decoder(made, [1], 10_000, Event(), guess)


@pytest.mark.parametrize("kind", sorted(FAMILIES))
def test_the_tokens_are_those_of_generate(kind: str) -> None:
    import torch

    made = model(kind)
    ids = torch.tensor([OTHER])
    out = made.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=60,
        do_sample=False,
        eos_token_id=1,
        pad_token_id=0,
    )
    want = [t for t in out[0, len(OTHER) :].tolist() if t != 1]
    ours = decoder(made)
    assert list(ours.answer(PROMPT, 20)) == list(decoder(made, guess=False).answer(PROMPT, 20))
    assert list(ours.answer(OTHER, 60)) == want
    assert ours.reused == 128


def test_another_question_does_not_spoil_a_long_one() -> None:
    ours = decoder(model("llama"))
    long = [n % 400 + 3 for n in range(400)]
    want = list(ours.answer(long, 10))
    short = [*long[:70], 7, 7, 7]
    alone = list(decoder(ours.model).answer(short, 10))
    assert (list(ours.answer(short, 10)), ours.reused) == (alone, 64)
    assert (list(ours.answer(long, 10)), ours.reused) == (want, 384)
    assert len(ours.kept) == 2


def test_room_is_kept_for_the_question_that_is_asked() -> None:
    import torch

    from semduck.duck.engines.prefixes import Prefixes, new_cache

    kept = Prefixes(300)
    for start in (0, 1000, 2000):
        prompt = list(range(start, start + 100))
        cache, read = kept.take(prompt, 28)
        assert read == 0
        cache.update(torch.zeros(1, 1, 100, 2), torch.zeros(1, 1, 100, 2), 0)
        kept.keep(prompt, cache, 64)
        assert cache.get_seq_length() == 64
    assert len(kept) == 3
    kept.take(list(range(5000, 5200)), 30)
    assert len(kept) == 1
    assert kept.take(list(range(2000, 2100)), 10)[1] == 64
    assert new_cache().get_seq_length() == 0


# -- guesses, without any model ------------------------------------------------------------------------------


def test_a_guess_is_what_followed_the_last_time() -> None:
    lookup = Lookup([5, 6, 7, 8, 9, 5, 6, 1, 2, 5, 6])
    assert lookup.guess(3) == [1, 2, 5]
    lookup.add(7)
    assert lookup.guess(2) == [8, 9]  # three tokens agree
    lookup.add(99)
    assert lookup.guess(4) == []
    assert Lookup([]).guess(4) == Lookup([1]).guess(4) == []


def test_guessing_rests_when_it_does_not_pay_and_comes_back() -> None:
    pay = Pay()
    assert pay.allowed() == 0  # nothing is known yet
    pay.plain(1.0)
    for _ in range(2):
        assert pay.allowed() > 0
        pay.guessed(2.0, 0, 4)
    assert [pay.allowed() for _ in range(64)] == [0] * 64
    assert pay.allowed() > 0
    for _ in range(2):
        pay.guessed(2.0, 0, 4)
    assert [pay.allowed() for _ in range(256)] == [0] * 256
    for _ in range(5):
        pay.guessed(1.5, pay.allowed() + 1, pay.allowed())
    assert pay.allowed() == 16
    pay.guessed(1.5, 2, 16)
    assert pay.allowed() == 8
