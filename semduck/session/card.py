"""The semantics card of a function: the paper's four kinds, each as far as it can be checked.

Source: SemCoder (arXiv 2406.01006), section 3: approximate, symbolic, abstract, operational semantics.
"""

from __future__ import annotations

import ast

from semduck.duck import questions
from semduck.duck.forecast import Forecaster
from semduck.duck.utterance import Utterance
from semduck.judge import judge_all
from semduck.repair import comments
from semduck.repair.comments import CommentError
from semduck.repair.model import Proposal
from semduck.session.properties import Property, check, read
from semduck.session.talks import Line, Talk, claim
from semduck.trace.recording import Recording

CODE = 40  # lines of source that are shown
WORDS = 400  # tokens of an answer
SAID = 60  # characters of a comment


class Card(Talk):
    """What the function of a call means."""

    def __init__(self, duck: Forecaster, recording: Recording, frame: int) -> None:
        super().__init__(duck)
        self.recording, self.frame = recording, frame
        self.asked = asked = questions.about(recording, frame)
        self.title = f"What {asked.name} means"
        self.purpose = self.put(lambda form, room: questions.purpose(asked, form, room), max_tokens=WORDS)
        self.abstract = self.put(lambda form, room: questions.properties(asked, form, room), max_tokens=WORDS)
        self._checked: dict[str, Property] = {}

    # -- what is said --------------------------------------------------------------------------------------

    def summary(self) -> str:
        """The purpose in one paragraph, as the docstring would have it."""
        text = " ".join(self.purpose.text.replace("```", " ").split())
        prompt = self.purpose.prompt
        if not text or prompt is None or prompt.chat:
            return text
        return text[:1].upper() + text[1:]  # the prompt begins the sentence: "This function returns ..."

    def properties(self) -> list[Property]:
        """Properties said so far, held against the recorded calls."""
        prompt, text = self.abstract.prompt, self.abstract.text
        if prompt is None:
            return []
        begun = text if prompt.chat else f"- `{text}"
        for found in read(begun):
            if found.expression not in self._checked and (self.abstract.done or begun.count("\n") > 1):
                self._checked[found.expression] = check(found, self.recording, self.frame)
        return list(self._checked.values())

    def monologue(self) -> list[Utterance]:
        """Sentences about the call, once they were asked for."""
        return self.duck.utterances(self.recording, self.frame)

    def lines(self) -> list[Line]:
        """The whole card."""
        return [*self._approximate(), *self._symbolic(), *self._abstract(), *self._operational()]

    def _approximate(self) -> list[Line]:
        written = ast.get_docstring(self.asked.owner)
        lines = [Line("Approximate · what it is for", "head")]
        lines += [Line(f"Its docstring: {written.splitlines()[0]}", "fact")] if written else []
        lines += [Line(self.summary())] if self.purpose.text else []
        return [*lines, *self.ending(self.purpose)]

    def _symbolic(self) -> list[Line]:
        rows = questions.view_of(self.asked).text.split("\n")
        more = [Line(f"… {len(rows) - CODE} more lines", "note")] if len(rows) > CODE else []
        return [Line("Symbolic · the code", "head"), *(Line(row, "code") for row in rows[:CODE]), *more]

    def _abstract(self) -> list[Line]:
        lines = [Line("Abstract · properties, each held against the recorded calls", "head")]
        for found in self.properties():
            lines.append(Line(f"`{found.expression}` {found.prose}".rstrip()))
            lines.append(Line(found.text(), "fact", found.mark, found.failed_at))
        if self.abstract.done and not self._checked and not self.abstract.error:
            lines.append(Line("It named no property that can be checked.", "note", "unknown"))
        return [*lines, *self.ending(self.abstract)]

    def _operational(self) -> list[Line]:
        told = self.monologue()
        lines = [Line("Operational · this call, as forecast", "head")]
        if not told:
            return [*lines, Line("Nothing was said about this call yet.", "note")]
        for said in told:
            lines.append(Line(said.text, "said", step=said.step))
            lines += [claim(v) for v in judge_all(said, self.recording)]
        return lines

    # -- as patches ----------------------------------------------------------------------------------------

    def as_docstring(self) -> Proposal:
        """The summary as a docstring. Raises CommentError."""
        words = self.summary()
        if not self.purpose.done or not words:
            raise CommentError("there is no summary yet")
        return comments.docstring(self.recording.files[self.asked.file], self.asked.owner, words)

    def as_comments(self) -> Proposal:
        """Sentences all of whose claims are hits, at the ends of their lines. Raises CommentError."""
        words: dict[int, str] = {}
        for said in self.monologue():
            marks = [v.mark for v in judge_all(said, self.recording)]
            if marks and set(marks) == {"hit"} and len(said.text) <= SAID:
                words.setdefault(said.line, said.text.replace("`", "").rstrip("."))
        if not words:
            raise CommentError("no sentence about this call was checked and found right")
        return comments.comments(self.recording.files[self.asked.file], words, self.asked.name)
