"""Nothing the narrator says is false, and a judge that is told something false notices."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fake import Fake
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from truth import judged

from semduck.duck.narrator import narrate
from semduck.trace.recording import Recording
from semduck.trace.run import record
from semduck.trace.target import Limits, Target

ROOT = Path(__file__).parents[3]
EXAMPLES = ["moving_average", "grade_book", "bank_account", "matrix", "inventory", "invoice", "staircase"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_told_truly(name: str, tmp_path: Path) -> None:
    program = ROOT / "data/examples" / f"{name}.py"
    recording = record(Target("script", str(program)), Limits(), tmp_path / "run")
    tally = judged(recording, [c.frame for c in recording.calls()])
    assert not tally.wrong
    assert tally.hits > 10
    assert tally.corrupted > 10


# -- programs that count for themselves --

NAMES = ["a", "b", "c"]


class Writer:
    """Writes a random program whose loops count their rounds (n1 …) and whose tests are kept (t1 …)."""

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        self.pick = lambda n: draw(st.integers(0, n - 1))
        self.lines: list[str] = []
        self.loops = self.tests = 0

    def program(self) -> str:
        self.lines = ["def f(a, b):", "    c = a - b", "    xs = [a]"]
        self.block(1, 0, 0)
        return "\n".join([*self.lines, "    return [a, b, c]", f"f({self.pick(9)}, {self.pick(9)})", ""])

    def block(self, depth: int, nested: int, loops: int) -> None:
        for _ in range(1 + self.pick(3)):
            kinds = [self.assign, self.assign, self.append, self.test, self.for_, self.while_]
            kinds[self.pick(6) if nested < 3 else self.pick(3)](depth, nested, loops)

    def put(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def value(self) -> str:
        return [*NAMES, str(self.pick(7)), "len(xs)"][self.pick(5)]

    def assign(self, depth: int, nested: int, loops: int) -> None:
        name = NAMES[self.pick(3)]
        text = [
            f"{name} = {self.value()} + {self.value()}",
            f"{name} -= {self.value()}",
            f"{name} = {self.value()}",
        ]
        self.put(depth, text[self.pick(3)])

    def append(self, depth: int, nested: int, loops: int) -> None:
        self.put(depth, f"xs.append({self.value()})")

    def test(self, depth: int, nested: int, loops: int) -> None:
        self.tests += 1
        sign = ["<", ">", "==", "!="][self.pick(4)]
        self.put(depth, f"t{self.tests} = {self.value()} {sign} {self.value()}")
        self.put(depth, f"if t{self.tests}:")
        self.block(depth + 1, nested + 1, loops)
        leave = self.pick(6)
        if leave == 0 and loops:
            self.put(depth + 1, "break")
        elif leave == 1 and loops:
            self.put(depth + 1, "continue")
        elif leave == 2:
            self.put(depth + 1, "return a")
        if self.pick(2):
            self.put(depth, "else:")
            self.block(depth + 1, nested + 1, loops)

    def _counted(self, depth: int, nested: int, loops: int, head: str) -> None:
        self.loops += 1
        number = self.loops
        self.put(depth, f"n{number} = 0")
        self.put(depth, head.format(n=number))
        self.put(depth + 1, f"n{number} += 1")
        self.block(depth + 1, nested + 1, loops + 1)

    def for_(self, depth: int, nested: int, loops: int) -> None:
        self._counted(depth, nested, loops, f"for i{self.loops} in range({self.pick(6)}):")

    def while_(self, depth: int, nested: int, loops: int) -> None:
        head = [f"while n{{n}} < {self.pick(6)}:", "while True:"][self.pick(2)]
        self._counted(depth, nested, loops, head)
        self.put(
            depth + 1, f"if n{self.loops} > 4:" if "True" not in head else f"if n{self._last(depth)} > 3:"
        )
        self.put(depth + 2, "break")

    def _last(self, depth: int) -> int:
        """The counter of the loop whose body is being written."""
        start = "    " * (depth + 1) + "n"
        return int(
            next(
                re.findall(r"n(\d+) \+= 1", s)[0]
                for s in reversed(self.lines)
                if s.startswith(start) and "+= 1" in s
            )
        )


@given(st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_random_programs_are_told_truly(data: st.DataObject) -> None:
    source = Writer(data.draw).program()
    recording = Fake(source, limit=6_000)
    if recording.error is not None:
        return
    lines = source.split("\n")
    frame = recording.calls()[-1].frame
    for upto in (None, len(recording) // 2):
        told = narrate(recording, frame, upto)
        for utterance in told:
            _counts_agree(recording, lines, utterance.text, utterance.line, utterance.until, frame)
    assert judged(recording, [frame]).wrong == []


def _counts_agree(
    recording: Fake, lines: list[str], text: str, line: int, until: int | None, frame: int
) -> None:
    """The program's own counters and kept tests say the same as the sentence."""
    if until is None:
        return
    state = recording.locals(until, frame)
    counter = re.search(r"n\d+", lines[line]) if "loop" in text else None  # the line after the header
    times = re.search(r"runs (?:(\d+) times|(once))|in iteration (\d+)|(does not run)", text)
    if counter and times and "+= 1" in lines[line]:
        n = int(times[1] or times[3] or (1 if times[2] else 0))
        counted = state[counter.group()].literal
        assert counted in ((n, n - 1) if times[3] else (n,)), (text, "\n".join(lines))
    if kept := re.match(r"`(t\d+)` is (true|false)", text):
        assert state[kept[1]].literal is (kept[2] == "true"), (text, "\n".join(lines))


def test_no_sentence_speaks_of_what_comes_after_upto(recorded: Callable[[str], Recording]) -> None:
    recording = recorded("total = 0\nfor x in [5, 6, 7]:\n    total += x\nprint(total)\n")
    for upto in range(len(recording)):
        told = narrate(recording, 0, upto)
        assert all((u.step or 0) <= upto and (u.until or 0) <= upto for u in told), upto
    assert not any("18" in u.text for u in narrate(recording, 0, 6))
