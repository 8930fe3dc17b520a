"""Several short questions in one forward pass, for forecasts of many steps.

Each answer is the one the question would get alone: where a row's likeliest token does not lead by more than
the noise between computing one row and many, the row is left out here, to be asked alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from semduck.duck.engine import Ask
from semduck.duck.engines.decoding import Decoder, clear
from semduck.duck.engines.prefixes import new_cache
from semduck.duck.engines.words import Gate, Speech

SHORT = 512  # tokens of a prompt that is worth answering together with others
TOKENS = 4096  # of all prompts of one pass together, padded
ROWS = 16


class Voice:
    """The text of one row. said: tokens of it."""

    def __init__(self, budget: int, speech: Speech, gate: Gate) -> None:
        self._budget, self._speech, self._gate = budget, speech, gate
        self._text, self.said = "", 0

    def take(self, token: int) -> bool:
        """Add a token; is another one wanted?"""
        self._text += self._gate.take(self._speech.take(token))
        self.said += 1
        return self.said < self._budget and not self._gate.ended

    def whole(self) -> str:
        """All of it."""
        self._text += self._gate.rest()
        return self._text


def groups(asks: Sequence[Ask], prompts: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Places of questions that are answered together: short, greedy, of similar length; two or more."""
    short = [
        n
        for n, ask in enumerate(asks)
        if len(prompts[n]) <= SHORT and ask.temperature <= 0 and ask.max_tokens > 0
    ]
    group: list[int] = []
    for place in sorted(short, key=lambda n: -len(prompts[n])):
        if group and (len(group) == ROWS or len(prompts[group[0]]) * (len(group) + 1) > TOKENS):
            yield group
            group = []
        group.append(place)
    if len(group) > 1:
        yield group


def together(
    decoder: Decoder, voices: Mapping[int, Voice], prompts: Sequence[Sequence[int]]
) -> Iterator[tuple[int, str]]:
    """(place, answer) of each row the model is sure of, as it is done. Raises decoding.Stopped."""
    rows = _Rows(decoder, [(n, prompts[n]) for n in voices])
    while rows.places:
        tokens, going = rows.next(), []
        for place, token in zip(rows.places, tokens, strict=True):
            ended = token in decoder.ends
            goes = token is not None and not ended and voices[place].take(token)
            if not goes and token is not None:
                yield place, voices[place].whole()
            going.append(goes)
        rows.go_on(tokens, going)


class _Rows:
    """Prompts side by side, filled up on the left; places: which are still being answered."""

    def __init__(self, decoder: Decoder, prompts: Sequence[tuple[int, Sequence[int]]]) -> None:
        import torch

        self._decoder, self._cache = decoder, new_cache()
        self.places = [place for place, _ in prompts]
        most = max(len(p) for _, p in prompts)
        self._ids: list[list[int]] = [[0] * (most - len(p)) + list(p) for _, p in prompts]
        mask = torch.tensor([[0] * (most - len(p)) + [1] * len(p) for _, p in prompts])
        self._mask: Any = mask.to(decoder.model.device)

    def next(self) -> list[int | None]:
        """The likeliest token of each row, None where that is not sure."""
        positions = (self._mask.cumsum(-1) - 1).clamp(min=0)[:, -len(self._ids[0]) :]
        logits = self._decoder.forward(
            self._ids, self._cache, attention_mask=self._mask, position_ids=positions
        )
        top = logits[:, -1].topk(2)
        best, sure = top.indices[:, 0].tolist(), clear(top.values).tolist()
        return [token if s else None for token, s in zip(best, sure, strict=True)]

    def go_on(self, tokens: Sequence[int | None], going: Sequence[bool]) -> None:
        """Drop the rows that are done; the others read their token next."""
        import torch

        rows = [n for n, goes in enumerate(going) if goes]
        self.places = [self.places[n] for n in rows]
        self._ids = [[token] for n in rows if (token := tokens[n]) is not None]
        if len(rows) < len(going) and rows:
            index = torch.tensor(rows, device=self._mask.device)
            self._cache.batch_select_indices(index)
            self._mask = self._mask[index]
        if rows:
            self._mask = torch.cat([self._mask, self._mask.new_ones(len(rows), 1)], -1)
