"""How a frame is left: by a return, a yield or an exception. Told from its bytecode.

Runs inside the recorded process.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

    from .frames import Followed

LINE, CALL, RETURN, EXCEPTION, YIELD, RESUME, UNWIND = range(7)
SINCE_313 = sys.version_info >= (3, 13)


def _opcodes() -> tuple[int, set[int], int, int, int, int]:
    """Numbers of YIELD_VALUE, the opcodes that return, FOR_ITER, POP_EXCEPT, RESUME and RETURN_GENERATOR."""
    before = set(sys.modules)
    import opcode

    names = opcode.opmap
    for name in set(sys.modules) - before:
        del sys.modules[name]
    returns = {names[n] for n in ("RETURN_VALUE", "RETURN_CONST") if n in names}
    more, done, on, new = (names[n] for n in ("FOR_ITER", "POP_EXCEPT", "RESUME", "RETURN_GENERATOR"))
    return names["YIELD_VALUE"], returns, more, done, on, new


YIELD_VALUE, RETURNS, FOR_ITER, POP_EXCEPT, GOES_ON, RETURN_GENERATOR = _opcodes()


def starts(frame: FrameType, codes: bytes) -> bool:
    """Does a generator or coroutine run for the first time, or is it thrown into before that?"""
    at = frame.f_lasti
    if codes[at] == GOES_ON:
        return codes[at + 1] & 3 == 0
    return RETURN_GENERATOR in (codes[at], codes[max(0, at - 2)])


def ends_a_loop(frame: FrameType, kind: type) -> bool:
    """Is it the StopIteration by which an iterator tells a `for` that there is no more?"""
    return kind is StopIteration and frame.f_code.co_code[frame.f_lasti] == FOR_ITER


def leaving(followed: Followed, frame: FrameType, value: Any) -> int:
    """RETURN, YIELD or UNWIND, for a frame with a "return" event."""
    codes = followed.info.opcodes
    if codes is not None and not followed.raised:
        at = frame.f_lasti  # 3.13 already points behind the yield
        if codes[at] == YIELD_VALUE or (SINCE_313 and at > 1 and codes[at - 2] == YIELD_VALUE):
            return YIELD
    if value is None and followed.threw:
        codes = codes or followed.info.code.co_code
        return RETURN if codes[frame.f_lasti] in RETURNS else UNWIND
    return RETURN
