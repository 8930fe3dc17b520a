"""Which test runs: told to the log where pytest begins and ends each phase of a test.

Runs inside the recorded process. A plugin of its own pytest, whether or not semduck is installed there; its
hooks are generators, so that no frame of ours lies below a test.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    from ..follow import Recorder

NAME = "semduck-recorder"
WRAPPERS = ("pytest_runtest_setup", "pytest_runtest_call", "pytest_runtest_teardown",
            "pytest_runtest_makereport")
FIRST = ("pytest_cmdline_main", "pytest_runtestloop")
ELSEWHERE = (("numprocesses", "-n 0"), ("tx", "--tx"), ("forked", "--forked"))
REFUSAL = "semduck records one process, and the tests would run in others: {}"


def watch(recorder: Recorder, alone: bool) -> None:
    """Join every pytest session of this process. Does nothing where this pytest has no place for it.

    alone: pytest itself is the program, and its tests have to run in this process.
    """
    config: Any = sys.modules.get("_pytest.config")
    made, mark = getattr(config, "Config", None), getattr(config, "hookimpl", None)
    if made is None or mark is None:
        return
    for name in WRAPPERS:
        mark(hookwrapper=True, tryfirst=True)(getattr(Teller, name))
    for name in FIRST:
        mark(tryfirst=True)(getattr(Teller, name))
    teller, real = Teller(recorder, alone), made.__init__

    def __init__(self: Any, *args: Any, **named: Any) -> None:
        real(self, *args, **named)
        try:
            self.pluginmanager.register(teller, NAME)
        except Exception:  # a pytest with other rules: nobody tells of its tests
            pass

    __init__.__qualname__, __init__.__module__ = real.__qualname__, real.__module__
    made.__init__ = __init__


def elsewhere(options: Any) -> str:
    """Why the tests will not run in this process, "" when they will. options: pytest's, as a namespace."""
    for name, option in ELSEWHERE:
        if getattr(options, name, None):
            todo = "-n 0 keeps them here" if name == "numprocesses" else f"leave out {option}"
            return REFUSAL.format(todo)
    return ""


class Teller:
    """What pytest tells of its tests. A session that a test starts belongs to that test."""

    def __init__(self, recorder: Recorder, alone: bool) -> None:
        self.recorder, self.alone = recorder, alone
        self.inside = 0  # phases that are open; more than one: a session inside a test
        self.node = ""

    def pytest_cmdline_main(self, config: Any) -> None:
        reason = elsewhere(config.option) if self.alone and self.recorder.on and not self.inside else ""
        if reason:
            errors: Any = sys.modules["_pytest.config.exceptions"]
            raise errors.UsageError(reason)

    def pytest_runtestloop(self, session: Any) -> None:
        """All plugins are there now: ours is to be the outermost."""
        manager = session.config.pluginmanager
        if manager.unregister(self) is not None:
            manager.register(self, NAME)

    def pytest_runtest_setup(self, item: Any) -> Generator[None, Any, None]:
        self._begins(item, "setup")
        yield
        self._ends(item, "setup")

    def pytest_runtest_call(self, item: Any) -> Generator[None, Any, None]:
        self._begins(item, "call")
        yield
        self._ends(item, "call")

    def pytest_runtest_teardown(self, item: Any) -> Generator[None, Any, None]:
        self._begins(item, "teardown")
        yield
        self._ends(item, "teardown")

    def _begins(self, item: Any, phase: str) -> None:
        self.inside += 1
        if self.inside == 1:
            self.node = str(item.nodeid)
            self._tell(item, phase, "begin")

    def _ends(self, item: Any, phase: str) -> None:
        if self.inside == 1:
            self._tell(item, phase, "end")
        self.inside -= 1

    def pytest_runtest_makereport(self, item: Any, call: Any) -> Generator[None, Any, None]:
        made = yield
        if made.excinfo is None and (not self.inside or str(item.nodeid) == self.node):
            self._tell(item, call.when, _outcome(made.get_result()))

    def _tell(self, item: Any, phase: Any, what: str) -> None:
        if what:
            file = getattr(item, "path", None) or getattr(item, "fspath", "")
            self.recorder.note(["V", str(item.nodeid), str(file), str(phase), what])


def _outcome(report: Any) -> str:
    """The word pytest uses for it, "" when there is none."""
    outcome, expected = getattr(report, "outcome", ""), hasattr(report, "wasxfail")
    if outcome not in ("passed", "failed", "skipped"):
        return ""
    return {"skipped": "xfailed", "passed": "xpassed"}.get(outcome, outcome) if expected else str(outcome)
