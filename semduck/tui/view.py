"""What the panes show, as plain values computed from the session. No widget is touched here."""

from __future__ import annotations

import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from semduck.repair.model import Expectation, Met
from semduck.session import Session, Spoken
from semduck.trace.model import Kind
from semduck.tui.widgets.monologue import Claimed, Sentence
from semduck.tui.widgets.source import SourceView
from semduck.tui.widgets.state import StateRow
from semduck.tui.widgets.status import Status

WORST = {"miss": 3, "hit": 2, "unknown": 1, "": 0}


@dataclass(frozen=True, slots=True)
class Said:
    """What is said about a step; asked for once per paint."""

    spoken: Sequence[Spoken] = ()
    checked: Sequence[Met] = ()


def said(session: Session) -> Said:
    """The sentences about the call at the cursor, and the user's expectations."""
    return Said(session.utterances(), session.checked()) if length(session) else Said()


def length(session: Session) -> int:
    """Steps recorded so far."""
    return len(session.recording) if session.recording is not None else 0


def span(session: Session) -> int:
    """Steps from the beginning of the selected call to its end, with what it called."""
    if session.recording is None or not length(session):
        return 0
    call = session.recording.call(session.frame)
    return (length(session) if call.last is None else call.last) - call.first


def program_file(session: Session) -> Path | None:
    """The file to show before there is a step."""
    if session.recording is not None and session.recording.main_file is not None:
        return session.recording.main_file
    if session.syntax is not None:
        return session.syntax.file
    target = session.target
    return target.cwd / target.spec if target.kind == "script" else None


def file_text(session: Session, path: Path) -> str:
    """The text as it was recorded; before that, as it is on disk ("" when it cannot be read)."""
    if session.recording is not None and path in session.recording.files:
        return session.recording.files[path].text
    return disk_text(path)


def disk_text(path: Path) -> str:
    """The text on disk, whatever its encoding; "" when it cannot be read."""
    try:
        with tokenize.open(path) as file:
            return file.read()
    except (OSError, SyntaxError, UnicodeDecodeError):
        pass
    try:
        return path.read_bytes().decode("latin-1").replace("\r\n", "\n")
    except OSError:
        return ""


def short(path: Path) -> str:
    """A file name without its folders."""
    return path.name


def status(session: Session, said: Said, notice: str) -> Status:
    """The first line."""
    state, mood = _state(session)
    marks = [verdict.mark for spoken in said.spoken for verdict in spoken.verdicts]
    met = [check.met for check in said.checked]
    path = program_file(session)
    return Status(
        name=path.name if path else session.target.spec or "pytest",
        step=session.cursor,
        length=length(session),
        state=state,
        mood=mood,
        notice=notice,
        hits=marks.count("hit") + met.count(True),
        misses=marks.count("miss") + met.count(False),
        voice=session.voice,
    )


def _state(session: Session) -> tuple[str, str]:
    """How the run stands, and in which mood."""
    if session.error:
        return session.error.splitlines()[0], "bad"
    if session.recording is None:
        return "starting…", "busy"
    if session.waiting_for_input:
        return "waits for input", "busy"
    ending = session.recording.ending
    if session.running or ending.kind == "running":
        return "running…", "busy"
    missing = sum(count for _, count in session.recording.gaps())
    gap = f"; about {missing:,} steps were not kept" if missing else ""
    if ending.kind == "exit":
        how = f"ended with exit code {ending.code}" if ending.code else "ended"
        count = session.started
        started = f", {count} process{'' if count == 1 else 'es'} started" if count else ""
        return how + started + gap, "bad" if ending.code else "good"
    return (ending.detail or ending.kind).splitlines()[0] + gap, "bad"


