"""Every prompt shape, once: the same functions serve live questions and training data.

SemCoder's are byte for byte those of its released scripts (arXiv 2406.01006), odd as they are in places.
shape: "semcoder" (semcoder_1030, semcoder_s_1030), "semcoder-old" (semcoder, semcoder_s), "plain" (a base
model: asked as SemCoder is) or "chat" (an instruct model; the engine puts its own template around).
"""

from __future__ import annotations

from collections.abc import Sequence

FIRST_LABEL = 5  # SemCoder numbers the first line of the function [L5]
STOP = ("[/ANSWER]",)
_TAGS = {"semcoder-old": ("[SCRACHPAD]", "[DEDUCTION]")}  # forward and backward; (sic)
_FORWARD = """\
Simulate the Execution: You are given a Python function and an assertion containing a function input. \
Complete the assertion containing the execution output corresponding to the given input in [ANSWER] and \
[/ANSWER] tags.
[PYTHON]
{code}
assert {call} == ??
[/PYTHON]
{tag}
"""
_BACKWARD = """\
Deduce the Semantic Constraints: You are given a Python program and its expected output. Find one input \
such that executing the program with the input leads to the given output. Complete the assertion with one \
such input in between [ANSWER] and [/ANSWER].
PYTHON]
{code}
assert {call} == {output}
[/PYTHON]

{tag}
"""
_NL2CODE = """\
You are an exceptionally intelligent coding assistant that consistently delivers accurate and reliable \
<Code> according to <NL_Description>

<NL_Description>
{instruction}

<Code>
"""
_REFINE = """\
Debug and Refine the Code: You are given a a problem to be implemented in Python, and a buggy code that \
tries to solve the problem but fails the test case.
You should firstly simulate the execution with the buggy code and the failed test to identify the root \
cause of the failure.\x20
Then, you should fix the bug and wrap the refined code in between [Refined] and [/Refined].
### Problem
{problem}

### Buggy Solution
```python
{code}
```

### Failed Test
```python
{error}
```
"""
_SIMULATION = """\
[MONOLOGUE]
### Execution Simulation
```python
{trace}
```
### Root Cause Analysis
"""
_CHAT_FORWARD = """\
Here is Python code whose lines carry labels like [L7], and a call of it.

```python
{code}
assert {call} == ??
```

Think the execution of this call through, aloud and in order. Write one short sentence for each step that \
matters, begin it with the label of its line, put names in backticks and give values as Python literals, for \
example: [L7]: In iteration 2, `total` becomes 8. Say what happens, not what should happen, and do not judge \
the code. At the end write the completed assertion:
[ANSWER]
assert {call} == the value
[/ANSWER]
"""
_CHAT_BACKWARD = """\
Here is Python code and what a call of it should give.

```python
{code}
assert {call} == {output}
```

Deduce, step by step and backwards from the result, what must hold of the input (write each constraint as a \
Python condition in backticks where you can), then construct one input that fulfils all of it. At the end \
write the completed assertion, with literals only:
[ANSWER]
assert {call} == {output}
[/ANSWER]
"""
_CHAT_STEP = """\
```python
{code}
assert {call} == ??
```

Which Python literal must stand for ?? so that the assertion holds? Answer with that literal alone.
"""
_ASK = """\
[PYTHON]
{code}
[/PYTHON]
This is the recorded state just before line {line} runs:
{state}
Question: {question}
Answer:"""
_CHAT_ASK = """\
Here is Python code whose lines carry labels like [L7].

```python
{code}
```

It was run and recorded. Just before line {line} runs, this is the state:
{state}

Question: {question}

Answer briefly. Put names in backticks and give values as Python literals. Rely on the recorded state; say \
so when it does not tell.
"""
_PURPOSE = """\
[PYTHON]
{code}
[/PYTHON]
In one sentence, what this function is for: This function"""
_CHAT_PURPOSE = """\
```python
{code}
```

In one short paragraph of plain text: what is this for? Say what goes in and what comes out, not how each \
line works. No headings, no code block.
"""
_PROPERTIES = """\
[PYTHON]
{code}
[/PYTHON]
Key Properties and Constraints (each a Python expression over the arguments and `result`):
- `"""
_CHAT_PROPERTIES = """\
```python
{code}
```

List up to six properties that hold for every call: constraints on the arguments, and how the result relates \
to them. Write each as one line `- `expression` : what it says`, where expression is a Python condition \
over the argument names and `result` (comparisons, len, sum, min, max, all, any, sorted, isinstance).
"""


def tags(shape: str) -> tuple[str, str]:
    """What stands before a forward and before a backward monologue."""
    return _TAGS.get(shape, ("[MONOLOGUE]", "[MONOLOGUE]"))


def forward(code: str, call: str, shape: str = "semcoder") -> str:
    """The forward monologue: labelled code and an assertion whose right side is asked for."""
    if shape == "chat":
        return _CHAT_FORWARD.format(code=code, call=call)
    return _FORWARD.format(code=code, call=call, tag=tags(shape)[0])


def backward(code: str, call: str, output: str, shape: str = "semcoder") -> str:
    """The backward monologue. call: with ?? for the input, f(??). The code carries no labels."""
    if shape == "chat":
        return _CHAT_BACKWARD.format(code=code, call=call, output=output)
    return _BACKWARD.format(code=code, call=call, output=output, tag=tags(shape)[1])


def nl2code(instruction: str) -> str:
    """A program from its description."""
    return _NL2CODE.format(instruction=instruction)


def refine(problem: str, code: str, error: str, trace: str = "") -> str:
    """Debug and refine. error: the failed test; trace: the code with its states as comments, if given."""
    text = _REFINE.format(problem=problem, code=code, error=error)
    return text + _SIMULATION.format(trace=trace) if trace else text


def step(code: str, call: str, shape: str = "semcoder") -> str:
    """One line as a function of the true state: the answer is asked for at once, without a monologue."""
    if shape == "chat":
        return _CHAT_STEP.format(code=code, call=call)
    return f"{forward(code, call, shape)}[ANSWER]\nassert {call} =="


def question(code: str, line: str, state: Sequence[str], asked: str, shape: str = "semcoder") -> str:
    """A question about one step. line: "[L7]"; state: one `name = value` a line."""
    form = _CHAT_ASK if shape == "chat" else _ASK
    return form.format(code=code, line=line, state="\n".join(state) or "(no names)", question=asked)


def purpose(code: str, shape: str = "semcoder") -> str:
    """Approximate semantics: what a function is for."""
    return (_CHAT_PURPOSE if shape == "chat" else _PURPOSE).format(code=code)


def properties(code: str, shape: str = "semcoder") -> str:
    """Abstract semantics: conditions on arguments and result that hold for any call."""
    return (_CHAT_PROPERTIES if shape == "chat" else _PROPERTIES).format(code=code)


def label(code: str, first_label: int = FIRST_LABEL) -> str:
    """Every line that is not blank gets ` # [Lk]`; blank ones count."""
    return labelled(list(enumerate(code.split("\n"), first_label)))


def labelled(lines: Sequence[tuple[int | None, str]]) -> str:
    """Code from lines and their labels; one without a label stays as it is."""
    return "\n".join(f"{line} # [L{k}]" if k is not None and line.strip() else line for k, line in lines)
