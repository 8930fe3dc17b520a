"""Prompt lookup: what followed the last words when they came before is a guess at what comes now.

A monologue quotes the program it is about, so whole runs of tokens are copied, and a model checks several
guessed tokens in hardly more time than it takes to say one. Standard library only.
"""

from __future__ import annotations

from collections.abc import Sequence

_GRAMS = (4, 3, 2)  # tokens that must agree, the longest first
_NARROW, _WIDE = 4, 16  # tokens guessed at once
_LOSS = 3.0  # steps without guesses whose time may be lost before guessing rests
_GAIN = 4.0  # the most that is kept of what was won, to notice when it stops paying
_REST, _LONGEST_REST = 64, 1024  # tokens without guesses after they did not pay


class Lookup:
    """Knows where each run of tokens was seen last."""

    def __init__(self, tokens: Sequence[int]) -> None:
        self._tokens: list[int] = []
        self._places: dict[tuple[int, ...], int] = {}
        for token in tokens:
            self.add(token)

    def add(self, token: int) -> None:
        """The next token of prompt or answer."""
        at = len(self._tokens)
        for n in _GRAMS:  # what leads up to this token; its own place is found only from now on
            if at >= n:
                self._places[tuple(self._tokens[at - n : at])] = at
        self._tokens.append(token)

    def guess(self, most: int) -> list[int]:
        """Up to `most` tokens that may come next; none when the last ones are new."""
        for n in _GRAMS:
            at = self._places.get(tuple(self._tokens[-n:]))
            if at is not None and len(self._tokens) >= n:
                return self._tokens[at : at + most]
        return []


class Pay:
    """Whether guessing is worth its time: it rests when it is not, the longer the more often that happens."""

    def __init__(self) -> None:
        self.width = 2 * _NARROW
        self._plain = 0.0  # seconds of a step without guesses, smoothed
        self._won = 0.0  # steps' time that guessing has won, negative: lost
        self._rest = 0
        self._next_rest = _REST

    def allowed(self) -> int:
        """How many tokens to guess now, 0 for none."""
        if not self._plain:
            return 0
        if self._rest:
            self._rest -= 1
            return 0
        return self.width

    def plain(self, seconds: float) -> None:
        """A step without guesses took so long."""
        self._plain = 0.7 * self._plain + 0.3 * seconds if self._plain else seconds

    def guessed(self, seconds: float, tokens: int, guesses: int) -> None:
        """A step with so many guesses gave so many tokens, none when the model was not sure."""
        if tokens > guesses:
            self.width = min(_WIDE, 2 * self.width)
        elif tokens <= guesses // 2:
            self.width = max(_NARROW, self.width // 2)
        self._won = min(_GAIN, self._won + tokens - seconds / self._plain)
        if self._won > 0:
            self._next_rest = _REST
        if self._won < -_LOSS:
            self._won, self._rest = 0.0, self._next_rest
            self._next_rest = min(_LONGEST_REST, 4 * self._next_rest)
