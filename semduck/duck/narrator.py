"""Recorded facts of one call in plain English: grammar, no model. What is left out is said."""

from __future__ import annotations

import ast
from itertools import groupby

from semduck.duck import path, sentences, shape
from semduck.duck.path import Item, Plain, Round, Way
from semduck.duck.recorded import Recorded
from semduck.duck.statements import Teller
from semduck.duck.utterance import Utterance

FEW = 3  # iterations told one by one
_ITEMS, _EDGE = 240, 50  # statements of one block told; at its ends and around the cursor
_MOST = 400  # sentences of one call
_ENDS = {
    "break": "`break` leaves it",
    "return": "a return leaves it",
    "raise": "an exception leaves it",
    "left": "it is left early",
}
_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTING = (ast.Import, ast.ImportFrom)


def narrate(
    recording: Recorded, frame: int, upto: int | None = None, focus: int | None = None
) -> list[Utterance]:
    """The story of one call, as far as step `upto` (the whole call when None).

    focus: a step whose loop iteration is told in full (default `upto`).
    """
    focus = upto if focus is None else focus
    way = path.way(recording, frame, focus)
    hi = len(way) if upto is None else way.index(upto) + 1
    return _Narration(way, hi, way.index(focus) if focus is not None else -1).story() if hi > 0 else []


