"""Numbers for files, codes, modules and threads, each told to the log the first time it is met.

Runs inside the recorded process.
"""

from __future__ import annotations

import sys
from _thread import get_ident

from . import effects
from .frames import CodeInfo, FileInfo, Lane, Namespace
from .statements import starts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

    from .tail import Tail


class Register:
    """`is_user_file(filename)` says what is recorded; names of the user's modules join `user_modules`."""

    def __init__(self, log: Tail, is_user_file: Callable[[str], bool], user_modules: set[str],
                 read_source: Callable[[str], bytes]) -> None:
        self.log, self.is_user_file = log, is_user_file
        self.user_modules, self.read_source = user_modules, read_source
        self.files: dict[str, FileInfo | None] = {}  # None: not recorded
        self.spaces: dict[int, Namespace] = {}
        self.lanes: dict[int, Lane] = {}
        self.file_count = self.code_count = self.lane_count = 0
        self.on_source: Callable[[bytes], None] = lambda data: None

    def is_user_code(self, code: CodeType) -> bool:
        """Is the code recorded, or will it be?"""
        return self.files.get(code.co_filename) is not None or self.is_user_file(code.co_filename)

    def file_of(self, filename: str) -> FileInfo | None:
        """A file that may have been met; None when it is not recorded."""
        return self.files[filename] if filename in self.files else self.file(filename)

    def file(self, filename: str) -> FileInfo | None:
        """A file met for the first time; None when it is not recorded."""
        info = None
        if self.is_user_file(filename):
            data = self.read_source(filename)
            number, self.file_count = self.file_count, self.file_count + 1
            tree, lines = effects.analyse(data, filename)
            info = FileInfo(number, lines, starts(tree) if tree is not None else {})
            self.log.tell(["S", number, filename, data.decode("latin-1")])
            self.on_source(data)
        self.files[filename] = info
        return info

    def code(self, code: CodeType, file: FileInfo) -> CodeInfo:
        """A code object of a recorded file."""
        found = file.codes.get(id(code))
        if found is None:
            found = file.codes[id(code)] = CodeInfo(self.code_count, code, file)
            self.code_count += 1
            self.tell(found.number, code, file)
        return found

    def tell(self, number: int, code: CodeType, file: FileInfo) -> None:
        """Tell the log of a code object."""
        arguments = code.co_argcount + code.co_kwonlyargcount
        arguments += bool(code.co_flags & 4) + bool(code.co_flags & 8)
        self.log.tell(["C", number, file.number, code.co_qualname, code.co_firstlineno,
                       list(code.co_varnames[:arguments]), list(code.co_names), code.co_flags,
                       [*code.co_varnames, *code.co_cellvars, *code.co_freevars]])

    def lane(self, outermost: bool = False) -> Lane:
        """The running thread. outermost: the frame may be the first of a new one."""
        ident = get_ident()
        lane = self.lanes.get(ident)
        if lane is not None and not outermost:
            return lane
        threading = sys.modules.get("threading")
        thread = getattr(threading, "_active", {}).get(ident)
        watch = lane.watch if lane is not None else None
        if lane is None or (watch is not None and watch() is not thread):  # idents are used again
            lane = self.lanes[ident] = Lane(self.lane_count, thread)
            self.lane_count += 1
            self.log.emit(["T", lane.number])
        return lane

    def space(self, globals_: dict[str, Any]) -> Namespace:
        """The module with these globals."""
        space = self.spaces.get(id(globals_))
        if space is None:
            space = self.spaces[id(globals_)] = Namespace(len(self.spaces))
            name = globals_.get("__name__")
            self.log.tell(["G", space.number, name if type(name) is str else ""])
            if type(name) is str:
                self.user_modules.add(name)
        return space
