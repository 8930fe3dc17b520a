"""Talking with the duck on the screen: a real recording, a scripted engine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from semduck.duck.engines.scripted import Scripted
from semduck.session import Session
from semduck.trace.opened import Opened
from semduck.trace.run import record
from semduck.trace.target import Target
from semduck.tui.app import SemduckApp
from semduck.tui.screens.repair import Repair
from semduck.tui.screens.told import Told
from tests.tui.conftest import AVERAGE
from tests.tui.driving import frame, keys, started, toasts, until

Build = Callable[..., SemduckApp]
ANSWERS = {
    "why so": "`total` becomes 7. The call returns [4.0].",
    "In one sentence, what this function is for": " averages its values.",
    "Key Properties and Constraints": "len(result) == 2` : two\n- `size > 0` : some\n",
    "Deduce the Semantic Constraints": "[ANSWER]\nassert moving_average([3, 5, 8, 6], 2) == []",
    "step(": " 3",
    "assert windows(": "[L6]: What a nice function this is.\n",
    "assert moving_average(": "[L6]: `averages` becomes [].\n[L8]: `total` becomes 9.\n",
}
MAIN = 'if __name__ == "__main__":\n    print("averages", moving_average(readings, 2))\n'


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    text = AVERAGE.replace('print("averages", moving_average(readings, 2))\n', MAIN)
    (tmp_path / "average.py").write_text(text)
    target = Target("script", "average.py", cwd=tmp_path, python=sys.executable, root=tmp_path)
    record(target, out=tmp_path / "run.duck").close()
    session = Session(
        target,
        engine=Scripted(ANSWERS),
        state_dir=tmp_path / "state",
        opened=Opened(tmp_path / "run.duck"),
    )
    yield session
    session.close()


def stand(session: Session, line: int) -> None:
    """On a line of moving_average."""
    assert session.recording is not None
    session.goto(next(k for k in range(len(session.recording)) if session.recording.step(k).line == line))


async def test_a_question_its_answer_and_its_marks(session: Session, app_of: Build) -> None:
    async with app_of(session).run_test(size=(120, 36), notifications=True) as pilot:
        await started(pilot)
        await until(pilot, lambda: not session.running)
        stand(session, 13)
        await keys(pilot, "a", *"why so", "enter")
        await until(pilot, lambda: "returns: said [4.0]" in frame(pilot))
        assert "✗ returns: said [4.0], traced [4.0, 6.5]" in frame(pilot)
        await keys(pilot, "escape")
        assert not isinstance(pilot.app.screen, Told)


async def test_the_card_leads_to_a_patch(session: Session, app_of: Build) -> None:
    async with app_of(session).run_test(size=(80, 24), notifications=True) as pilot:
        await started(pilot)
        await until(pilot, lambda: not session.running)
        stand(session, 13)
        await keys(pilot, "m")
        await until(pilot, lambda: "Averages its values." in frame(pilot))
        await keys(pilot, "o")
        assert "no sentence about this call" in toasts(pilot) or isinstance(pilot.app.screen, Repair)
        if isinstance(pilot.app.screen, Repair):
            await keys(pilot, "q", "m")
        await until(pilot, lambda: "Averages its values." in frame(pilot))
        await keys(pilot, "d")
        await until(pilot, lambda: isinstance(pilot.app.screen, Repair))
        await until(pilot, lambda: '"""Averages its values."""' in frame(pilot))


async def test_an_input_is_tried(session: Session, app_of: Build) -> None:
    async with app_of(session).run_test(size=(120, 36), notifications=True) as pilot:
        await started(pilot)
        await until(pilot, lambda: not session.running)
        stand(session, 13)
        await keys(pilot, "i", "enter")
        await until(pilot, lambda: "was run and gives" in frame(pilot))
        assert "✓ moving_average([3, 5, 8, 6], 2) was run" in frame(pilot)


async def test_the_monologue_and_step_by_step(
    session: Session, app_of: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("semduck.tui.screens.moves.PLAY_EVERY", 0.5)
    async with app_of(session).run_test(size=(120, 36), notifications=True) as pilot:
        main = await started(pilot)
        await until(pilot, lambda: not session.running)
        stand(session, 9)
        main.repaint()
        await until(pilot, lambda: "✗ total: said 9" in frame(pilot))
        assert "forecast, checked" in frame(pilot) and "scripted answers, no model" in frame(pilot)
        stand(session, 11)
        await keys(pilot, "space")
        await until(pilot, lambda: "step by step" in frame(pilot) and "becomes 3" in frame(pilot))
        await keys(pilot, "space", "escape")
        await until(pilot, lambda: "step by step" not in frame(pilot))


async def test_words_without_a_claim_do_not_hide_the_facts(session: Session, app_of: Build) -> None:
    async with app_of(session).run_test(size=(120, 36), notifications=True) as pilot:
        main = await started(pilot)
        await until(pilot, lambda: not session.running)
        stand(session, 3)
        main.repaint()
        await until(pilot, lambda: "no claim to check" in frame(pilot))
        assert "Duck says — facts" in frame(pilot)
