"""Runs a program and evaluates conditions with eval() before every statement: JSON rows in a file.

No statement of the program may go over several lines.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from statement_lines import table


def main() -> None:
    out, program, *texts = sys.argv[1:]
    rows: list[list[Any]] = []

    def trace(frame: FrameType, event: str, arg: object) -> Any:
        if frame.f_code.co_filename != program:
            return None
        if event == "line" and begins(frame):
            rows.append([frame.f_lineno, [holds(c, frame) for c in conditions]])
        return trace

    def begins(frame: FrameType) -> bool:
        lines = table(program).get((frame.f_code.co_name, frame.f_code.co_firstlineno))
        return lines is None or frame.f_lineno in lines

    def holds(condition: Any, frame: FrameType) -> bool:
        try:
            code = frame.f_code
            own = {*code.co_varnames, *code.co_cellvars, *code.co_freevars} if code.co_flags & 1 else set()
            visible = {n: v for n, v in frame.f_globals.items() if n not in own}
            return bool(eval(condition, {**visible, **frame.f_locals}))
        except Exception:
            return False

    conditions = [compile(c, "condition", "eval") for c in texts]
    with open(program) as file:
        code = compile(file.read(), program, "exec")
    names = {"__name__": "__main__", "__file__": program}
    sys.settrace(trace)
    try:
        exec(code, names)
    except BaseException:
        pass
    sys.settrace(None)
    with open(out, "w") as file:
        json.dump(rows, file)


if __name__ == "__main__":
    main()
