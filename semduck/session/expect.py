"""What the user expects, kept and checked."""

from __future__ import annotations

from pathlib import Path

from semduck.repair import oracle
from semduck.repair.model import Expectation, Met
from semduck.session.walk import WalkSession
from semduck.trace.recording import Recording

RELATIONS = ("==", "!=", "<=", ">=", "<", ">", "in ", "type ", "len ")


class ExpectSession(WalkSession):
    """Expectations of the program, held against every recording."""

    def expect(self, name: str, typed: str) -> Met:
        """State what `name` should be here: a value ("15"), a relation (">= 3", "len 4"), or `NAME == VALUE`.

        Raises ValueError with one line when it cannot be read.
        """
        expectation = self._stated(name.strip(), typed.strip())
        self.expectations = [
            e
            for e in self.expectations
            if (e.kind, e.name, e.file, e.line, e.occurrence)
            != (
                expectation.kind,
                expectation.name,
                expectation.file,
                expectation.line,
                expectation.occurrence,
            )
        ]
        self.expectations.append(expectation)
        self._changed_expectations()
        if self.recording is None:
            return Met(expectation, None, "nothing is recorded yet")
        return oracle.check(expectation, self.recording)

    def _stated(self, name: str, typed: str) -> Expectation:
        recording = self._there()
        placed = "@" in typed or " returns " in typed
        if recording is None or placed:
            return oracle.parse(typed if placed else f"{name} {typed}", self._main())
        said = typed if typed.startswith(RELATIONS) else f"== {typed}"
        if name and typed.startswith(name) and typed[len(name) :].lstrip().startswith(RELATIONS):
            said = typed[len(name) :].lstrip()
        step = recording.step(self.cursor)
        if name in ("return", "returns", step.function.rpartition(".")[2]) and step.value is not None:
            return self._of_return(recording, said)
        file, line, at = self._place(recording)
        occurrence = recording.steps_of_line(file, line).index(at) + 1
        return oracle.parse(f"{name} {said} @ {line} # {occurrence}", file)

    def _main(self) -> Path | None:
        if self.recording is not None and self.recording.main_file is not None:
            return self.recording.main_file
        return (self.target.cwd / self.target.spec).resolve() if self.target.kind == "script" else None

    def _of_return(self, recording: Recording, said: str) -> Expectation:
        call = recording.call(self.frame)
        same = [c.frame for c in recording.calls() if c.function == call.function and c.file == call.file]
        found = oracle.parse(f"{call.function} returns {said}", call.file)
        return Expectation(
            "return",
            found.name,
            found.relation,
            found.expected,
            call.file,
            call.line,
            same.index(self.frame) + 1,
        )

    def _place(self, recording: Recording) -> tuple[Path, int, int]:
        """(file, line, step) of the LINE step the selected frame stands on, or just ran."""
        for k in range(self.cursor, -1, -1):
            kind, frame, line = recording.brief(k)
            if frame == self.frame and kind == 0:
                return recording.call(frame).file, line, k
        raise ValueError("stand on a line to say what should be true there")

    def forget(self, index: int) -> None:
        """Take back an expectation."""
        del self.expectations[index]
        self._changed_expectations()

    def _changed_expectations(self) -> None:
        self._checked = None
        self._store.save(self.target, self.expectations)

    def checked(self) -> list[Met]:
        """Every expectation held against the recording, in order."""
        recording = self._there()
        if recording is None:
            return [Met(e, None, "nothing is recorded yet") for e in self.expectations]
        key = (id(recording), self._settled or len(recording), tuple(self.expectations))
        if self._checked is None or self._checked[0] != key:
            self._checked = (key, oracle.check_all(self.expectations, recording))
        return self._checked[1]
