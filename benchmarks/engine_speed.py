"""How fast the transformers engine is, against the library's own `generate` in the same run.

python3 benchmarks/engine_speed.py [--sizes 5 30] [--threads 1] [--repeat 3] [--busy]. Makes random models of
Llama's shape with so many million parameters and a tokenizer, and teaches a small one a monologue by heart.
Prints ratios: words a second and time to the first word against generate; the first word of a second question
about the same 1,000-token source against the first question's; guessing from the prompt against not guessing,
with a model that quotes and with one that does not; questions together against one by one; and how long a
cancel takes. Answers are compared as well. Exits 1 where they differ or a budget is missed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests/unit/engines"))

REUSE_BUDGET = 5.0  # times faster to the first word
CANCEL_BUDGET = 0.1  # seconds
SIZES = {
    5: {"hidden_size": 256, "intermediate_size": 688, "num_hidden_layers": 6, "num_attention_heads": 4},
    30: {"hidden_size": 512, "intermediate_size": 1376, "num_hidden_layers": 9, "num_attention_heads": 8},
    125: {"hidden_size": 768, "intermediate_size": 2048, "num_hidden_layers": 17, "num_attention_heads": 12},
}
failures: list[str] = []
now: Callable[[], float] = time.perf_counter


def check(good: bool, what: str) -> None:
    """Remember what does not hold."""
    if not good:
        failures.append(what)


def engine(folder: Path, **options: Any) -> Any:
    """The engine, loaded here."""
    from semduck.duck.engines.transformers import Transformers

    made = Transformers(str(folder), "bf16", "cpu", **options)
    made.load()
    return made


def made(folder: Path, million: int, taught: bool = False) -> Path:
    """A model of this size."""
    import tiny

    words = tiny.tokenizer(size=2048)
    sizes = {**SIZES[million], "num_key_value_heads": SIZES[million]["num_attention_heads"]}
    model = tiny.model(
        words, initializer_range=0.02 if taught else 0.1, max_position_embeddings=4096, **sizes
    )
    if taught:
        import torch

        threads = torch.get_num_threads()
        loss = tiny.teach(model, words, [tiny.TEXT], 150)
        torch.set_num_threads(threads)
        print(f"taught {model.num_parameters() / 1e6:.1f}M parameters a monologue by heart, loss {loss:.3f}")
    return tiny.save(folder, model, words)


def median(measure: Callable[[], float], repeat: int) -> float:
    """Of `repeat` runs."""
    return statistics.median(measure() for _ in range(repeat))


def source(duck: Any, tokens: int) -> str:
    """About so many tokens of program."""
    import tiny

    text = ""
    while duck.count_tokens(text) < tokens:
        text += tiny.PROMPT
    return text


def timed(duck: Any, prompt: str, tokens: int, **more: Any) -> tuple[float, float, str]:
    """Seconds to the first word, tokens a second after it, the answer."""
    from semduck.duck.engine import Ask

    start = now()
    words = duck.stream(Ask(prompt, max_tokens=tokens, **more))
    first = next(words, "")
    came = now()
    text = first + "".join(words)
    return came - start, duck.usage.tokens / max(1e-9, now() - came), text


def generated(duck: Any, prompt: str, tokens: int, **more: Any) -> tuple[float, str]:
    """Seconds and answer of the library's own loop."""
    model, words = duck._placed.model, duck._tokenizer
    ids = words(prompt, return_tensors="pt")
    start = now()
    asked = {"input_ids": ids["input_ids"], "attention_mask": ids["attention_mask"]}
    out = model.generate(**asked, max_new_tokens=tokens, do_sample=False, **more)
    seconds = now() - start
    return seconds, words.decode(out[0, ids["input_ids"].shape[1] :], skip_special_tokens=True)


def against_generate(duck: Any, million: int, repeat: int) -> None:
    """Time to the first word and words a second, nothing kept from before."""
    prompt, tokens = source(duck, 1000), 64
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    for _ in range(repeat):
        duck._decoder.kept.clear()
        first, rate, _ = timed(duck, prompt, tokens)
        ours.append((first, rate))
        one, (many, _) = generated(duck, prompt, 1)[0], generated(duck, prompt, tokens)
        theirs.append((one, (tokens - 1) / max(1e-9, many - one)))
    first, rate = (statistics.median(column) for column in zip(*ours, strict=True))
    one, plain = (statistics.median(column) for column in zip(*theirs, strict=True))
    print(
        f"{million}M, prompt of 1,000 tokens: first word {first * 1e3:.0f} ms, "
        f"{first / one:.2f} x generate's; {rate:.0f} tokens/s, {rate / plain:.2f} x generate's"
    )


