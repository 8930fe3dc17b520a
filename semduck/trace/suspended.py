"""How far the program's generators and coroutines are: told by the events of their frames.

Runs inside the recorded process.
"""

from __future__ import annotations

from .labels import generator, progress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

    from .kinds import Shadow


class Suspended:
    """Generators by the address of their frame. `is_user_code` says whose frames give events."""

    def __init__(self) -> None:
        self.frames: dict[int, tuple[Shadow, CodeType, str]] = {}
        self.is_user_code: Callable[[CodeType], bool] = lambda code: False

    def adopt(self, shadow: Shadow, value: Any) -> str:
        """A generator is met for the first time: its text."""
        name, code = generator(value)
        if not self.is_user_code(code):
            return name
        state, frame = progress(value)
        if frame is not None:
            self.frames[id(frame)] = shadow, code, name
        return f"{name} {state}"

    def text(self, value: Any) -> str:
        """The text of one that was met before."""
        name, code = generator(value)
        return f"{name} {progress(value)[0]}" if self.is_user_code(code) else name

    def now(self, frame: int, code: CodeType, state: str) -> list[Any]:
        """The operation that tells how far the generator of this frame is."""
        if frame not in self.frames:
            return []
        shadow, known, name = self.frames[frame]
        if known is not code or state == "finished":
            del self.frames[frame]
        text = f"{name} {state}"
        if known is not code or shadow.text == text:
            return []
        shadow.text = text
        return [["T", shadow.oid, text]]
