"""A state that moves: to any step from the nearest keyframe, to its neighbours at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from semduck.trace.index import Keyframes
from semduck.trace.replay import State, Undo
from semduck.trace.store import Moment

NEAR = 500
REMEMBERED = 8192  # steps that can be taken back without a keyframe


class Cursor:
    """`moment(k)` gives a step's event; `start(chunk)` the first step of a chunk, `chunk(k)` the inverse."""

    def __init__(self, keyframes: Keyframes, moment: Callable[[int], Moment],
                 start: Callable[[int], int], chunk: Callable[[int], int]) -> None:
        self._keyframes, self._moment, self._start, self._chunk = keyframes, moment, start, chunk
        self._state = State()
        self._at = -1
        self._undo: deque[Undo] = deque(maxlen=REMEMBERED)

    def seek(self, k: int) -> State:
        """The state at step k. It is only valid until the next seek."""
        if (k < self._at and self._at - k > len(self._undo)) or (k > self._at and self._far(k)):
            chunk, self._state = self._keyframes.before(self._chunk(k))
            self._at = self._start(chunk) - 1
            self._undo.clear()
        while self._at > k:
            self._state.revert(self._undo.pop())
            self._at -= 1
        while self._at < k:
            self._at += 1
            undo: Undo = []
            self._state.apply(self._moment(self._at), undo)
            self._undo.append(undo)
        return self._state

    def near(self, k: int) -> bool:
        """Is the state at step k a matter of a few steps?"""
        return -1 <= k - self._at <= NEAR or (0 < self._at - k <= min(NEAR, len(self._undo)))

    def _far(self, k: int) -> bool:
        return k - self._at > REMEMBERED // 4 and self._chunk(k) > self._chunk(max(0, self._at))
