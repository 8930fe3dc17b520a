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


def _opcodes() -> tuple[int, set[int], int, int]:
    """Numbers of YIELD_VALUE, of the opcodes that return, FOR_ITER and POP_EXCEPT, for this interpreter."""
    before = set(sys.modules)
    import opcode

    names = opcode.opmap
    for name in set(sys.modules) - before:
        del sys.modules[name]
    returns = {names[n] for n in ("RETURN_VALUE", "RETURN_CONST") if n in names}
    return names["YIELD_VALUE"], returns, names["FOR_ITER"], names["POP_EXCEPT"]


YIELD_VALUE, RETURNS, FOR_ITER, POP_EXCEPT = _opcodes()


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
