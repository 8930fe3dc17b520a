"""From tokens to the text that is shown: whole characters, no stop string, no control codes, no endless loop.

Standard library only; `decode` is the tokenizer's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BROKEN = "\N{REPLACEMENT CHARACTER}"
_PATIENCE = 8  # tokens; no character has more bytes, so what is still broken then stays broken
_BEFORE = 4  # tokens of the prompt that tell how the first one of the answer is spaced
_AGAIN = 8  # times in a row that the same lines may come
_BLOCK = 8  # lines of a repeated part
_LONG = 1500  # characters of one line that are nothing but one part, again and again
_PART = 100  # characters of such a part


class Speech:
    """Text of tokens as they come: `take` gives the characters that are complete, never half of one."""

    def __init__(self, decode: Callable[[Sequence[int]], str], before: Sequence[int] = ()) -> None:
        self._decode = decode
        self._tokens = list(before[-_BEFORE:])
        self._begin, self._told = 0, len(self._tokens)

    def take(self, token: int) -> str:
        """The new characters, "" while one is incomplete."""
        self._tokens.append(token)
        told = self._decode(self._tokens[self._begin : self._told])
        full = self._decode(self._tokens[self._begin :])
        waiting = len(self._tokens) - self._told
        if len(full) <= len(told) or (full.endswith(_BROKEN) and waiting < _PATIENCE):
            return ""
        self._begin, self._told = self._told, len(self._tokens)
        return full[len(told) :]


class Gate:
    """Lets text through until a stop string or an endless loop. ended: nothing comes through any more."""

    def __init__(self, stop: Sequence[str] = ()) -> None:
        self._stop = tuple(s for s in stop if s)
        self._held = ""
        self._loop = Loop()
        self.ended = False

    def take(self, text: str) -> str:
        """What can be shown of the text so far and was not shown yet."""
        if self.ended:
            return ""
        self._held += _UNSAFE.sub("", text)
        found = min((at for s in self._stop if (at := self._held.find(s)) >= 0), default=-1)
        if found >= 0:
            shown, self._held, self.ended = self._held[:found], "", True
            return shown
        keep = max((_begun(self._held, s) for s in self._stop), default=0)
        cut = len(self._held) - keep
        shown, self._held = self._held[:cut], self._held[cut:]
        if self._loop.take(shown):
            self.ended, self._held = True, ""
        return shown

    def rest(self) -> str:
        """What was held back because it could have become a stop string."""
        shown, self._held = self._held, ""
        return "" if self.ended else shown


def _begun(text: str, stop: str) -> int:
    """How many characters at the end of `text` are the beginning of `stop`."""
    return next((n for n in range(min(len(text), len(stop) - 1), 0, -1) if text.endswith(stop[:n])), 0)


class Loop:
    """Notices a model that says the same again and again."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line = ""
        self._looked = 0

    def take(self, text: str) -> bool:
        """Does the text, with what came before, end in a loop? Long lists of equal values are none."""
        *whole, last = (self._line + text).split("\n")
        for line in whole:
            self._lines = [*self._lines[1 - _BLOCK * _AGAIN :], line.strip()]
            if self._repeated():
                return True
            self._looked = 0
        self._line = last
        return self._endless()

    def _repeated(self) -> bool:
        for size in range(1, _BLOCK + 1):
            tail = self._lines[-size * _AGAIN :]
            if len(tail) == size * _AGAIN and tail == tail[:size] * _AGAIN and any(tail):
                return True
        return len(self._lines) == _BLOCK * _AGAIN and not any(self._lines)

    def _endless(self) -> bool:
        if len(self._line) < max(_LONG, self._looked + _PART):
            return False
        self._looked = len(self._line)
        tail = self._line[-_LONG:]
        return any(tail[size:] == tail[:-size] for size in range(1, _PART + 1))
