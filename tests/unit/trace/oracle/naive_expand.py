"""The stream of probes -> events, one after another from the beginning: slow, and easy to follow."""

from __future__ import annotations

import json
from typing import Any

from semduck.trace.probes import sites as kinds

Event = list[Any]
CALL, RETURN, EXCEPTION, YIELD, RESUME, UNWIND = 1, 2, 3, 4, 5, 6
LARGE = 1 << 512
TEXT = 2000


class Told:
    """What the log has said of codes and probes. Shared by all copies of an Expander; only grows."""

    def __init__(self) -> None:
        self.sites: list[tuple[int, int, Any]] = []
        self.spaces: dict[int, int] = {}  # namespace by number of a code object
        self.first: dict[int, int] = {}  # first line of a code object


class Active:
    """A frame on the stack of the main thread."""

    __slots__ = ("code", "frame", "line", "result")

    def __init__(self, frame: int, code: int, line: int, result: Any = None) -> None:
        self.frame, self.code, self.line, self.result = frame, code, line, result


class Expander:
    """Feed it the events of a log in order; it gives the events a tracing recorder would have written."""

    def __init__(self, told: Told | None = None) -> None:
        self.told = told or Told()
        self.stack: list[Active] = []
        self.open: list[list[Any]] = []  # probes whose values are still to come: [site, values, operations]
        self.ops: list[tuple[int, Event]] = []  # operations that wait for the next step, with their frame
        self.unwound = -1  # the code that an exception has just left
        self.frames = 0
        self.own: dict[int, int] = {}  # numbers the tracing recorder gave its frames -> ours
        self.apart: set[int] = set()  # frames of other threads
        self.probing = False
        self.waiting: dict[int, Active] = {}
        self.out: list[Event] = []

    def copy(self) -> Expander:
        """The same place in the log once more."""
        new = Expander(self.told)
        new.stack = [Active(a.frame, a.code, a.line, a.result) for a in self.stack]
        new.open = [[site, list(values), list(ops)] for site, values, ops in self.open]
        new.ops, new.unwound, new.frames = list(self.ops), self.unwound, self.frames
        new.waiting = dict(self.waiting)
        new.own, new.apart, new.probing = dict(self.own), set(self.apart), self.probing
        return new

    def feed(self, events: list[Event]) -> list[Event]:
        """Events as they are in the log -> events of steps."""
        self.out = []
        for event in events:
            if event[0] == "B":
                self.probing = True
                self._stream(event[1])
            elif not self.probing:
                self._note(event)
                self.out.append(event)
            else:
                self._foreign(event)
        found, self.out = self.out, []
        return found

    # -- the stream ----------------------------------------------------------------------------------------

    def _stream(self, elements: list[Any]) -> None:
        for element in elements:
            if type(element) is not str:
                self._value(element)
                continue
            mark = element[0]
            if mark == "#":
                self._foreign(json.loads(element[1:]))
            elif mark == "=":
                self._value(element[1:])
            elif mark == "@":
                self._value(json.loads(element[1:]))
            elif mark == "!":
                self._operations(json.loads(element[1:]))
            elif mark == "%":
                self._value(_large(int(element[1:], 16)))
            else:
                self._probe(self.told.sites[int(element)])

    def _value(self, value: Any) -> None:
        site, values, _ = self.open[-1]
        if type(value) is int and not -LARGE < value < LARGE:
            value = _large(value)
        values.append(value)
        if len(values) == _count(site):
            _, values, ops = self.open.pop()
            self._complete(site, values, ops)

    def _operations(self, ops: list[Event]) -> None:
        ops = [["o", self.stack[-1 - op[1]].frame, *op[2:]] if op[0] == "c" else op for op in ops]
        ops = [["Y", op[1], self.own.get(op[2], op[2])] if op[0] == "Y" else op for op in ops]
        if self.open:
            self.open[-1][2] += ops
            return
        frame = self.stack[-1].frame if self.stack else -1
        self.ops += [(frame, op) for op in ops]

    def _probe(self, site: tuple[int, int, Any]) -> None:
        if _count(site):
            self.open.append([site, [], []])
        else:
            self._complete(site, [], [])

    def _complete(self, site: tuple[int, int, Any], values: list[Any], ops: list[Event]) -> None:
        kind, code, what = site
        if kind == kinds.ENTER:
            self._enter(code, what, values, ops)
            return
        if kind == kinds.LEAVE and self.unwound == code:
            self.unwound = -1
            return
        self.unwound = -1
        top = self._top(code)
        if top is None:
            return
        self.ops += [(top.frame, op) for op in ops]
        if kind == kinds.LINE:
            top.line = what
            self._step([0, top.frame, what])
        elif kind == kinds.RETURN:
            self._leave(top, values[0])
        elif kind == kinds.VALUE:
            top.result = values[0]
        elif kind == kinds.LEAVE:
            self._leave(top, top.result)
        else:
            self.ops += [(top.frame, op) for op in self._bindings(kind, code, what, values)]

    def _bindings(self, kind: int, code: int, names: list[str], values: list[Any]) -> list[Event]:
        space = self.told.spaces.get(code, 0)
        if kind == kinds.BIND:
            return [["l", n, v] for n, v in zip(names, values, strict=True)]
        if kind == kinds.BIND_GLOBAL:
            return [["g", space, n, v] for n, v in zip(names, values, strict=True)]
        if kind == kinds.UNBIND:
            return [["x", n] for n in names]
        return [["x", space, n] for n in names]

    # -- frames --------------------------------------------------------------------------------------------

    def _enter(self, code: int, names: list[str], values: list[Any], ops: list[Event]) -> None:
        self.unwound = -1
        frame, self.frames = self.frames, self.frames + 1
        caller = self.stack[-1].frame if self.stack else -1
        self._note_frame(frame, code, caller)
        active = Active(frame, code, self.told.first.get(code, 0))
        self.stack.append(active)
        binds = [["l", n, v] for n, v in zip(names, values, strict=True) if n]
        self.ops += [(frame, op) for op in ops + binds]
        self._step([CALL, frame, active.line])

    def _note_frame(self, frame: int, code: int, caller: int) -> None:
        self.out.append(["F", frame, code, caller, 0, self.told.spaces.get(code, 0)])

    def _top(self, code: int) -> Active | None:
        """The innermost frame of a code object; frames above it were left without a word."""
        at = len(self.stack) - 1
        while at >= 0 and self.stack[at].code != code:
            at -= 1
        if at < 0:
            return None
        while len(self.stack) - 1 > at:
            gone = self.stack.pop()
            self.out.append([UNWIND, gone.frame, gone.line, []])
        return self.stack[at]

    def _leave(self, active: Active, value: Any) -> None:
        self._step([RETURN, active.frame, active.line], value)
        self.stack.pop()

    def _step(self, event: Event, *more: Any) -> None:
        """A step with the operations that wait: those of other frames stand before it."""
        frame, mine = event[1], []
        others: dict[int, list[Event]] = {}
        for owner, op in self.ops:
            if owner == frame or owner < 0:
                mine.append(op)
            else:
                others.setdefault(owner, []).append(op)
        self.ops = []
        for owner, ops in others.items():
            self.out.append(["E", owner, ops])
        if mine or more:
            event.append(mine)
        self.out.append([*event, *more])

    # -- the other recorder --------------------------------------------------------------------------------

    def _foreign(self, event: Event) -> None:
        kind = event[0]
        if kind == "failed":
            self._failed(event)
        elif kind == "left":
            self._left(event[1])
        elif kind == "yield":
            self._yield(event)
        elif kind == "resume":
            self._resume(event)
        elif kind == "F":
            self._foreign_frame(event)
        elif type(kind) is int:
            self._foreign_step(event)
        elif kind == "E":
            for op in event[2]:
                if op[0] == "Y":
                    op[2] = self.own.get(op[2], op[2])
            self.out.append(["E", self.own.get(event[1], event[1]), event[2]])
        else:
            self._note(event)
            if kind not in ("P", "Y"):
                self.out.append(event)

    def _note(self, event: Event) -> None:
        kind, told = event[0], self.told
        if kind == "P" and event[1] == len(told.sites):
            told.sites += [(k, c, w) for k, c, w in event[2]]
        elif kind == "Y":
            told.spaces.update(dict.fromkeys(range(event[1], event[2] + 1), event[3]))
        elif kind == "C":
            told.first[event[1]] = event[4]
        elif kind == "F":
            self.own[event[1]] = event[1]
            self.frames = max(self.frames, event[1] + 1)

    def _failed(self, event: Event) -> None:
        _, code, ops, ref, fresh = event
        top = self._top(code)
        while self.open and self.open[-1][0][1] == code:  # reading the value failed
            ops = self.open.pop()[2] + ops
        if top is not None:
            self.ops += [(top.frame, op) for op in ops]
            self._step([EXCEPTION, top.frame, top.line], ref, fresh)

    def _yield(self, event: Event) -> None:
        _, code, key, ops, ref = event
        top = self._top(code)
        if top is not None:
            self.own[key] = top.frame
            self.waiting[key] = top
            self.ops += [(top.frame, ["Y", op[1], self.own[op[2]]] if op[0] == "Y" else op) for op in ops]
            self._step([YIELD, top.frame, top.line], ref)
            if len(self.out[-1]) == 4:
                self.out[-1].insert(3, [])
            self.stack.pop()

    def _resume(self, event: Event) -> None:
        top = self.waiting.pop(event[1])
        caller = self.stack[-1].frame if self.stack else -1
        self.ops += [(top.frame, ["Y", op[1], self.own[op[2]]] if op[0] == "Y" else op) for op in event[3]]
        self._step([RESUME, top.frame, event[2]], None, caller)
        if len(self.out[-1]) == 5:
            self.out[-1].insert(3, [])
        self.stack.append(top)

    def _left(self, code: int) -> None:
        top = self._top(code)
        if top is not None:
            self._step([UNWIND, top.frame, top.line, []][:3])
            if len(self.out[-1]) == 3:
                self.out[-1].append([])
            self.stack.pop()
            self.unwound = code

    def _foreign_frame(self, event: Event) -> None:
        _, number, code, caller, lane, space = event
        frame, self.frames = self.frames, self.frames + 1
        self.own[number] = frame
        if lane == 0:
            caller = self.stack[-1].frame if self.stack else -1
        else:
            caller = self.own.get(caller, -1)
            self.apart.add(frame)
        self.out.append(["F", frame, code, caller, lane, space])

    def _foreign_step(self, event: Event) -> None:
        kind, frame = event[0], self.own.get(event[1], event[1])
        new = [kind, frame, *event[2:]]
        for op in new[3] if len(new) > 3 and new[3] else ():
            if op[0] == "o":
                op[1] = self.own.get(op[1], op[1])
            elif op[0] == "Y":
                op[2] = self.own.get(op[2], op[2])
        if self.ops:
            others: dict[int, list[Event]] = {}
            for owner, op in self.ops:
                others.setdefault(owner, []).append(op)
            self.ops = []
            self.out += [["E", owner, ops] for owner, ops in others.items()]
        if frame in self.apart:
            if kind == RESUME:
                new[5] = self.own.get(new[5], -1)
            self.out.append(new)
            return
        if kind == RESUME:
            new[5] = self.stack[-1].frame if self.stack else self.own.get(new[5], -1)
        self.out.append(new)
        if kind in (CALL, RESUME):
            self.stack.append(Active(frame, -2 - frame, event[2]))
        elif kind in (RETURN, YIELD, UNWIND) and self.stack and self.stack[-1].frame == frame:
            self.stack.pop()


def _count(site: tuple[int, int, Any]) -> int:
    """How many values belong to a probe."""
    kind, _, what = site
    if kind in kinds.NAMED:
        return len(what)
    return 1 if kind in kinds.VALUED else 0


def _large(value: int) -> Any:
    return ["i", hex(value)[:TEXT], value.bit_length()]
