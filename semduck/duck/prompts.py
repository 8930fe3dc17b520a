"""Every prompt shape, once: the same functions serve live questions and training data."""

from __future__ import annotations

import ast
import hashlib
import io
import textwrap
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from semduck.duck import shape
from semduck.duck.recorded import Recorded
from semduck.trace.model import Value

FIRST_LABEL = 5  # SemCoder numbers the first line of the function [L5]
STOP = ("[/ANSWER]",)
LONGEST = 400  # lines of one function
_FORWARD = """\
Simulate the Execution: You are given a Python function and an assertion containing a function input. \
Complete the assertion containing the execution output corresponding to the given input in [ANSWER] and \
[/ANSWER] tags.
[PYTHON]
{code}
assert {call} == ??
[/PYTHON]
[MONOLOGUE]
"""


class PromptError(ValueError):
    """No question can be asked about this call. One line."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Source of one function as the model sees it: its first line in the file and that line's label."""

    text: str
    file: Path
    first_line: int
    first_label: int = FIRST_LABEL

    def line(self, label: int) -> int | None:
        """The file's line of `[Llabel]`; None when the function has no such line."""
        offset = label - self.first_label
        return self.first_line + offset if 0 <= offset < len(self.text.split("\n")) else None


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question about one call. key: its content as a hash, for caches."""

    text: str
    source: Labelled
    function: str
    stop: tuple[str, ...] = STOP

    @property
    def key(self) -> str:
        """Hex sha256 of the prompt."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def forward(code: str, call: str, first_label: int = FIRST_LABEL) -> str:
    """SemCoder's forward monologue: labelled code and an assertion whose right side is asked for."""
    return _FORWARD.format(code=label(code, first_label), call=call)


def label(code: str, first_label: int = FIRST_LABEL) -> str:
    """Every line that is not blank gets ` # [Lk]`."""
    lines = code.split("\n")
    return "\n".join(
        f"{line} # [L{k}]" if line.strip() else line for k, line in enumerate(lines, first_label)
    )


def for_call(recording: Recorded, frame: int) -> Prompt:
    """The forward prompt of a recorded call. Raises PromptError for what is no function call."""
    call = recording.call(frame)
    file = recording.files.get(call.file)
    source = shape.source(file.text if file else "")
    owner = source.owner(call.function, call.line)
    if not isinstance(owner, ast.FunctionDef | ast.AsyncFunctionDef):
        raise PromptError("the duck is asked about calls of functions only")
    code, first = function_source(source, owner)
    if code.count("\n") >= LONGEST:
        raise PromptError(f"{owner.name} has more than {LONGEST} lines")
    text = forward(requoted(code), invocation(owner, recording.arguments(frame)))
    return Prompt(text, Labelled(code, call.file, first), owner.name)


def function_source(source: shape.Source, owner: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, int]:
    """Dedented source of a function without its decorators, and the line it begins at."""
    lines = source.lines[owner.lineno - 1 : owner.end_lineno]
    return textwrap.dedent("\n".join(lines)).rstrip(), owner.lineno


def invocation(owner: ast.FunctionDef | ast.AsyncFunctionDef, arguments: Mapping[str, Value]) -> str:
    """f([1, 3], "a") with the recorded arguments."""
    args = owner.args
    keyword_only = {a.arg for a in args.kwonlyargs}
    parts: list[str] = []
    for name, value in shape.in_call_order(owner, arguments).items():
        if args.vararg and name == args.vararg.arg:
            parts += [written(v) for _, v in value.children]
        elif args.kwarg and name == args.kwarg.arg:
            parts += [f"{k.strip(chr(39))}={written(v)}" for k, v in value.children]
        else:
            parts.append(f"{name}={written(value)}" if name in keyword_only else written(value))
    return f"{owner.name}({', '.join(parts)})"


def written(value: Value) -> str:
    """A value as Python source, strings in double quotes; an object as the recording shows it."""
    return literal(value.literal) if value.is_literal else value.text


def literal(value: object) -> str:
    """repr() with double quotes."""
    if isinstance(value, str):
        return requoted(repr(value))
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' * (len(value) == 1)})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, set) and value:
        return "{" + ", ".join(map(literal, value)) + "}"
    return repr(value)


def requoted(code: str) -> str:
    """'text' -> "text" where that needs no escaping; the model was trained on double quotes only."""
    lines = code.split("\n")
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return code
    for token in tokens:
        text = token.string
        plain = token.type == tokenize.STRING and text[:1] == "'" and text[:3] != "'''"
        if plain and '"' not in text and "\\'" not in text and token.start[0] == token.end[0]:
            row, begin, end = token.start[0] - 1, token.start[1], token.end[1]
            lines[row] = f'{lines[row][:begin]}"{text[1:-1]}"{lines[row][end:]}'
    return "\n".join(lines)
