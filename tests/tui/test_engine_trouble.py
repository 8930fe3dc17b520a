"""An engine in trouble is one message: the app stays, the narrator speaks."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from semduck.duck.engine import EngineSpec
from semduck.session import Session
from semduck.trace.opened import Opened
from semduck.trace.run import record
from semduck.trace.target import Target
from semduck.tui.app import SemduckApp
from tests.tui.conftest import AVERAGE
from tests.tui.driving import frame, keys, started, toasts, until

Build = Callable[..., SemduckApp]
Make = Callable[[EngineSpec], Session]
TROUBLED = "semduck.duck.engines.scripted:Troubled"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    engines = Path(__file__).resolve().parents[1] / "unit/engines"
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(engines), str(engines.parents[2])]))
    (tmp_path / "average.py").write_text(AVERAGE)
    target = Target("script", "average.py", cwd=tmp_path, python=sys.executable, root=tmp_path)
    record(target, out=tmp_path / "run.duck").close()
    sessions: list[Session] = []

    def make(spec: EngineSpec) -> Session:
        opened = Opened(tmp_path / "run.duck")
        sessions.append(Session(target, engine=spec, state_dir=tmp_path / "state", opened=opened))
        return sessions[-1]

    yield make
    for session in sessions:
        session.close()


@pytest.mark.parametrize(
    ("how", "line"),
    [
        ("unloadable", "there is no such model"),
        ("die", "the engine's process ended"),
        ("fail", "out of memory"),
    ],
)
async def test_it_is_said_once_and_the_app_goes_on(made: Make, app_of: Build, how: str, line: str) -> None:
    session = made(EngineSpec(TROUBLED, {"how": how}))
    async with app_of(session).run_test(size=(120, 36), notifications=True) as pilot:
        await started(pilot)
        await keys(pilot, "g", "s")
        await until(pilot, lambda: line in toasts(pilot))
        before = session.cursor
        await keys(pilot, "n")
        assert session.cursor != before
        await until(pilot, lambda: "Duck says — facts" in frame(pilot))
        assert toasts(pilot).count(line) == 1


async def test_a_smaller_choice_is_said(made: Make, app_of: Build) -> None:
    session = made(EngineSpec("slow:Shrinking"))
    async with app_of(session).run_test(size=(120, 36), notifications=True) as pilot:
        await started(pilot)
        await keys(pilot, "a", *"why", "enter")
        await until(pilot, lambda: "smaller now" in toasts(pilot))
