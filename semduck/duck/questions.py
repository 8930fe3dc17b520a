"""A recorded run -> questions to a model. The shapes are in prompts.py; here is what goes into them."""

from __future__ import annotations

import ast
import builtins
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from semduck.duck import prompts, shape
from semduck.duck.recorded import Recorded
from semduck.duck.source_view import Labelled, extent, owner_of, view
from semduck.duck.written import ROOM, call, written
from semduck.trace.model import Call, Value

LETTERS = 2.8  # characters a token of code has, at least, in the tokenizers of code models
ROOM_UNKNOWN = 6_000  # characters of source where an engine does not say how long its context is
FACTS = 12  # values of other calls and of outer names that are given
ANSWER = 1_024  # tokens


class PromptError(ValueError):
    """No question can be asked about this call. One line."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question about one call. note: what the model was not shown, one line, "" when it saw everything."""

    text: str
    source: Labelled
    function: str
    stop: tuple[str, ...] = prompts.STOP
    chat: bool = False
    note: str = ""

    @property
    def key(self) -> str:
        """Its content as hex sha256, for caches."""
        return hashlib.sha256(f"{self.chat}{self.text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is about. line: of the file, where the user stands."""

    recording: Recorded
    frame: int
    owner: shape.Owner
    name: str
    source: shape.Source
    file: Path
    line: int


def about(recording: Recorded, frame: int, line: int = 0) -> Asked:
    """The source behind a call. Raises PromptError for what is no function, class body or module."""
    recorded = recording.call(frame)
    source, owner = owner_of(recording, recorded)
    if owner is None or not source.text.strip():
        what = recorded.function.rpartition(".")[2]
        kind = "lambdas and comprehensions are" if what.startswith("<") else f"{what} is"
        raise PromptError(f"{kind} not asked about: its source does not stand for itself here")
    name = getattr(owner, "name", "module")
    return Asked(recording, frame, owner, name, source, recorded.file, line or recorded.line)


def view_of(asked: Asked, context: int = 0) -> Labelled:
    """The source that questions about a call show, with its labels."""
    return view(asked.source, asked.owner, asked.file, room(context), asked.line)


def room(context: int, answer: int = ANSWER) -> int:
    """Characters of source that a question may have."""
    return int(max(400, (context - answer - 400) * LETTERS)) if context else ROOM_UNKNOWN


def forward(asked: Asked, form: str = "semcoder", context: int = 0) -> Prompt:
    """The forward monologue of a recorded call."""
    source = view_of(asked, context)
    code = "\n".join([source.code(), *facts(asked)])
    text = prompts.forward(code, invocation(asked), form)
    return Prompt(text, source, asked.name, chat=form == "chat", note=_left_out(source, asked))


def backward(asked: Asked, output: str, form: str = "semcoder", context: int = 0) -> Prompt:
    """Which input gives `output` (Python source)? Raises PromptError for what is no function."""
    if not isinstance(asked.owner, ast.FunctionDef | ast.AsyncFunctionDef):
        raise PromptError("only a function has an input to be found")
    if asked.recording.call(asked.frame).function != asked.name:
        raise PromptError(f"{asked.name} is no function of its module: other input cannot be tried")
    source = view_of(asked, context)
    if source.shown is not None:
        raise PromptError(f"{asked.name} is too long for this model: it must see all of it")
    text = prompts.backward(source.plain(), around(asked.owner, f"{asked.name}(??)"), output, form)
    return Prompt(text, source, asked.name, chat=form == "chat")


def purpose(asked: Asked, form: str = "semcoder", context: int = 0) -> Prompt:
    """What the function is for."""
    source = view_of(asked, context)
    stop = () if form == "chat" else ("\n\n", "\n[", "\ndef ")
    return Prompt(prompts.purpose(source.plain(), form), source, asked.name, stop, form == "chat",
                  _left_out(source, asked))  # fmt: skip


def properties(asked: Asked, form: str = "semcoder", context: int = 0) -> Prompt:
    """Conditions that hold for any call of the function."""
    source = view_of(asked, context)
    stop = () if form == "chat" else ("\n\n", "\n[")
    return Prompt(prompts.properties(source.plain(), form), source, asked.name, stop, form == "chat",
                  _left_out(source, asked))  # fmt: skip


def question(asked: Asked, step: int, words: str, form: str = "semcoder", context: int = 0) -> Prompt:
    """What the user asks about a step, with the state there."""
    source = view_of(asked, context)
    names = {**asked.recording.globals(step, asked.frame), **asked.recording.locals(step, asked.frame)}
    kept = {n: v for n, v in names.items() if v.kind not in ("module", "function", "class")}
    state = [f"{name} = {written(value, ROOM // 2)}" for name, value in list(kept.items())[:30]]
    label = f"[L{source.label_of(asked.line)}]"
    text = prompts.question(source.code(), label, state, " ".join(words.split()), form)
    stop = () if form == "chat" else ("\nQuestion:", "\n[")
    return Prompt(text, source, asked.name, stop, form == "chat", _left_out(source, asked))


def invocation(asked: Asked) -> str:
    """What the assertion of a forward question has on its left: f([1, 2]), list(gen(3)), printed."""
    if not isinstance(asked.owner, ast.FunctionDef | ast.AsyncFunctionDef):
        return "printed"
    arguments = asked.recording.arguments(asked.frame)
    return around(asked.owner, call(asked.name, asked.owner, arguments))


def around(owner: ast.FunctionDef | ast.AsyncFunctionDef, called: str) -> str:
    """A call as it must stand to give a value: list(gen(3)), asyncio.run(main())."""
    yields = any(isinstance(n, ast.Yield | ast.YieldFrom) for n in shape.own(owner))
    if isinstance(owner, ast.AsyncFunctionDef):
        return called if yields else f"asyncio.run({called})"
    return f"list({called})" if yields else called


def facts(asked: Asked) -> list[str]:
    """What the model cannot know: outer names the code reads, what the calls it makes gave."""
    return [f"# {fact}" for fact in (*_outer(asked), *_given(asked))][:FACTS]


def _outer(asked: Asked) -> Iterator[str]:
    """Names of the module or of enclosing functions, as they were when the call began."""
    if isinstance(asked.owner, ast.Module):
        return
    first = asked.recording.call(asked.frame).first
    own = asked.recording.arguments(asked.frame)
    known: Mapping[str, Value] = {
        **asked.recording.globals(first, asked.frame), **asked.recording.locals(first, asked.frame)
    }  # fmt: skip
    for name in sorted(_read(asked.owner)):
        value = known.get(name)
        if value is None or name in own or value.kind in ("module", "function", "class"):
            continue
        yield f"{name} = {written(value, 80)}"


def _read(owner: shape.Owner) -> set[str]:
    names = [n for n in ast.walk(owner) if isinstance(n, ast.Name)]
    bound = {n.id for n in names if not isinstance(n.ctx, ast.Load)}
    return {n.id for n in names} - bound - set(dir(builtins))


def _given(asked: Asked) -> Iterator[str]:
    """Results of the calls it made, of functions whose source the model does not see."""
    first, last = extent(asked.source, asked.owner)
    told: set[str] = set()
    for made in asked.recording.children(asked.frame):
        inside = made.file == asked.file and first <= made.line <= last
        if inside and made.line != asked.recording.call(asked.frame).line:
            continue
        fact = _result(asked, made)
        if fact and fact not in told:
            told.add(fact)
            yield fact


def _result(asked: Asked, made: Call) -> str:
    owner = owner_of(asked.recording, made)[1]
    value = asked.recording.result(made.frame)
    if value is None or not isinstance(owner, ast.FunctionDef) or shape.is_generator(owner):
        return ""
    if owner.name == "__init__":
        return ""
    called = call(owner.name, owner, asked.recording.arguments(made.frame))
    return f"{called} returns {written(value, 80)}" if len(called) <= 100 else ""


def _left_out(source: Labelled, asked: Asked) -> str:
    if source.shown is None:
        return ""
    total = source.text.count("\n") + 1
    return f"the model sees {len(source.shown)} of the {total} lines of {asked.name}"
