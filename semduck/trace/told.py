"""Questions that need no replay: the program, its calls, lines, output and exceptions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from semduck.trace.called import Frames
from semduck.trace.ending import describe
from semduck.trace.model import Ending, OutputPiece, Phase, Raised, SourceFile
from semduck.trace.reader.lines import Line, LineSteps, last_run, lines_of, next_run, runs
from semduck.trace.target import Target, restored

SUSPENDS = 0x20 | 0x80 | 0x200  # code flags of generators and coroutines
QUIET = ("StopIteration", "StopAsyncIteration", "GeneratorExit")  # the machinery of loops, when caught


class Told(Frames):
    """Answers from the index, and from single events."""

    # -- the program ---------------------------------------------------------------------------------------

    @property
    def argv(self) -> list[str]:
        """The program and its arguments, as typed."""
        return list(self._index.meta.get("argv", []))

    @property
    def how(self) -> dict[str, Any]:
        """How it was run, as the recorder was told; empty where that is not known."""
        return dict(self._index.meta)

    @property
    def python(self) -> str:
        """Version of the Python that ran it."""
        return str(self._index.meta.get("python", ""))

    @property
    def cwd(self) -> Path:
        """Where it ran."""
        return Path(self._index.meta.get("cwd", "."))

    @property
    def pid(self) -> int:
        """Number of the process that was recorded; 0 when it is not known."""
        pid = self._index.meta.get("pid", 0)
        return pid if type(pid) is int and pid > 0 else 0

    @property
    def target(self) -> Target | None:
        """What was run, as it can be run again where it ran; None when the recording does not say."""
        meta = self._index.meta
        try:
            return restored(meta["target"], self.cwd, str(meta["executable"]))
        except (KeyError, TypeError):
            return None

    @property
    def files(self) -> dict[Path, SourceFile]:
        """Recorded program files as they were."""
        return {file.path: file for file in self._index.files}

    @property
    def main_file(self) -> Path | None:
        """The file the program began with."""
        main = self._index.meta.get("main") or []
        if main:
            return Path(main[0]).resolve()
        tests = [phase.file for phase in self.tests() if phase.file in self.files]
        return tests[0] if tests else self._index.files[0].path if self._index.files else None

    @property
    def waiting(self) -> bool:
        """Does the program wait for input?"""
        return self._index.waiting and not self._over

    @property
    def ending(self) -> Ending:
        """How it ended; kind "running" while it runs."""
        return describe(self._index, self._over)

    # -- lines, output, exceptions -------------------------------------------------------------------------

    def steps_of_line(self, file: Path, line: int) -> Sequence[int]:
        """LINE steps of a line of a file."""
        number = self._file_number(file)
        return LineSteps(self._log, -1 if number is None else number, line)

    def runs_of_line(self, file: Path, line: int, start: int, stop: int) -> Iterator[int]:
        """Those at start <= k < stop, one by one."""
        number = self._file_number(file)
        return iter(()) if number is None else runs(self._log, (number, line), start, min(stop, len(self)))

    def line_after(self, k: int, places: Collection[tuple[Path, int]]) -> int | None:
        """The next step after k that is about to run one of these lines."""
        return next_run(self._log, self._lines(places), k + 1, len(self))

    def line_before(self, k: int, places: Collection[tuple[Path, int]]) -> int | None:
        """The last step before k that is about to run one of these lines."""
        return last_run(self._log, self._lines(places), 0, k - 1) if k > 0 else None

    def lines_ran(self, lines: Collection[Line], first: int, last: int) -> bool:
        """Did one of the lines, (number of its file, line), run at steps first <= k <= last?"""
        return bool(lines) and last_run(self._log, lines, first, last) is not None

    def _lines(self, places: Collection[tuple[Path, int]]) -> set[Line]:
        numbers = {file.path: i for i, file in reversed(list(enumerate(self._index.files)))}
        return {(numbers[file], line) for file, line in places if file in numbers}

    def executed_lines(self, file: Path) -> set[int]:
        """Lines of a file that ran at least once."""
        number = self._file_number(file)
        lines = [*self._index.lines, *lines_of(self._log, self._log.open)]
        return {line for n, line in lines if n == number}

    def _file_number(self, file: Path) -> int | None:
        return next((i for i, f in enumerate(self._index.files) if f.path == file), None)

    def output(self, upto: int | None = None) -> list[OutputPiece]:
        """What was written and read, up to and including what was written while at step `upto`."""
        pieces = self._index.output
        return pieces[:] if upto is None else pieces[: bisect_right(pieces, upto, key=lambda p: p.step)]

    def output_state(self) -> tuple[int, int]:
        """Changes whenever there is more output."""
        pieces = self._index.output
        return len(pieces), len(pieces[-1].text) if pieces else 0

    def tests(self) -> list[Phase]:
        """Phases of the pytest tests that ran, in the order they began; none for other programs."""
        return self._index.tested.phases(self._index.steps)

    def raised(self) -> list[Raised]:
        """Exceptions in the order they were raised. Loop machinery that was caught is left out."""
        index, found = self._index, []
        for row in index.raised:
            if row.type in QUIET and (row.handled or row.oid != index.uncaught):
                continue
            file = index.files[index.codes[index.frames.code[row.frame]].file].path
            found.append(Raised(row.step, row.frame, row.type, row.message, row.handled, file, row.line))
        return found