def source(session: Session, said: Said) -> SourceView:
    """The file and line the selected frame stands on."""
    if session.syntax is not None:
        problem = session.syntax
        text = disk_text(problem.file) or (problem.text or "")
        return SourceView(
            path=problem.file,
            text=text,
            line=problem.line,
            verdicts={problem.line: "miss"},
            remark_line=problem.line,
            remark=f"SyntaxError: {problem.message}",
            column=problem.column or 1,
        )
    if not length(session):
        path = program_file(session)
        return SourceView(
            path=path, text=file_text(session, path) if path else "", breakpoints=_stops(session, path)
        )
    assert session.recording is not None
    stack = session.stack()
    selected = next((info for info in stack if info.frame == session.frame), stack[0])
    remark = _remark(session) if selected.frame == stack[0].frame else ("", "")
    return SourceView(
        path=selected.file,
        text=file_text(session, selected.file),
        line=selected.line,
        top=selected.frame == stack[0].frame,
        verdicts=_verdicts(said, selected.file),
        breakpoints=_stops(session, selected.file),
        ran=_ran(session, selected.file),
        remark_line=selected.line if remark[0] else 0,
        remark=remark[0],
        mood=remark[1],
    )


def _ran(session: Session, path: Path) -> frozenset[int] | None:
    """Lines that ran; None while that can still change."""
    if session.running or session.recording is None:
        return None
    return frozenset(session.recording.executed_lines(path))


def _stops(session: Session, path: Path | None) -> frozenset[int]:
    return frozenset(line for file, line in session.breakpoints if file == path)


def _remark(session: Session) -> tuple[str, str]:
    """A line of text below the current line: the exception or the value returned; and its mood."""
    assert session.recording is not None
    step = session.recording.step(session.cursor)
    if step.kind is Kind.EXCEPTION:
        for raised in session.recording.raised():
            if raised.step == step.number:
                return f"{raised.type_name}: {raised.message}".rstrip(": ").replace("\n", " "), "bad"
        return step.value.text if step.value else "an exception", "bad"
    if step.kind is Kind.UNWIND:
        return f"{step.function} is left by the exception", "bad"
    if step.kind in (Kind.RETURN, Kind.YIELD) and step.value is not None and step.function != "<module>":
        return f"{step.kind.value}s {step.value.text}", "info"
    return "", ""


def _verdicts(said: Said, path: Path) -> dict[int, str]:
    """Line -> the worst mark of what was said about it, and of expectations there."""
    verdicts: dict[int, str] = {}
    for spoken in said.spoken:
        for verdict in spoken.verdicts:
            line = spoken.utterance.line
            if spoken.utterance.file == path and WORST[verdict.mark] > WORST[verdicts.get(line, "")]:
                verdicts[line] = verdict.mark
    for check in said.checked:
        if check.expectation.file == path and check.expectation.line and check.met is not None:
            verdicts[check.expectation.line] = "hit" if check.met else "miss"
    return verdicts


def sentences(said: Said) -> tuple[Sentence, ...]:
    """What the duck says about the current call."""
    return tuple(
        Sentence(
            text=spoken.utterance.text,
            line=spoken.utterance.line,
            step=spoken.utterance.step,
            current=spoken.current,
            fact=spoken.utterance.source == "narrator",
            claims=tuple(Claimed(v.mark, v.name, v.said, v.traced, v.reason) for v in spoken.verdicts),
        )
        for spoken in said.spoken
    )


def state(session: Session) -> tuple[StateRow, ...]:
    """The values of the selected frame, globals last."""
    rows = []
    for row in session.rows():
        mark, said = row.mark, row.said
        if row.expected is not None:
            mark = {True: "hit", False: "miss", None: "unknown"}[row.met]
            said = expected(row.expected)
        rows.append(
            StateRow(
                name=row.name,
                traced=row.traced.text,
                type_name=row.traced.type_name,
                said=said,
                mark=mark,
                changed=row.changed,
                faint=row.scope == "global",
                expected=row.expected is not None,
            )
        )
    return tuple(rows)


def expected(expectation: Expectation) -> str:
    """What the user expected, as the table shows it."""
    relation = "" if expectation.relation == "==" else f"{expectation.relation} "
    return f"{relation}{expectation.expected}"
