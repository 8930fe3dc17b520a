"""What the user asks the duck: each talk gives lines to show, and grows while the answer comes."""

from __future__ import annotations

from dataclasses import dataclass

from semduck.duck import questions
from semduck.duck.asking import Answer, Build
from semduck.duck.engine import About
from semduck.duck.forecast import Forecaster
from semduck.duck.monologue import parse, split
from semduck.duck.questions import Asked
from semduck.duck.utterance import Utterance
from semduck.judge import Verdict, judge_all
from semduck.trace.recording import Recording

MEASURABLE = 0.1  # seconds of an answer from which its speed can be told


@dataclass(frozen=True, slots=True)
class Line:
    """One line to show. kind: head | said (by the model) | fact (recorded) | code | note.

    mark: hit | miss | unknown | "" of what was checked. step: where it leads.
    """

    text: str
    kind: str = "said"
    mark: str = ""
    step: int | None = None


class Talk:
    """One conversation. `lines` is cheap and may be asked for at every repaint."""

    title = ""
    another = False  # can "show me another" be asked?

    def __init__(self, duck: Forecaster) -> None:
        self.duck = duck
        self.answers: list[Answer] = []

    def put(self, build: Build, **options: float) -> Answer:
        """Ask the engine; it answers before monologues that wait."""
        answer = Answer(build, **options)  # type: ignore[arg-type]
        self.answers.append(answer)
        return self.duck.put(answer, urgent=True)

    @property
    def done(self) -> bool:
        """Does nothing follow?"""
        return all(answer.done for answer in self.answers)

    def lines(self) -> list[Line]:
        """Everything so far."""
        raise NotImplementedError

    def again(self) -> str | None:
        """Ask for another answer; one line when there is none to be had."""
        return "there is no other answer to this"

    def close(self) -> None:
        """The user looks away."""
        for answer in self.answers:
            if not answer.done:
                self.duck.give_up(answer)

    def ending(self, answer: Answer) -> list[Line]:
        """A note below an answer: that it comes, why there is none, what it took."""
        if answer.error:
            return [Line(answer.error, "note", "miss")]
        if not answer.done:
            waits = "the model is being loaded …" if not self.duck.worker.ready else "…"
            return [Line(waits, "note")]
        note = [answer.prompt.note] if answer.prompt and answer.prompt.note else []
        return [Line(n, "note") for n in [*note, voice(self.duck.about, answer)] if n]


def voice(about: About, answer: Answer) -> str:
    """Who said it and how fast, in one line."""
    usage, name = answer.usage, about.line or about.name
    if usage is None:
        return f"{name} · remembered" if name else "remembered"
    speed = f", {usage.tokens / usage.seconds:.0f} a second" if usage.seconds > MEASURABLE else ""
    reused = f", {usage.reused} of {usage.prompt_tokens} tokens known" if usage.reused else ""
    return f"{name} · {usage.tokens} tokens{speed}{reused}"


def judged(text: str, asked: Asked, step: int, recording: Recording, whole: bool) -> list[Line]:
    """Sentences of an answer, below each what was claimed. Without a label they speak of the step."""
    lines: list[Line] = []
    for sentence in split(text, whole):
        said = _anchored(sentence, asked, step, recording)
        lines.append(Line(said.text, "said", step=said.step))
        lines += [claim(v) for v in judge_all(said, recording)]
    return lines


def _anchored(sentence: str, asked: Asked, step: int, recording: Recording) -> Utterance:
    source = questions.view_of(asked)
    if "[L" in sentence:
        found = parse(sentence, source, recording, asked.frame)
        if found:
            return found[0]
    at = recording.step(step)
    return Utterance(sentence, at.file, at.line, step, 1, "forecast", None, asked.frame)


def claim(verdict: Verdict) -> Line:
    """A verdict in one line."""
    name = verdict.name
    if verdict.mark == "miss":
        text = f"{name}: said {verdict.said}, traced {verdict.traced}"
    elif verdict.mark == "hit":
        text = f"{name} = {verdict.traced}" if name else verdict.said
    else:
        text = f"{name or verdict.said}: {verdict.reason or 'not checkable'}"
    return Line(text, "fact", verdict.mark, verdict.step)


class Question(Talk):
    """A question about a step, answered with the recorded state as context."""

    def __init__(self, duck: Forecaster, recording: Recording, frame: int, step: int, words: str) -> None:
        super().__init__(duck)
        self.recording, self.step, self.title = recording, step, words
        self.asked = questions.about(recording, frame, recording.step(step).line)
        self.answer = self.put(
            lambda form, context: questions.question(self.asked, step, words, form, context)
        )

    def lines(self) -> list[Line]:
        """The answer, its claims judged."""
        answer = self.answer
        told = judged(answer.text, self.asked, self.step, self.recording, answer.done)
        return [*told, *self.ending(answer)]
