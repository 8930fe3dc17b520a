"""The log -> chunks: who is on the stack, which values belong to which probe.

docs/recording-format.md, "Probes".
"""

from __future__ import annotations

import json
from typing import Any

from semduck.trace.probes.sites import BIND, BIND_GLOBAL, ENTER, LEAVE, LINE, RETURN, UNBIND, VALUE
from semduck.trace.reader.chunk import Chunk
from semduck.trace.reader.frametable import FrameTable
from semduck.trace.reader.known import Known, Site
from semduck.trace.reader.place import Active, Place
from semduck.trace.store import Event

RETURNED, EXCEPTION = 2, 3
LARGE = 1 << 512
TEXT = 2000
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]


class Probed(Place):
    """Reads what probes wrote; see Decoder. `chunk` takes the steps; the caller replaces it."""

    def __init__(self, known: Known, table: FrameTable, chunk: Chunk) -> None:
        super().__init__(chunk)
        self.known, self.table = known, table

    def feed(self, events: list[Event], large: bool = False) -> None:
        """Events as they are in the log. large: there may be ints of hundreds of digits among the values."""
        for event in events:
            if event[0] == "B":
                self.probing = True
                elements = event[1]
                self._stream([_bounded(e) for e in elements] if large else elements)
            else:
                self.foreign(event)

    def foreign(self, event: Event) -> None:
        """An event that does not come from probes."""
        raise NotImplementedError

    def _stream(self, elements: list[Any]) -> None:
        """What probes wrote. One long loop, because calls would cost more than what they do."""
        chunk, stack = self.chunk, self.stack
        steps, frames, log = chunk.steps, chunk.frames, chunk.log
        site_of = self.known.sites.get
        n, top = len(steps), self.top()
        due, values, held = self.open.pop() if self.open else (None, [], [])
        for element in elements:
            if type(element) is str:
                site = site_of(element)
                if site is not None:
                    if site.count:
                        if due is not None:
                            self.open.append((due, values, held))
                        due, values, held = site, [], []
                    elif site.kind == LINE and site.code == top.code:
                        self.unwound = -1
                        top.line = site.what
                        steps.append(site.mark)
                        frames.append(top.frame)
                        n += 1
                    else:
                        self.complete(site, [], [])
                        n, top = len(steps), self.top()
                    continue
                mark = element[0]
                if mark == "!":
                    if due is not None:
                        held += parsed(element)
                    else:
                        self.note(top.frame, parsed(element))
                    continue
                if mark == "#":
                    if due is not None:
                        self.open.append((due, values, held))
                    self.foreign(parsed(element))
                    due, values, held = self.open.pop() if self.open else (None, [], [])
                    n, top = len(steps), self.top()
                    continue
                element = element[1:] if mark == "=" else _special(element)
            # a value
            if due is None:
                if self.part:  # its probe came before the log began anew, and the name was told there
                    continue
                raise ValueError("a value without a probe")
            if due.count > 1 and len(values) < due.count - 1:
                values.append(element)
                continue
            kind = due.kind
            if held or kind == ENTER or due.count > 1 or due.code != top.code:
                values.append(element)
                self.complete(due, values, held)
                n, top = len(steps), self.top()
            elif kind == BIND:
                self.unwound = -1
                log.append((n, top.frame, due.what[0], element))
            elif kind == BIND_GLOBAL:
                self.unwound = -1
                log.append((n, top.frame, None, ["g", top.space, due.what[0], element]))
            elif kind == RETURN:
                self.unwound = -1
                steps.append((RETURNED, top.line, element))
                frames.append(top.frame)
                chunk.ends.append((top.frame, n))
                n += 1
                stack.pop()
                if len(stack) < self.low:
                    self.low = len(stack)
                top = stack[-1] if stack else self.top()
            else:
                self.complete(due, [element], held)
                n, top = len(steps), self.top()
            due, values, held = self.open.pop() if self.open else (None, [], [])
        if due is not None:
            self.open.append((due, values, held))

    def note(self, frame: int, ops: list[Event]) -> None:
        """Operations of a frame that belong to the next step, with our numbers for frames."""
        for op in ops:
            if op[0] == "Y":
                op[2] = self.known.frame(op[2], self.part)
            elif op[0] == "c":
                op[:] = ["o", self.caller(op[1]).frame, op[2], op[3]]
        super().note(frame, ops)

    def caller(self, count: int) -> Active:
        """The frame on the stack below so many others."""
        while len(self.stack) <= count and self.deeper():
            pass
        return self.stack[-1 - count]

    # -- one probe -----------------------------------------------------------------------------------------

    def complete(self, site: Site, values: list[Any], held: list[Event]) -> None:
        """A probe with all its values. held: what was changed while they were read."""
        kind, code = site.kind, site.code
        if kind == ENTER:
            self._enter(site, values, held)
            return
        if kind == LEAVE and self.unwound == code:
            self.unwound = -1
            return
        self.unwound = -1
        top = self.find(code)
        if top is None:
            return
        self.note(top.frame, held)
        if kind == LINE:
            top.line = site.what
            self.step(site.mark, top.frame)
        elif kind == RETURN:
            self._leave(top, values[0])
        elif kind == VALUE:
            top.result = values[0]
        elif kind == LEAVE:
            self._leave(top, top.result)
        else:
            self._bind(kind, top, site.what, values)

    def _bind(self, kind: int, top: Active, names: list[str], values: list[Any]) -> None:
        log, n, frame = self.chunk.log, len(self.chunk.steps), top.frame
        if kind == BIND:
            log += [(n, frame, name, v) for name, v in zip(names, values, strict=True)]
        elif kind == BIND_GLOBAL:
            log += [
                (n, frame, None, ["g", top.space, name, v]) for name, v in zip(names, values, strict=True)
            ]
        elif kind == UNBIND:
            log += [(n, frame, None, ["x", name]) for name in names]
        else:
            log += [(n, frame, None, ["x", top.space, name]) for name in names]

    def _enter(self, site: Site, values: list[Any], held: list[Event]) -> None:
        self.unwound = -1
        code, chunk, n = site.code, self.chunk, len(self.chunk.steps)
        frame, self.frames = self.frames, self.frames + 1
        caller = self.top()
        space = self.known.spaces.get(code, 0)
        if code in self.known.moved and frame < len(self.table):
            space = self.table.space[frame]
        chunk.births.append((frame, code, caller.frame, 0, space, caller.depth + 1, n))
        self.stack.append(Active(frame, code, site.mark[1], None, space, caller.depth + 1))
        if held:
            self.note(frame, held)
        log = chunk.log
        for name, value in zip(site.what, values, strict=True):
            if name:
                log.append((n, frame, name, value))
        chunk.steps.append(site.mark)
        chunk.frames.append(frame)

    def _leave(self, active: Active, value: Any) -> None:
        self.chunk.ends.append((active.frame, len(self.chunk.steps)))
        self.step((RETURNED, active.line, value), active.frame)
        self.pop()


def parsed(element: str) -> Any:
    """The JSON behind the mark of an element."""
    found, end = _scan(element, 1)
    if end != len(element):
        raise ValueError("more than one value in an element")
    return found


def _special(element: str) -> Any:
    if element[0] == "@":
        return _bounded(parsed(element))
    if element[0] == "%":
        return _large(int(element[1:], 16))
    raise ValueError("no such element")


def _bounded(value: Any) -> Any:
    return _large(value) if type(value) is int and not -LARGE < value < LARGE else value


def _large(value: int) -> Any:
    return ["i", hex(value)[:TEXT], value.bit_length()]


__all__ = ["EXCEPTION", "RETURNED", "Probed"]