class _Narration:
    """One telling: `hi` own steps are known, own step `focus` gets its iteration told."""

    def __init__(self, way: Way, hi: int, focus: int) -> None:
        self.way, self.hi, self.focus = way, hi, focus
        self.teller = Teller(way, hi)
        self.found: list[Utterance] = []

    def story(self) -> list[Utterance]:
        way = self.way
        self._opening()
        self._block(way.items(0, self.hi, 0), 0)
        if way.cut_end and self.hi == len(way):
            self._say("This call goes on; its later steps are left out here.", self.hi - 1)
        return self.found

    def _say(self, text: str, at: int, until: int | None = None) -> None:
        if not text:
            return
        way = self.way
        end = way.numbers[until] if until is not None and until < len(way) else None
        line = max(1, way.lines[at])
        self.found.append(
            Utterance(
                text, way.call.file, line, way.numbers[at], way.occurrence(at), "narrator", end, way.frame
            )
        )

    def _opening(self) -> None:
        way = self.way
        if way.skip:
            self._say(f"The first {way.skip:,} steps of this call are left out here.", 0)
        elif way.call.function == "<module>":
            self._say(f"The module `{way.call.file.name}` runs.", 0, 0)
        elif way.kinds[0] == path.CALL:
            arguments = way.recording.arguments(way.frame)
            self._say(sentences.opening(way.call.function, way.owner, arguments), 0, 0)

    # -- statements --------------------------------------------------------------------------------------

    def _block(self, items: list[Item], depth: int) -> None:
        for kind, run in groupby(self._windowed(items), _manner):
            group = list(run)
            if kind in ("def", "import"):
                self._declared(kind, group)
                continue
            for item in group:
                if item is None:
                    continue
                if isinstance(item, Round):
                    self._loop(item, depth)
                elif item.start < self.hi:
                    text, until = self.teller.statement(item)
                    self._say(text, item.start, until)

    def _windowed(self, items: list[Item]) -> list[Item]:
        """A very long block: its ends and what is around the cursor; a sentence says what is skipped."""
        most, edge = (_ITEMS, _EDGE) if self.way.owner else (6, 3)
        if len(items) <= most:
            return items
        near = (
            next((i for i, item in enumerate(items) if item.stop > self.focus), 0)
            if self.focus >= 0
            else -most
        )
        keep = [i for i in range(len(items)) if i < edge or i >= len(items) - edge or abs(i - near) <= edge]
        left = len(items) - len(keep)
        self._say(f"{left} statements further away are left out here.", items[0].start)
        return [items[i] for i in keep]

    def _declared(self, kind: str, group: list[Item]) -> None:
        done = [item for item in group if item.stop < self.hi or path.RETURN in self._kinds(item)]
        nodes = [item.spot.node for item in done if isinstance(item, Plain) and item.spot]
        names = [n for node in nodes for n in _declared_names(node)]
        if names:
            shown = names[:8] + ([f"{len(names) - 8} more"] if len(names) > 8 else [])
            verb = "Defines" if kind == "def" else "Imports"
            self._say(f"{verb} {sentences.listed(shown)}.", done[0].start, done[-1].stop)

    def _kinds(self, item: Item) -> bytearray:
        return self.way.kinds[item.start : item.stop]

    # -- loops -------------------------------------------------------------------------------------------

    def _loop(self, loop: Round, depth: int) -> None:
        running = loop.end == "running" or (loop.stop >= self.hi and loop.end not in ("return", "raise"))
        if running and not loop.starts:
            return
        exit_ = self._exit(loop)
        self._say(self.teller.header_calls(loop), loop.start, loop.starts[0][1] if loop.starts else None)
        self._say(self._summary(loop, exit_, running), loop.start, exit_)
        for n in self._expanded(loop, depth):
            self._iteration(loop, n, depth, running)
        self._last_header(loop)

    def _last_header(self, loop: Round) -> None:
        """The exception that the header itself raised, or the end of the call there."""
        last = loop.heads[-1] if loop.heads else loop.start
        kinds = self.way.kinds[last : loop.stop]
        if path.LINE in kinds[1:] or not (
            path.RETURN in kinds or (path.EXCEPTION in kinds and loop.end == "raise")
        ):
            return
        text, until = self.teller.header_end(loop, last)
        self._say(text, last, until)

    def _exit(self, loop: Round) -> int:
        """Own step at which the loop's outcome can be seen."""
        if loop.end in ("return", "raise") and self.way.kinds[loop.stop - 1] in (path.RETURN, path.UNWIND):
            return loop.stop - 1
        return min(loop.stop, self.hi - 1)

    def _summary(self, loop: Round, exit_: int, running: bool) -> str:
        way, n = self.way, len(loop.starts)
        label = self._label(loop.node)
        part = "in the part told here, " if way.skip and loop.start <= 1 else ""
        if not loop.clear or (shape.constant_true(loop.node) and not loop.heads and way.skip):
            clauses = [f"{part}the loop {label} runs"]
        elif running:
            clauses = [f"{part}the loop {label} is in iteration {n:,}"]
        elif n == 0:
            return sentences.sentence([f"{part}the loop {label} does not run"])
        else:
            how = f", then {_ENDS[loop.end]}" if loop.end in _ENDS else ""
            clauses = [f"{part}the loop {label} runs {sentences.times(n)}{how}"]
        told = self._courses(loop, exit_)
        text = self.teller.printed(loop.start, exit_)
        prints = f"it prints {sentences.printed(text)}" if text.strip() else ""
        return sentences.sentence([*clauses, ("so far " if running and told else "") + told, prints])

    def _courses(self, loop: Round, exit_: int) -> str:
        own = shape.assigned(loop.node)
        found = self.way.changes(loop.start, exit_)
        found.sort(key=lambda d: (d.name in own, d.before is None))
        main = [d for d in found if d.name not in own] or found
        return sentences.courses(main)

    def _label(self, node: shape.Loop) -> str:
        if isinstance(node, ast.While):
            return f"`while {sentences.condition(self.way.source, node.test)[1:]}"
        return f"over {sentences.condition(self.way.source, node.target)}"

    def _expanded(self, loop: Round, depth: int) -> list[int]:
        n = len(loop.starts)
        if not loop.clear or len(self.found) > _MOST:
            return []
        here = loop.start <= self.focus < loop.stop
        wanted = set(range(n)) if n <= FEW and (here or depth == 0) else set()
        if here:
            wanted.add(loop.iteration(self.focus))
        if loop.end in ("return", "raise", "break"):
            wanted.add(n - 1)
        return sorted(i for i in wanted if 0 <= i < n)

    def _iteration(self, loop: Round, n: int, depth: int, running: bool) -> None:
        head, first = loop.starts[n]
        body = loop.body(n)
        self._say(self._heading(loop, n, first, running), head, first)
        self._block(self.way.items(body[0], min(body[1], self.hi), depth + 1), depth + 1)

    def _heading(self, loop: Round, n: int, first: int, running: bool) -> str:
        title = f"Iteration {n + 1:,}" + ("" if running else f" of {len(loop.starts):,}")
        if isinstance(loop.node, ast.While):
            if shape.constant_true(loop.node):
                return title + "."
            return f"{title}: {sentences.condition(self.way.source, loop.node.test)} is true."
        state = self.way.state(first)
        values = {name: state[name] for name in shape.assigned(loop.node) if name in state}
        return f"{title}: {sentences.bindings(values, 'is', '`')}." if values else title + "."


def _manner(item: Item) -> str:
    node = item.spot.node if isinstance(item, Plain) and item.spot else None
    return "def" if isinstance(node, _DEFINING) else "import" if isinstance(node, _IMPORTING) else "run"


def _declared_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ClassDef):
        return [f"the class `{node.name}`"]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [f"`{node.name}`"]
    if isinstance(node, ast.ImportFrom):
        return [f"`{a.asname or a.name}` from `{'.' * node.level}{node.module or ''}`" for a in node.names]
    return [f"`{a.name}`" + (f" as `{a.asname}`" if a.asname else "") for a in getattr(node, "names", [])]
