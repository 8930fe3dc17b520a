"""One answer, token by token: read the prompt in pieces, say what is likeliest, guess ahead where it pays.

The answer does not depend on what was asked before (prefixes.py) nor on the guesses: a guess counts only
where the model prefers its token by more than the noise between reading one token and reading several.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from threading import Event
from typing import Any

from semduck.duck.engines.lookup import Lookup, Pay
from semduck.duck.engines.prefixes import CHUNK, Prefixes, cut

NOISE = 2.0**-5  # of the largest logit; in bf16 up to half of it was measured, on random weights
_SLOW = 100_000_000  # parameters from which a cancel is looked for before each matrix, not only each block


class Stopped(Exception):
    """The answer was cancelled."""


class Decoder:
    """A loaded model. ends: tokens that end an answer. room: tokens that fit in memory."""

    def __init__(
        self, model: Any, ends: Collection[int], room: int, stopped: Event, guess: bool = True
    ) -> None:
        self.model, self.ends, self.stopped, self.guess = model, frozenset(ends), stopped, guess
        self.kept = Prefixes(room)
        self.reused = 0
        every = model.num_parameters() >= _SLOW
        for name, part in model.named_modules():
            if (every and not any(part.children())) or name.rpartition(".")[2].isdecimal():
                part.register_forward_pre_hook(self._check)

    def _check(self, *_: Any) -> None:
        if self.stopped.is_set():
            raise Stopped

    def answer(
        self, prompt: Sequence[int], budget: int, temperature: float = 0.0, seed: int = 0
    ) -> Iterator[int]:
        """At most `budget` tokens, without the one that ends the answer. Raises Stopped."""
        cache, self.reused = self.kept.take(prompt, budget)
        whole = self.reused
        try:
            for begin in range(self.reused, len(prompt), CHUNK):
                piece = prompt[begin : begin + CHUNK]
                row = self.forward([piece], cache)[0]
                whole += CHUNK if len(piece) == CHUNK else 0
            choose = _Greedy() if temperature <= 0 else _Sampled(temperature, seed)
            yield from self._say(prompt, row, cache, budget, choose)
        except (Stopped, GeneratorExit):
            raise
        except Exception:
            whole = 0  # out of memory, perhaps: keep nothing
            raise
        finally:
            self.kept.keep(prompt, cache, whole)

    def forward(self, rows: Sequence[Sequence[int]], cache: Any, keep: int = 1, **more: Any) -> Any:
        """Logits after the last `keep` tokens of each row, float32 of shape (rows, keep, vocabulary)."""
        import torch

        self._check()
        with torch.inference_mode():
            ids = torch.tensor(rows, device=self.model.device)
            read = self.model(
                input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=keep, **more
            )
            return read.logits[:, -keep:].float()

    def _say(
        self, prompt: Sequence[int], row: Any, cache: Any, budget: int, choose: _Greedy | _Sampled
    ) -> Iterator[int]:
        ahead = _Ahead(self, prompt, cache) if self.guess and isinstance(choose, _Greedy) else None
        waiting = [choose(row[-1])]
        for said in range(budget):
            token = waiting.pop(0)
            if token in self.ends:
                return
            yield token
            self._check()
            if ahead:
                ahead.lookup.add(token)
            if not waiting and said + 1 < budget:
                waiting = ahead.step(token) if ahead else [choose(self.forward([[token]], cache)[0, -1])]


class _Greedy:
    def __call__(self, logits: Any) -> int:
        return int(logits.argmax())


class _Sampled:
    """Drawn on the processor, so that a seed means the same on every device."""

    def __init__(self, temperature: float, seed: int) -> None:
        import torch

        self._temperature = temperature
        self._source = torch.Generator().manual_seed(seed)

    def __call__(self, logits: Any) -> int:
        import torch

        likely = torch.softmax(logits.cpu() / self._temperature, -1)
        return int(torch.multinomial(likely, 1, generator=self._source))


class _Ahead:
    """Several tokens in one forward pass, where they can be guessed."""

    def __init__(self, decoder: Decoder, prompt: Sequence[int], cache: Any) -> None:
        self._decoder, self._cache = decoder, cache
        self.lookup, self._pay = Lookup(prompt), Pay()
        self._unsure = False  # the next token must be decided by itself

    def step(self, token: int) -> list[int]:
        """The tokens after `token`: at least one."""
        most = 0 if self._unsure else self._pay.allowed()
        guessed = self.lookup.guess(most) if most else []
        start = time.perf_counter()
        if guessed:
            found = self._verified(token, guessed)
            self._pay.guessed(time.perf_counter() - start, len(found), len(guessed))
            if found:
                return found
            start = time.perf_counter()
        found = [int(self._decoder.forward([[token]], self._cache)[0, -1].argmax())]
        self._pay.plain(time.perf_counter() - start)
        self._unsure = False
        return found

    def _verified(self, token: int, guessed: list[int]) -> list[int]:
        """Guesses that are right and the token after them, as far as the model is sure of each."""
        read = self._cache.get_seq_length()
        top = self._decoder.forward([[token, *guessed]], self._cache, 1 + len(guessed))[0].topk(2)
        tokens, sure = top.indices[:, 0].tolist(), clear(top.values).tolist()
        found: list[int] = []
        self._unsure = True
        for place, best in enumerate(tokens):
            if not sure[place]:
                break
            found.append(best)
            if place == len(guessed) or best != guessed[place]:
                self._unsure = False
                break
        cut(self._cache, read + len(found))
        return found


def clear(two: Any) -> Any:
    """For each row of its two largest logits: is the difference more than noise?"""
    return (two[..., 0] - two[..., 1]) > NOISE * two.abs().amax(-1)
