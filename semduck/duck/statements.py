"""One statement of a call, told: its calls, output, changes, branch, return or exception."""

from __future__ import annotations

import ast
from bisect import bisect_left
from itertools import islice

from semduck.duck import path, sentences, shape
from semduck.duck.changes import Delta
from semduck.duck.path import Plain, Round, Way
from semduck.trace.model import Call, Kind, OutputPiece

_SILENT = (
    ast.Pass,
    ast.Try,
    ast.TryStar,
    ast.Global,
    ast.Nonlocal,
    ast.With,
    ast.AsyncWith,
    ast.ExceptHandler,
)
_FAR = 2_000  # steps looked ahead for who catches an exception


class Teller:
    """Tells single statements of a way of which `hi` own steps are known."""

    def __init__(self, way: Way, hi: int) -> None:
        self.way, self.hi = way, hi
        self._output: list[OutputPiece] | None = None

    def statement(self, item: Plain) -> tuple[str, int | None]:
        """The sentence for one run of a statement and the own step at which its outcome is seen."""
        after = self._after(item)
        if after is None:
            return self._unfinished(item), None
        key = (item.start, after)
        found = self.way.said.get(key)
        if found is None:
            found = self._compose(item, after)
            if item.stop < self.hi:
                self.way.said[key] = found
        return found, after

    def header_calls(self, loop: Round) -> str:
        """Calls made to get the iterable of a `for` loop."""
        if isinstance(loop.node, ast.While) or not loop.starts:
            return ""
        return sentences.sentence(self._calls(loop.start, loop.starts[0][1]))

    def header_end(self, loop: Round, last: int) -> tuple[str, int | None]:
        """What ends a loop at its header, own step `last`: an exception, or the end of the call."""
        item = Plain(last, loop.stop, None)
        after = self._after(item)
        if path.EXCEPTION in self.way.kinds[last : loop.stop]:
            return sentences.sentence(self._raised(item, loop.stop - 1 if after is None else after)), after
        return sentences.sentence(self._returned(item, loop.node, after)) if after is not None else "", after

    def _after(self, item: Plain) -> int | None:
        for at in range(item.stop - 1, item.start, -1):
            if self.way.kinds[at] in (path.RETURN, path.UNWIND):
                return at
        return item.stop if item.stop < self.hi else None

    def _unfinished(self, item: Plain) -> str:
        """The statement that the story breaks off in."""
        way = self.way
        kinds = way.kinds[item.start : item.stop]
        if path.EXCEPTION in kinds:
            return sentences.sentence(self._raised(item, item.stop - 1))
        if kinds[-1] == path.YIELD:
            return sentences.sentence(self._yields(item))
        return ""

    def _compose(self, item: Plain, after: int) -> str:
        node = item.spot.node if item.spot else None
        kinds = self.way.kinds[item.start : item.stop]
        clauses = self._yields(item)
        if path.EXCEPTION in kinds:
            return sentences.sentence(clauses + self._raised(item, after))
        effects = self._effects(item.start, after)
        clauses += effects
        clauses += self._verdict(item, node, after)
        if self.way.kinds[after] == path.RETURN:
            clauses += self._returned(item, node, after)
        if not clauses:
            clauses = self._nothing(node, after)
        return sentences.sentence(clauses)

    # -- parts -------------------------------------------------------------------------------------------

    def _effects(self, start: int, after: int) -> list[str]:
        calls, changed = self._calls(start, after), self._deltas(start, after)
        told = sentences.changes(changed)
        if sum(map(len, [*calls, told])) > sentences.LONGEST:
            told = sentences.changes(changed, 1)
        return [c for c in [*calls, self._printed(start, after), told] if c]

    def _deltas(self, start: int, after: int) -> list[Delta]:
        spot = self.way.spot(start)
        named = {n.id for n in shape.own(spot.node) if isinstance(n, ast.Name)} if spot else set()
        return self.way.changes(start, after, named)

    def _calls(self, start: int, after: int) -> list[str]:
        calls = self.made(start, after)
        node = getattr(self.way.spot(start), "node", None)
        unused = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        ends = calls if len(calls) <= 2 else [calls[0], calls[-1]]
        told = [self._called(call, after, unused) for call in ends]
        if len(calls) > 2:
            names = list(dict.fromkeys(c.function.rpartition(".")[2] for c in calls))
            many = sentences.listed([f"`{n}`" for n in names[:3]]) + (" and others" if len(names) > 3 else "")
            return [f"calls {many}, {len(calls)} calls in all", f"the first {told[0]}", f"the last {told[1]}"]
        return told

    def made(self, start: int, after: int) -> list[Call]:
        """Recorded calls that own steps [start, after) made, those inside comprehensions included."""
        return [c for call in self.way.children(start, after) for c in self._real(call)]

    def invocation(self, call: Call) -> str:
        """The call as one would write it, in backticks."""
        return sentences.invocation(
            call.function, self._owner(call), self.way.recording.arguments(call.frame)
        )

    def _real(self, call: Call) -> list[Call]:
        """The call itself; for a comprehension or lambda, what it calls; nothing for class bodies."""
        if call.function.rpartition(".")[2].startswith("<"):
            return [c for inner in self.way.recording.children(call.frame)[:50] for c in self._real(inner)]
        owner = self._owner(call)
        return [] if isinstance(owner, ast.ClassDef) else [call]

    def _owner(self, call: Call) -> shape.Owner | None:
        file = self.way.recording.files.get(call.file)
        return shape.source(file.text).owner(call.function, call.line) if file else None

    def _called(self, call: Call, after: int, unused: bool) -> str:
        way, owner = self.way, self._owner(call)
        text = self.invocation(call)
        limit = way.numbers[after] if after < len(way) else len(way.recording)
        if shape.is_generator(owner):
            return f"runs the generator {text}"
        itself = call.function == way.call.function and call.line == way.call.line
        said = f"calls itself as {text}" if itself else f"calls {text}"
        if call.last is None or call.last > limit:
            return said + ", which has not ended yet"
        step = way.recording.step(call.last)
        if step.kind is Kind.UNWIND:
            return f"{said}, which raises {sentences.problem(self.error_of(call))}"
        result = way.recording.result(call.frame)
        if result is None or (result.kind == "none" and (unused or call.function.endswith(".__init__"))):
            return said
        return f"{said}, which returns {sentences.show(result, 50)}"

    def error_of(self, call: Call):  # type: ignore[no-untyped-def]
        for number in islice(self.way.recording.call_steps_back(call.frame), 20):
            step = self.way.recording.step(number)
            if step.kind is Kind.EXCEPTION:
                return step.value
        return None

    def _printed(self, start: int, after: int) -> str:
        text = self.printed(start, after)
        return f"prints {sentences.printed(text)}" if text.strip() else ""

    def printed(self, start: int, after: int) -> str:
        """What own steps [start, after) wrote to stdout themselves."""
        pieces = self._pieces(start, after)
        return "".join(p.text for p in pieces if self._writer(p.step) == self.way.frame)

    def printed_below(self, start: int, after: int) -> str:
        """The same with what the calls they made wrote."""
        return "".join(p.text for p in self._pieces(start, after))

    def _pieces(self, start: int, after: int) -> list[OutputPiece]:
        if self._output is None:
            self._output = [p for p in self.way.recording.output() if p.stream == "stdout"]
        first = bisect_left(self._output, self.way.numbers[start], key=lambda p: p.step)
        stop = bisect_left(self._output, self.way.numbers[after], key=lambda p: p.step)
        return self._output[first:stop]

    def _writer(self, number: int) -> int | None:
        """The frame that was running when something was printed after step `number`."""
        step = self.way.recording.step(number)
        ended = step.kind in (Kind.RETURN, Kind.UNWIND, Kind.YIELD) and step.frame != self.way.frame
        return self.way.recording.call(step.frame).parent if ended else step.frame

    def _yields(self, item: Plain) -> list[str]:
        way = self.way
        found = []
        for at in range(item.start, item.stop):
            if way.kinds[at] == path.YIELD:
                value = way.recording.step(way.numbers[at]).value
                if shape.is_generator(way.owner) and value is not None:
                    found.append(f"yields {sentences.show(value)}")
                elif "waits" not in found:
                    found.append("waits")
        return found if len(found) <= 3 else [*found[:2], f"yields {len(found) - 2} more times"]

    def _returned(self, item: Plain, node: ast.AST | None, after: int) -> list[str]:
        way = self.way
        value = way.recording.step(way.numbers[after]).value
        if value is None or isinstance(way.owner, ast.Module | ast.ClassDef):
            return []
        if shape.is_generator(way.owner) and value.kind == "none":
            return ["the generator ends"]
        if value.kind == "none" and self._in_passing(after):
            return []
        written = isinstance(node, ast.Return) or node is None or bool(item.spot and item.spot.single)
        if written or value.kind != "none" or way.lines[after] != way.lines[item.start]:
            return [f"returns {sentences.show(value, 70)}"]
        if way.call.function.endswith(".__init__"):
            return []
        return ["the function ends here and returns None"]

    def _in_passing(self, at: int) -> bool:
        """Does the call end in a `finally` while an exception comes through? Then it returns nothing."""
        way = self.way
        tries = [n for n in shape.own(way.owner) if isinstance(n, ast.Try | ast.TryStar)] if way.owner else []
        if not _finally(tries, way.lines[at]) or way.numbers[at] + 1 >= len(way.recording):
            return False
        after = way.recording.step(way.numbers[at] + 1)
        return after.kind is Kind.EXCEPTION and after.frame == way.call.parent

    def _nothing(self, node: ast.AST | None, after: int) -> list[str]:
        """A statement without visible effect."""
        way = self.way
        if isinstance(node, ast.Break):
            return ["`break` leaves the loop"]
        if isinstance(node, ast.Continue):
            return ["`continue` goes to the next iteration"]
        if node is None or isinstance(node, _SILENT) or hasattr(node, "body"):
            return []
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return []
        state = way.state(after)
        same = [f"`{n}` stays {sentences.show(state[n], 60)}" for n in shape.assigned(node)[:2] if n in state]
        return [sentences.listed(same) if same else f"runs {sentences.condition(way.source, node)}"]

    # -- branches ----------------------------------------------------------------------------------------

    def _verdict(self, item: Plain, node: ast.AST | None, after: int) -> list[str]:
        way = self.way
        if isinstance(node, ast.Assert):
            return [f"the assertion {sentences.condition(way.source, node.test)} holds"]
        if isinstance(node, ast.match_case):
            taken = way.lines[after] in shape.span(node.body) and way.kinds[after] == path.LINE
            return [
                f"`case {sentences.condition(way.source, node.pattern)[1:]} "
                + ("matches" if taken else "does not match")
            ]
        truth = branch(way, item, after)
        if truth is None or not isinstance(node, ast.If):
            return []
        said = f"{sentences.condition(way.source, node.test)} is {'true' if truth else 'false'}"
        if way.kinds[after] == path.LINE:
            said += f", so line {way.lines[after]} runs next"
        return [said]

    # -- exceptions --------------------------------------------------------------------------------------

    def _raised(self, item: Plain, after: int) -> list[str]:
        way = self.way
        at = max(i for i in range(item.start, item.stop) if way.kinds[i] == path.EXCEPTION)
        calls, what = (
            self._calls(item.start, at),
            sentences.problem(way.recording.step(way.numbers[at]).value),
        )
        own = [] if calls and f"which raises {what}" in calls[-1] else [f"line {way.lines[at]} raises {what}"]
        node = item.spot.node if item.spot else None
        if own and isinstance(node, ast.Assert) and what.startswith("AssertionError"):
            own.insert(0, f"the assertion {sentences.condition(way.source, node.test)} fails")
        return [*calls, self._printed(item.start, at), *own, self.fate(at, item.stop)]

    def fate(self, raised: int, at: int) -> str:
        """Who catches the exception raised at own step `raised`, as far as is known."""
        way = self.way
        if path.UNWIND in way.kinds[raised:at]:
            return "nothing catches it here"
        tries = [n for n in shape.own(way.owner) if isinstance(n, ast.Try | ast.TryStar)] if way.owner else []
        for i in range(at, min(self.hi, at + _FAR)):
            if way.kinds[i] == path.UNWIND:
                return "nothing catches it here"
            if way.kinds[i] == path.RETURN:
                return ""
            spot = way.spot(i)
            if way.kinds[i] != path.LINE or _finally(tries, way.lines[i]):
                continue
            if spot is not None and isinstance(spot.node, ast.With | ast.AsyncWith):
                continue  # its end is a step of its first line
            handler = _handler(tries, way.lines[i])
            if handler is None:
                return f"the program goes on at line {way.lines[i]}"
            if handler.body[0].lineno <= way.lines[i]:
                return f"it is caught at line {handler.lineno}"
        return ""


def branch(way: Way, item: Plain, after: int) -> bool | None:
    """Did the test of an `if` hold? Deduced from what ran next; None when that does not tell."""
    node = item.spot.node if item.spot else None
    if not isinstance(node, ast.If) or path.EXCEPTION in way.kinds[item.start : item.stop]:
        return None
    if isinstance(node.test, ast.Constant) or all(
        isinstance(n, ast.Global | ast.Nonlocal) for n in node.body
    ):
        return None
    if item.spot and item.spot.single:
        return None
    return way.kinds[after] == path.LINE and way.lines[after] in shape.span(node.body)


def _finally(tries: list[ast.Try | ast.TryStar], line: int) -> bool:
    return any(line in shape.span(t.finalbody) for t in tries)


def _handler(tries: list[ast.Try | ast.TryStar], line: int) -> ast.ExceptHandler | None:
    found = [h for t in tries for h in t.handlers if h.lineno <= line <= (h.end_lineno or h.lineno)]
    return max(found, key=lambda h: h.lineno) if found else None
