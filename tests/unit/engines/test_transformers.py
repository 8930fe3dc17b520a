"""The transformers engine with small models made on the spot, loaded in this process."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tiny

from semduck.duck.engine import Ask, EngineError
from semduck.duck.engines import placing
from semduck.duck.engines.prefixes import CHUNK

Load = Callable[..., Any]
LONG = tiny.PROMPT * 2


def said(engine: Any, prompt: str, **more: Any) -> str:
    return "".join(engine.stream(Ask(prompt, **{"max_tokens": 60, **more})))


def test_it_says_what_it_is(taught_model: Path, random_model: Path, loaded: Load) -> None:
    about = loaded(taught_model).about
    assert (about.name, about.shape, about.context) == ("SemCoder-S", "semcoder", 1024)
    assert (about.quantization, about.device, about.notes) == ("bf16", "cpu", ())
    assert about.line == "SemCoder-S 1M, bf16, 1 MB on cpu"
    plain = loaded(random_model, quantize="none")
    assert (plain.about.name, plain.about.shape) == ("random", "plain")
    assert loaded(random_model, shape="chat").about.shape == "chat"
    assert plain.count_tokens("hello hello") == 2 * plain.count_tokens("hello") + 1


def test_what_was_learnt_by_heart_is_said(taught_model: Path, loaded: Load) -> None:
    engine = loaded(taught_model)
    pieces = list(engine.stream(Ask(tiny.PROMPT, stop=("[/ANSWER]",))))
    assert "".join(pieces) == tiny.ANSWER
    assert len(pieces) > 50  # it streams
    assert engine.usage.tokens >= len(pieces)
    assert engine.usage.prompt_tokens == engine.count_tokens(tiny.PROMPT) + 1  # <s>
    assert 0 < engine.usage.first < engine.usage.seconds
    whole = said(engine, tiny.PROMPT, max_tokens=500)
    assert whole == tiny.TEXT.removeprefix(tiny.PROMPT)  # ends by itself; characters of several bytes


def test_the_same_tokens_as_the_librarys_own_generate(taught_model: Path, loaded: Load) -> None:
    engine = loaded(taught_model)
    model, words = engine._placed.model, engine._tokenizer
    ids = words(tiny.PROMPT, return_tensors="pt")
    asked = {"input_ids": ids["input_ids"], "attention_mask": ids["attention_mask"]}
    out = model.generate(**asked, max_new_tokens=400, do_sample=False)[0, ids["input_ids"].shape[1] :]
    assert said(engine, tiny.PROMPT, max_tokens=400) == words.decode(out, skip_special_tokens=True)


@pytest.mark.parametrize("guess", [True, False])
def test_what_was_asked_before_changes_nothing(random_model: Path, loaded: Load, guess: bool) -> None:
    engine = loaded(random_model, guess=guess)
    tail = ["What then?", "And what is the result?", "x", ""]
    fresh = [said(loaded(random_model, guess=guess), LONG + t) for t in tail]
    for _ in range(2):
        for text, want in zip(tail, fresh, strict=True):
            assert said(engine, LONG + text) == want
    assert engine.usage.reused >= engine.usage.prompt_tokens // CHUNK * CHUNK - CHUNK > 0
    said(engine, "quite another question")
    assert engine.usage.reused == 0
    assert said(engine, LONG) == fresh[-1]
    assert engine.usage.reused > 0


def test_guessing_changes_nothing_and_saves_forward_passes(
    taught_model: Path, random_model: Path, loaded: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, ahead = loaded(taught_model, guess=False), loaded(taught_model)
    passes = []
    forward = type(ahead._decoder).forward
    monkeypatch.setattr(
        type(ahead._decoder), "forward", lambda self, *a, **k: passes.append(self) or forward(self, *a, **k)
    )
    for ask in (Ask(tiny.PROMPT, max_tokens=300), Ask(tiny.TEXT[200:700], max_tokens=200)):
        assert "".join(ahead.stream(ask)) == "".join(plain.stream(ask))
    assert passes.count(ahead._decoder) < passes.count(plain._decoder)
    random = loaded(random_model, guess=False), loaded(random_model)
    for start in range(0, 600, 60):
        one, two = (said(engine, tiny.TEXT[start : start + 300]) for engine in random)
        assert one == two


def test_together_is_as_alone(taught_model: Path, random_model: Path, loaded: Load) -> None:
    starts = [tiny.TEXT[a : a + 40 + a // 7] for a in range(0, 840, 40)]
    for folder in (taught_model, random_model):
        engine = loaded(folder)
        asks = [Ask(s, max_tokens=5 + n, stop=("]",)) for n, s in enumerate(starts)]
        asks += [Ask("drawn", temperature=1.0, max_tokens=4), Ask("none", max_tokens=0)]
        answers = dict(engine.batch(asks))
        assert sorted(answers) == list(range(len(asks)))
        total = engine.usage
        assert answers == {n: "".join(engine.stream(ask)) for n, ask in enumerate(asks)}
        assert total.prompt_tokens == sum(engine.count_tokens(a.prompt) + 1 for a in asks)


def test_a_seed_draws_the_same_again(random_model: Path, taught_model: Path, loaded: Load) -> None:
    engine, taught = loaded(random_model), loaded(taught_model)
    drawn = [said(engine, "once", temperature=1.0, seed=seed) for seed in (1, 2, 1)]
    assert drawn[0] == drawn[2] != drawn[1]
    assert said(taught, tiny.PROMPT, temperature=1e-3, seed=3) == said(taught, tiny.PROMPT)


def test_budget_and_stop(taught_model: Path, loaded: Load) -> None:
    engine = loaded(taught_model)
    assert said(engine, tiny.PROMPT, max_tokens=0) == ""
    assert tiny.ANSWER.startswith(said(engine, tiny.PROMPT, max_tokens=7))
    assert engine.usage.tokens == 7
    cut = said(engine, tiny.PROMPT, max_tokens=300, stop=("`result`", "never"))
    assert cut == tiny.ANSWER.partition("`result`")[0]


def test_a_prompt_that_is_too_long(random_model: Path, loaded: Load) -> None:
    engine = loaded(random_model)
    with pytest.raises(
        EngineError, match=r"the question is [\d,]+ tokens long; .* takes 1,024 with the answer"
    ):
        list(engine.stream(Ask("way too long " * 1000)))
    assert said(engine, "short")
    room = 1024 - engine.count_tokens("w " * 500) - 1
    said(engine, "w " * 500, max_tokens=5000)
    assert engine.usage.tokens <= room


def test_the_chat_template(random_model: Path, tmp_path: Path, loaded: Load) -> None:
    dressed = "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}</>{% endfor %}say:"
    folder = shutil.copytree(random_model, tmp_path / "chatty")
    tiny.tokenizer(template=dressed).save_pretrained(folder)
    engine, plain = loaded(folder), loaded(random_model)
    assert engine.about.shape == "chat"
    ids = engine._prompt(Ask("hi", chat=True))
    assert engine._decode(ids) == "<user>hi</>say:"
    assert plain._prompt(Ask("hi", chat=True)) == plain._prompt(Ask("hi"))  # it has none
    tiny.tokenizer(template="{{ raise_exception('no such\n role') }}").save_pretrained(folder)
    with pytest.raises(EngineError, match="the chat template of chatty cannot be used: no such role"):
        said(loaded(folder), "hi", chat=True)


def test_cancel_ends_reading_and_saying(random_model: Path, loaded: Load) -> None:
    engine = loaded(random_model)
    words = engine.stream(Ask(LONG, max_tokens=900, temperature=1.0))
    next(words)
    engine.cancel()
    assert list(words) == []
    whole = said(engine, LONG)
    engine._decoder.kept.clear()
    piece = engine._decoder.forward

    def slow(*args: Any, **more: Any) -> Any:
        time.sleep(0.02)
        return piece(*args, **more)

    engine._decoder.forward = slow
    threading.Timer(0.05, engine.cancel).start()
    assert said(engine, LONG) == ""
    engine._decoder.forward = piece
    assert said(engine, LONG) == whole
    assert engine.usage.reused > 0  # what was read before the cancel


def test_cancel_inside_a_forward_pass(
    random_model: Path, loaded: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("semduck.duck.engines.decoding._SLOW", 1)
    engine = loaded(random_model)
    whole = said(engine, LONG)
    engine._decoder.kept.clear()
    layer = engine._placed.model.model.layers[1].mlp
    seen: list[int] = []

    def cancel_in_the_third_piece(*_: Any) -> None:
        seen.append(1)
        if len(seen) == 3:
            engine.cancel()

    handle = layer.register_forward_pre_hook(cancel_in_the_third_piece)
    assert said(engine, LONG) == ""
    assert len(seen) == 3
    handle.remove()
    assert said(engine, LONG) == whole
    assert engine.usage.reused == 2 * CHUNK


# -- what does not fit or is damaged -------------------------------------------------------------------------


def test_memory_runs_out_while_loading(
    random_model: Path, loaded: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("bitsandbytes")
    load = placing._load

    def tight(weights: Any, plan: Any) -> Any:
        if plan.quantization != "nf4":
            raise RuntimeError(
                "[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory"
            )
        return load(weights, plan)

    monkeypatch.setattr(placing, "_load", tight)
    engine = loaded(random_model, quantize="auto")
    assert engine.about.quantization == "nf4"
    assert engine.about.notes == tuple(
        f"{q} on cpu ran out of memory while loading" for q in ("bf16", "int8")
    )
    assert said(engine, "hello")
    with pytest.raises(EngineError, match=r"does not fit: bf16 on cpu ran out of memory while loading$"):
        loaded(random_model)


def test_memory_runs_out_while_answering(
    random_model: Path, loaded: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("bitsandbytes")
    engine = loaded(random_model, quantize="auto", guess=False)
    want = said(engine, "hello")
    engine._decoder.kept.clear()
    forward, passes = type(engine._decoder).forward, []

    def failing(self: Any, *args: Any, **more: Any) -> Any:
        passes.append(1)
        if len(passes) == 5:
            import torch

            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return forward(self, *args, **more)

    monkeypatch.setattr(type(engine._decoder), "forward", failing)
    words = said(engine, "hello")
    assert engine.about.quantization == "int8"
    assert engine.about.notes == ("bf16 on cpu ran out of memory while answering",)
    assert words[: len(want) // 10] == want[: len(want) // 10]
    assert engine.usage.tokens == 60  # it went on where it was


def test_earlier_questions_are_forgotten_before_a_smaller_plan_is_taken(
    random_model: Path, loaded: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = loaded(random_model, guess=False)
    want = said(engine, "hello")
    said(engine, LONG)
    assert len(engine._decoder.kept) == 1
    forward, passes = engine._decoder.forward, []

    def failing(*args: Any, **more: Any) -> Any:
        passes.append(1)
        if len(passes) == 5 or len(passes) > 100:
            raise MemoryError
        return forward(*args, **more)

    engine._decoder.forward = failing
    assert said(engine, "hello") == want
    assert (engine.about.notes, len(engine._decoder.kept)) == ((), 0)
    with pytest.raises(
        EngineError, match=r"bf16 on cpu ran out of memory while answering, and nothing smaller"
    ):
        said(engine, "hello", max_tokens=200)


def test_what_does_not_fit_is_said_in_numbers(
    random_model: Path, loaded: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("semduck.duck.hardware.free_ram", lambda: 100_000_000)
    with pytest.raises(EngineError, match=r"does not fit: bf16 on cpu needs \d+ MB of 100 MB free"):
        loaded(random_model)
    with pytest.raises(EngineError, match="no device 'cuda:7' here"):
        loaded(random_model, device="cuda:7")


def test_missing_and_strange_weights(random_model: Path, tmp_path: Path, loaded: Load) -> None:
    folder = shutil.copytree(random_model, tmp_path / "odd")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 3}))
    with pytest.raises(EngineError, match=r"weights are not in its files, e.g. model.layers.2"):
        loaded(folder)
    (folder / "config.json").write_text(json.dumps({**config, "hidden_size": 32}))
    with pytest.raises(EngineError, match=r"cannot load .*odd") as caught:
        loaded(folder)
    assert "\n" not in str(caught.value)
    (folder / "config.json").write_text(
        json.dumps({**config, "quantization_config": {"quant_method": "awq"}})
    )
    with pytest.raises(EngineError, match="is quantized with awq, which is not supported"):
        loaded(folder)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "tokenizer.json").write_text('{"version": ')
    with pytest.raises(EngineError, match="cannot read the tokenizer"):
        loaded(folder)


@pytest.mark.parametrize("quantize", ["int8", "nf4"])
def test_quantized(taught_model: Path, tmp_path: Path, loaded: Load, quantize: str) -> None:
    pytest.importorskip("bitsandbytes")
    engine = loaded(taught_model, quantize=quantize)
    assert engine.about.quantization == quantize
    engine._placed.model.save_pretrained(tmp_path / "small")
    engine._tokenizer.save_pretrained(tmp_path / "small")
    assert said(engine, tiny.PROMPT, stop=("[/ANSWER]",), max_tokens=400)[:40] == tiny.ANSWER[:40]
    again = loaded(tmp_path / "small", quantize="auto")
    assert again.about.quantization == quantize
    assert said(again, tiny.PROMPT) == said(engine, tiny.PROMPT)
    with pytest.raises(EngineError, match=f"is already quantized to {quantize}"):
        loaded(tmp_path / "small", quantize="bf16")
