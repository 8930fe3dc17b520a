"""Trace functions: those of the program's own stay, and ours looks at nothing new when python ends."""

from __future__ import annotations

from pathlib import Path

from semduck.trace.run import Run
from semduck.trace.target import Target

WAITS = "async def later():\n    return 1\n"  # coroutines are followed by sys.settrace


def ran(folder: Path, text: str, **modules: str) -> Run:
    """Run a program; a module `tool` is a library, as far as recording goes."""
    (folder / "main.py").write_text(text)
    for name, code in modules.items():
        (folder / f"{name}.py").write_text(code)
    target = Target("script", "main.py", cwd=folder, exclude=("*/tool.py",))
    run = Run(target, out=folder / "run.duck")
    run.start()
    run.wait(60)
    return run


def test_a_trace_function_of_the_program_stays_when_ours_is_wanted(tmp_path: Path) -> None:
    run = ran(
        tmp_path,
        """
import tool

tool.begin()
import waits


def plain(n):
    return n + 1


print(plain(1), tool.still(), "plain" in tool.seen, "<module>" in tool.seen)
""",
        waits=WAITS,
        tool="""
import sys

seen = []


def note(frame, event, arg):
    seen.append(frame.f_code.co_name)


def begin():
    sys.settrace(note)


def still():
    return sys.gettrace() is note
""",
    )
    assert run.stdout == b"2 True True True\n", run.stderr
    assert "plain" in [call.function for call in run.recording.calls()]  # it has probes
    run.close()


def test_a_tool_that_says_it_is_equal_to_everything_is_not_asked(tmp_path: Path) -> None:
    run = ran(
        tmp_path,
        "import tool\nimport waits\nprint('end')\n",
        waits=WAITS,
        tool="""
import sys


class Tool:
    def __call__(self, frame, event, arg):
        return None

    def __eq__(self, other):
        print("asked")
        return True


sys.settrace(Tool())
""",
    )
    assert run.stdout == b"end\n"
    run.close()


def test_what_dies_with_the_interpreter_is_no_fault(tmp_path: Path) -> None:
    run = ran(
        tmp_path,
        "import tool\nimport waits\nprint('end')\n",
        waits=WAITS,
        tool="""
import sys
import weakref


class Kept:
    pass


def gone(reference):
    return None


sys.kept = Kept()
sys.watched = weakref.ref(sys.kept, gone)
""",
    )
    assert (run.stdout, run.stderr) == (b"end\n", b"")
    assert (run.recording.ending.kind, run.recording.ending.code) == ("exit", 0)
    run.close()
