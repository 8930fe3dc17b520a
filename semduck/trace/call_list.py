"""All calls of a recording, as a sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from semduck.trace.model import Call

if TYPE_CHECKING:
    from semduck.trace.called import Frames


class Calls(Sequence[Call]):
    """Calls as a lazy sequence."""

    def __init__(self, recording: Frames) -> None:
        self._recording = recording

    def __len__(self) -> int:
        return self._recording.call_count()

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> list[Call]: ...

    def __getitem__(self, index: int | slice) -> Call | list[Call]:
        if isinstance(index, slice):
            return [self._recording.call(i) for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self._recording.call(index % len(self))
