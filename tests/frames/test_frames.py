"""The screen as plain text, compared with the files beside this one. UPDATE_FRAMES=1 rewrites them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from semduck.config import Settings
from semduck.trace.target import Target
from semduck.tui.app import SemduckApp
from tests.tui.conftest import AVERAGE
from tests.tui.driving import frame, keys, started
from tests.tui.fake import FakeSession, repair_of

HERE = Path(__file__).parent
WALK = tuple("nnnnnnnnnnnn")
CRASH = """\
readings = {"mon": 3, "tue": 5}


def total(days):
    return sum(readings[day] for day in days)


print("start")
print(total(["mon", "wed"]))
"""
FRAMES: dict[str, tuple[tuple[int, int], str, Sequence[str]]] = {
    "step-120x36": ((120, 36), AVERAGE, WALK),
    "step-80x24": ((80, 24), AVERAGE, WALK),
    "step-60x16": ((60, 16), AVERAGE, WALK),
    "tiny-50x12": ((50, 12), AVERAGE, WALK),
    "state-80x24": ((80, 24), AVERAGE, (*WALK, "3", "j", "=", "backspace", "3", "enter")),
    "crash-120x36": ((120, 36), CRASH, ("x",)),
    "repair-120x36": ((120, 36), AVERAGE, ("f",)),
    "repair-80x24": ((80, 24), AVERAGE, ("f", "y")),
    "help-80x24": ((80, 24), AVERAGE, ("?",)),
    "calls-80x24": ((80, 24), AVERAGE, (*WALK, "7")),
}


def told(session: FakeSession) -> list[Any]:
    """Two facts and a forecast with one claim of each kind."""
    said = [
        ("windows is called with `values` = [3, 5, 8, 6] and `size` = 2.", 1, "narrator", ()),
        ("`out` becomes [].", 2, "narrator", ()),
        (
            "The loop runs three times; start goes 0, 1, 2.",
            3,
            "forecast",
            (
                SimpleNamespace(mark="miss", name="times the loop runs", said="3", traced="2", reason=""),
                SimpleNamespace(mark="hit", name="size", said="2", traced="2", reason=""),
                SimpleNamespace(
                    mark="unknown", name="", said="all is well", traced="", reason="names no value"
                ),
            ),
        ),
    ]
    return [
        SimpleNamespace(
            utterance=SimpleNamespace(text=text, file=session.path, line=line, step=9, source=source),
            verdicts=verdicts,
            current=line == 3,
        )
        for text, line, source, verdicts in said
    ]


@pytest.mark.parametrize("name", FRAMES)
async def test_frame(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size, text, pressed = FRAMES[name]
    monkeypatch.setattr("semduck.tui.screens.repair.STAY", 60)
    (tmp_path / "average.py").write_text(text)
    session = FakeSession(Target("script", "average.py", cwd=tmp_path))
    if text is AVERAGE:
        session.utterance_list = told(session)
        session.repairs = [
            repair_of(session.path, "len(values) - size", "len(values) - size + 1"),
            repair_of(session.path, "total = 0", "total = size", "the initial value is wrong"),
        ]
    app = SemduckApp(session, Settings(animation=False))  # type: ignore[arg-type]
    async with app.run_test(size=size) as pilot:
        await started(pilot)
        await keys(pilot, *pressed)
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.pause()
        seen = frame(pilot).rstrip() + "\n"
    compare(HERE / f"{name}.txt", seen)


def compare(file: Path, seen: str) -> None:
    """Equal but for trailing spaces; scrollbar ends depend on rounding and count as blanks."""
    if os.environ.get("UPDATE_FRAMES"):
        file.write_text(seen, encoding="utf-8")
    assert normal(seen) == normal(file.read_text(encoding="utf-8"))


def normal(text: str) -> list[str]:
    """Lines without what may differ from one machine to the next."""
    ends = str.maketrans(dict.fromkeys("▁▂▃▄▅▆▇█", " "))
    return [line.translate(ends).rstrip() for line in text.splitlines()]
