"""What a session shows at the step it stands on: names, words, output."""

from __future__ import annotations

import time
from collections.abc import Sequence

from semduck.duck.narrator import narrate
from semduck.duck.utterance import Utterance
from semduck.judge import Verdict, judge_all
from semduck.repair.model import Expectation, Met
from semduck.session.expect import ExpectSession
from semduck.session.teller import Teller
from semduck.session.types import Row, Spoken
from semduck.trace.model import Call, OutputPiece, Value
from semduck.trace.recording import Recording, RecordingError
from semduck.trace.widen import WidenError, Wider, widen

FACTS = "narrator · facts"
WIDE = Wider(items=100_000, text=2_000_000, elements=100_000, seconds=600)  # what can be looked at here
LONG = 5_000  # steps of a call whose story is told in another thread
MANY = 50_000  # the same while the run is still read: telling one so long would slow that down


class ViewSession(ExpectSession):
    """Plain values for whoever shows them. mute: the model has spoken, and no claim can be checked."""

    mute = False

    def output(self) -> list[OutputPiece]:
        """Everything written and read so far; pieces after the cursor have a larger step."""
        return self.recording.output() if self.recording else []

    @property
    def started(self) -> int:
        """How many processes the program started."""
        return self.recording.started if self.recording else 0

    def prompt(self) -> str:
        """What the program wrote on the line where it waits for input; "" when nothing."""
        text = ""
        for piece in reversed(self.output()):
            if piece.stream == "stdin" or "\n" in text:
                break
            if piece.stream == "stdout":
                text = piece.text + text
        return text.rpartition("\n")[2]

    def widen(self, step: int) -> Recording:
        """The program, run again, with all of the values at a step. Takes as long as it ran; can be asked on
        a thread of its own. Raises WidenError."""
        if self.recording is None or self.running:
            raise WidenError("the program still runs")
        recording = Recording.open(self.recording.path)
        try:
            return widen(recording, step, step, WIDE, self._store.new_recording())
        except (RecordingError, OSError) as error:
            raise WidenError(str(error)) from None
        finally:
            recording.close()

    def calls(self) -> Sequence[Call]:
        """All calls, in order of their start."""
        return self.recording.calls() if self.recording else ()

    def rows(self) -> list[Row]:
        """Names of the selected frame, then the module names it uses."""
        recording = self._there()
        if recording is None:
            return []
        changed, met, said = self._changed(recording), self._met_here(), self._said_here()
        rows = []
        for scope, names in (
            ("local", recording.locals(self.cursor, self.frame)),
            ("global", recording.globals(self.cursor, self.frame)),
        ):
            rows += [self._row(n, v, n in changed, scope, said.get(n), met.get(n)) for n, v in names.items()]
        return rows

    def _row(
        self, name: str, value: Value, changed: bool, scope: str, said: Verdict | None, met: Met | None
    ) -> Row:
        expected, agrees = (met.expectation, met.met) if met else (None, None)
        if said is None:
            return Row(name, "", value, changed, "", expected, agrees, scope)
        later = said.step is not None and said.step > self.cursor  # what it becomes, not what it is
        words = f"→ {said.said}" if later else said.said
        return Row(name, words, value, changed, said.mark, expected, agrees, scope)

    def _met_here(self) -> dict[str, Met]:
        """What is expected of names of the function we look at, the latest word last."""
        return {
            m.expectation.name: m
            for m in self.checked()
            if m.expectation.kind == "value" and self._here(m.expectation)
        }

    def _said_here(self) -> dict[str, Verdict]:
        """What a forecast says of names at the current sentence."""
        if self._ahead is None:
            return {}
        return {
            v.name: v
            for s in self.utterances()
            if s.current and s.utterance.source == "forecast"
            for v in s.verdicts
        }

    def _changed(self, recording: Recording) -> set[str]:
        if recording.frame_at(self.cursor) != self.frame:
            return set()
        return {c.path.split(".")[0].split("[")[0] for c in recording.changes(self.cursor)}

    def _here(self, expectation: Expectation) -> bool:
        """Does an expectation speak of the function we look at?"""
        if self.recording is None or expectation.file is None:
            return True
        call = self.recording.call(self.frame)
        lines = {self.recording.step(self.cursor).line} | {i.line for i in self.stack()}
        return call.file == expectation.file and (
            expectation.line in lines or self.recording.is_module(self.frame) or expectation.line >= call.line
        )

    @property
    def voice(self) -> str:
        """Who speaks in the duck panel."""
        return self._ahead.name if self._ahead is not None else FACTS

    def utterances(self) -> list[Spoken]:
        """Sentences about the selected call, the current one marked: forecasts if any, else facts."""
        recording = self._there()
        if recording is None:
            return []
        key = (self.frame, self.cursor, self._told_until(recording), id(recording))
        if self._spoken is None or self._spoken[0] != key:
            self._spoken = (key, self._speak(recording))
        return self._spoken[1]

    def _told_until(self, recording: Recording) -> int:
        """Changes when the story must be told anew: when the call ends, once a second while it grows."""
        last = recording.call(self.frame).last
        if last is not None:
            return last
        return -int(time.monotonic()) if self.running else len(recording)

    def _speak(self, recording: Recording) -> list[Spoken]:
        if self._ahead is not None:
            self._ahead.ask(recording, self.frame, recording.step(self.cursor).line)
            ahead = self._ahead.utterances(recording, self.frame)
            spoken = [Spoken(u, tuple(judge_all(u, recording))) for u in ahead]
            over = self._ahead.state(recording, self.frame) in ("done", "failed")
            self.mute = bool(over and spoken and not any(s.verdicts for s in spoken))
            if spoken and not self.mute:
                return _with_current(spoken, self.cursor)
        return self._speak_facts(recording)

    def _speak_facts(self, recording: Recording) -> list[Spoken]:
        """The narrator's story: recorded facts."""
        return _with_current([Spoken(u) for u in self._story(recording)], self.cursor)

    def _story(self, recording: Recording) -> list[Utterance]:
        """The narrator's sentences about the selected call; long calls are told in another thread."""
        call = recording.call(self.frame)
        last = len(recording) - 1 if call.last is None else call.last
        size = last - call.first + 1
        if size <= LONG:
            return narrate(recording, self.frame, focus=self.cursor)
        if self.running and size > MANY:
            text = f"This call has {size:,} steps so far; its story comes when all that was recorded is read."
            return [self._instead(call, text)]
        if self._teller is None:
            self._teller = Teller(recording.path)
        told = self._teller.ask(self.frame, self.cursor)
        if told is None:
            return [self._instead(call, f"This call has {size:,} steps; its story is being put together.")]
        return told

    def _instead(self, call: Call, text: str) -> Utterance:
        return Utterance(text, call.file, call.line, call.first, frame=self.frame)

    def poll(self) -> bool:
        """Take in what happened meanwhile, in the program and in words; True when anything changed."""
        told = self._teller is not None and self._teller.poll()
        if told:
            self._spoken = None
        return super().poll() or told

    def _forget_recording(self) -> None:
        super()._forget_recording()
        if self._teller is not None:
            self._teller.close()
            self._teller = None

    def close(self) -> None:
        """End the program and let go of its recordings."""
        if self._teller is not None:
            self._teller.close()
        super().close()

    def misses(self) -> list[int]:
        """Steps of this call at which a forecast missed."""
        return sorted(
            {
                s.utterance.step
                for s in self.utterances()
                if s.utterance.step is not None and any(v.mark == "miss" for v in s.verdicts)
            }
        )


def _with_current(spoken: list[Spoken], cursor: int) -> list[Spoken]:
    """Mark the sentence about the cursor: the last one whose step is not after it."""
    best = -1
    for index, one in enumerate(spoken):
        step = one.utterance.step
        if step is not None and step <= cursor and (best < 0 or step >= (spoken[best].utterance.step or 0)):
            best = index
    return [Spoken(s.utterance, s.verdicts, i == best) for i, s in enumerate(spoken)]
