"""What frames say of objects: how far generators and coroutines are, what a closure's names mean.

Runs inside the recorded process.
"""

from __future__ import annotations

from .labels import free_names, generator, progress
from .statements import HIDDEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import CodeType
    from typing import Any

    from .frames import Followed
    from .kinds import Shadow

CLOSURES = 100  # functions over one name that are followed: the newest


class _Known:
    """A generator of the program that is not over. fid: number of its frame once that is told."""

    __slots__ = ("code", "fid", "name", "shadow")

    def __init__(self, shadow: Shadow, code: CodeType, name: str) -> None:
        self.shadow, self.code, self.name = shadow, code, name
        self.fid = -1


class Suspended:
    """Generators by the address of their frame.

    is_user_code: says whose frames give events. live: the frames that are followed, by address; keys: numbers
    of frames that probes tell of.
    """

    def __init__(self) -> None:
        self.frames: dict[int, _Known] = {}
        self.is_user_code: Callable[[CodeType], bool] = lambda code: False
        self.live: dict[int, Followed] = {}
        self.keys: dict[int, int] = {}

    def look(self, shadow: Shadow, value: Any) -> tuple[str, list[Any]]:
        """The text of a generator, and the operation that tells its frame when that is news."""
        name, code = generator(value)
        if code.co_name in HIDDEN or not self.is_user_code(code):
            return name, []
        state, frame = progress(value)
        if frame is None:
            return f"{name} {state}", []
        known = self.frames.get(id(frame))
        if known is None or known.shadow is not shadow or known.code is not code:
            known = self.frames[id(frame)] = _Known(shadow, code, name)
        return f"{name} {state}", self._frame(known, id(frame))

    def _frame(self, known: _Known, frame: int) -> list[Any]:
        followed = self.live.get(frame)
        if followed is not None and followed.info.code is known.code:
            fid = followed.fid
        else:
            fid = self.keys.get(frame, -1)
        if fid in (-1, known.fid):
            return []
        known.fid = fid
        return [["Y", known.shadow.oid, fid]]

    def now(self, frame: int, code: CodeType, state: str) -> list[Any]:
        """The operations that tell how far the generator of this frame is."""
        known = self.frames.get(frame)
        if known is None:
            return []
        if known.code is not code or state == "finished":
            del self.frames[frame]
        if known.code is not code:
            return []
        shadow, text = known.shadow, f"{known.name} {state}"
        told = self._frame(known, frame)
        if shadow.text != text:
            shadow.text = text
            told.append(["T", shadow.oid, text])
        return told


class Closures:
    """Functions of the program by the names they take from the functions around them."""

    def __init__(self) -> None:
        self.by_name: dict[str, list[Shadow]] = {}

    def add(self, shadow: Shadow, function: Any) -> None:
        """A function is met for the first time."""
        for name in free_names(function):
            known = self.by_name.setdefault(name, [])
            if len(known) >= 2 * CLOSURES:
                known[:] = [s for s in known if _alive(s) is not None][-CLOSURES:]
            known.append(shadow)

    def over(self, names: Iterable[str]) -> list[Any]:
        """The living functions over one of these names: the newest CLOSURES for each."""
        shadows = [s for name in names for s in self.by_name.get(name, ())[-CLOSURES:]]
        return [value for value in map(_alive, shadows) if value is not None]


def _alive(shadow: Shadow) -> Any:
    return shadow.watch() if shadow.watch is not None else None