def reuse(duck: Any, million: int, repeat: int) -> None:
    """The first word of another question about the same source."""
    text = source(duck, 1000)
    fresh, again = [], []
    for n in range(repeat):
        duck._decoder.kept.clear()
        fresh.append(timed(duck, f"{text}\nWhat is the value of x{n}?", 1)[0])
        seconds, _, said = timed(duck, f"{text}\nWhich branch was taken, and why, in step {n}?", 8)
        again.append(seconds)
        share = duck.usage.reused / duck.usage.prompt_tokens
        duck._decoder.kept.clear()
        check(said == timed(duck, f"{text}\nWhich branch was taken, and why, in step {n}?", 8)[2], "reuse")
    gain = statistics.median(fresh) / statistics.median(again)
    print(
        f"{million}M, second question about the same source: "
        f"first word {gain:.1f} x faster, {share:.0%} reused"
    )
    check(gain >= REUSE_BUDGET, f"{million}M reuse {gain:.1f} x < {REUSE_BUDGET} x")


def lookup(folder: Path, random: Path, repeat: int) -> None:
    """Guessing from the prompt, on a model that quotes and on one that does not."""
    import tiny

    for name, where, budget in (("quotes its prompt", folder, 300), ("says random words", random, 200)):
        plain, ahead = engine(where, guess=False), engine(where)
        slow, fast, own = [], [], []
        for _ in range(repeat):
            start = now()
            said = timed(plain, tiny.PROMPT, budget)[2]
            middle = now()
            guessed = timed(ahead, tiny.PROMPT, budget)[2]
            slow.append(middle - start)
            fast.append(now() - middle)
            seconds, theirs = generated(plain, tiny.PROMPT, budget, prompt_lookup_num_tokens=8)
            own.append(seconds)
            check(said == guessed, f"guessing changed what a model says that {name}")
            if where == folder:
                check(said == theirs, "not what generate says")
        ratio, other = (statistics.median(slow) / statistics.median(x) for x in (fast, own))
        print(
            f"guessing, a model that {name}: {ratio:.2f} x as fast as without "
            f"(generate's own prompt lookup: {other:.2f} x)"
        )


def together(folder: Path, repeat: int) -> None:
    """Short questions at once."""
    import tiny

    from semduck.duck.engine import Ask

    duck = engine(folder)
    asks = [Ask(tiny.TEXT[: 150 + 35 * n], max_tokens=16) for n in range(16)]
    rates = []
    for _ in range(repeat):
        duck._decoder.kept.clear()
        start = now()
        answers = dict(duck.batch(asks))
        middle = now()
        alone = {}
        for n, ask in enumerate(asks):
            duck._decoder.kept.clear()
            alone[n] = "".join(duck.stream(ask))
        rates.append((now() - middle) / (middle - start))
        check(answers == alone, "an answer in a batch differs from the one alone")
    print(f"16 short questions together: {statistics.median(rates):.2f} x as fast as one by one")


def cancelling(duck: Any, million: int, repeat: int) -> None:
    """From cancel() to the end of the stream, while the prompt is read and while words come."""
    from semduck.duck.engine import Ask

    delays = []
    for n in range(2 * repeat):
        duck._decoder.kept.clear()
        asked: list[float] = []

        def cancel(asked: list[float] = asked) -> None:
            asked.append(time.perf_counter())
            duck.cancel()

        words = duck.stream(Ask(source(duck, 3000), max_tokens=900, temperature=1.0))
        if n % 2:
            next(words)
        timer = threading.Timer(0.05, cancel)
        timer.start()
        for _ in words:
            pass
        ended = time.perf_counter()
        timer.join()
        delays.append(ended - asked[0])
    print(f"{million}M, cancel: {statistics.median(delays) * 1e3:.0f} ms, at most {max(delays) * 1e3:.0f} ms")
    check(max(delays) <= CANCEL_BUDGET, f"{million}M cancel {max(delays):.3f} s")


def main() -> int:
    """Measure all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5, 30], choices=sorted(SIZES))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--busy", action="store_true", help="count processor time: the machine has other work"
    )
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    global now
    now = time.process_time if options.busy else time.perf_counter
    import torch

    torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as place:
        folders = {million: made(Path(place) / f"{million}M", million) for million in options.sizes}
        for million, folder in folders.items():
            duck = engine(folder, guess=False)
            against_generate(duck, million, options.repeat)
            reuse(duck, million, options.repeat)
            cancelling(duck, million, options.repeat)
        taught = made(Path(place) / "taught", 5, taught=True)
        lookup(taught, folders[options.sizes[0]], options.repeat)
        together(taught, options.repeat)
    for failure in failures:
        print(f"FAILED: {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
