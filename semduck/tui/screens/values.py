"""Questions about the selected value: expect, open, history, when it changed."""

from __future__ import annotations

from textual import work

from semduck.session.view import WIDE
from semduck.trace.model import Value
from semduck.trace.recording import EvaluateError
from semduck.trace.widen import WidenError
from semduck.tui.screens.ask import Ask, Choose, Open
from semduck.tui.screens.moves import Moves


class Values(Moves):
    """Actions on the row under the cursor of the state pane."""

    def _selected(self) -> str:
        """The selected name; "" and a toast when there is none."""
        if not self._ready():
            return ""
        if not self.state.selected:
            self.say("there is no value here")
        return self.state.selected

    def _value(self, name: str) -> Value | None:
        return next((row.traced for row in self.session.rows() if row.name == name), None)

    def action_change(self, by: int) -> None:
        name = self._selected()
        if name:
            self.state.remember()
            move = self.session.next_change if by > 0 else self.session.previous_change
            self._moved(move(name))

    def action_why(self) -> None:
        """The step that made the value; the slice of all steps behind it is not there yet."""
        self.action_change(-1)

    def action_expect(self) -> None:
        name = self._selected()
        value = self._value(name) if name else None
        if value is not None:
            self.state.remember()
            prefill = f"{name} == {value.text if value.is_literal else ''}"
            prompt = f"What should {name} be here? It is {value.text}."
            self.app.push_screen(Ask(prompt, prefill), lambda typed: self._expected(name, typed))

    def _expected(self, name: str, typed: str | None) -> None:
        if not (typed or "").strip():
            return
        try:
            met = self.session.expect(name, typed or "")
        except ValueError as error:
            self.say(str(error), bad=True)
            return
        text = met.expectation.text()
        if met.met:
            self.say(f"{self.state.marks.hit} {text}")
        elif met.met is None:
            self.say(f"{self.state.marks.unknown} {text}: {met.actual or 'cannot be decided in this run'}")
        else:
            self.say(f"{self.state.marks.miss} {text}, but it is {met.actual}. f searches for repairs.")
        self._painted = None
        self.repaint()

    def action_history(self) -> None:
        name = self._selected()
        recording = self.session.recording
        if not name or recording is None:
            return
        history = recording.history(name, self.session.frame)
        if not history:
            self.say(f"no history of {name}: it is not a local name of this call")
            return
        rows = [f"step {step:<8} {value.text}" for step, value in history]
        here = sum(step <= self.session.cursor for step, _ in history) - 1
        steps = [step for step, _ in history]
        title = f"{name}: {len(rows):,} values in this call"
        if not history.complete:
            every = f"{history.changes:,}" if history.changes is not None else "many"
            title = f"{name}: {len(rows):,} of {every} values in this call"
        self.app.push_screen(Choose(title, rows, max(here, 0)), lambda at: self._jump(steps, at))

    def _jump(self, steps: list[int], at: int | None) -> None:
        if at is not None:
            self._moved(self.session.goto(steps[at]))

    def action_open_value(self) -> None:
        name = self._selected()
        value = self._value(name) if name else None
        if value is not None:
            place = self.session.cursor, self.session.frame
            opened = Open(name, value, self._expand)
            self.app.push_screen(opened, lambda yes: self._widen(name, place, yes))

    def _widen(self, name: str, wanted: tuple[int, int], yes: bool | None) -> None:
        """Record the step again, with all of its values."""
        recording = self.session.recording
        if not yes or recording is None:
            return
        step, frame = wanted
        frames = [info.frame for info in recording.stack(step)]
        self.say(f"the program runs again, up to step {step}: all of {name} is being recorded")
        self._record_again(name, step, frames.index(frame) if frame in frames else 0)

    @work(thread=True, exclusive=True, group="widen", exit_on_error=False)
    def _record_again(self, name: str, step: int, place: int) -> None:
        """place: of the call on the stack."""
        try:
            wide = self.session.widen(step)
        except WidenError as error:
            self.app.call_from_thread(self.say, str(error), bad=True)
            return
        frame = wide.stack(step)[place].frame
        try:
            value = wide.evaluate(step, name, frame)
        except EvaluateError as error:
            self.app.call_from_thread(self.say, f"{name}: {error}", bad=True)
            return

        def expand(inner: Value) -> Value:
            return inner if inner.identity is None else wide.expand(step, inner.identity, width=WIDE.items)

        shown = Open(name, value, expand, whole=True)
        self.app.call_from_thread(self.app.push_screen, shown, lambda _: wide.close())

    def _expand(self, value: Value) -> Value:
        """One level of an object, as it was at this step."""
        recording = self.session.recording
        if recording is None or value.identity is None:
            return value
        return recording.expand(self.session.cursor, value.identity)
