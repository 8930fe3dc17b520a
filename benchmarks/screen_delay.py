"""How late the app's event loop is while a model speaks, beside the same app while nothing is said.

    python benchmarks/screen_delay.py [--model FOLDER] [--seconds S]

The app runs without a terminal at 120x36 on a recording of an example, standing in a call whose monologue is
being made in the engine's process; a task on its event loop asks to be woken every 5 ms and notes how late
that is. Without --model the engine is a scripted one that says 200 words a second, more than a model of some
billions of parameters does on any desk. Must: 95 % of the delays at most 25 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from semduck.config import Settings  # noqa: E402
from semduck.duck.engine import EngineSpec  # noqa: E402
from semduck.duck.engines.scripted import Scripted  # noqa: E402
from semduck.session import Session  # noqa: E402
from semduck.trace.opened import Opened  # noqa: E402
from semduck.trace.run import record  # noqa: E402
from semduck.trace.target import Target  # noqa: E402
from semduck.tui.app import SemduckApp  # noqa: E402

EXAMPLE = HERE.parent / "data/examples/moving_average.py"
EVERY = 0.005
SENTENCES = "[L8]: In iteration 2, `total` becomes 9. [L10]: `x` is 3, so the branch `x > 2` is true.\n" * 400


async def lateness(seconds: float) -> list[float]:
    """Milliseconds by which a task is woken too late."""
    found, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        asked = time.perf_counter()
        await asyncio.sleep(EVERY)
        found.append((time.perf_counter() - asked - EVERY) * 1000)
    return found


async def measure(
    engine: Scripted | EngineSpec, seconds: float, folder: Path
) -> tuple[list[float], list[float], int]:
    """(idle, speaking, sentences that came) of one app."""
    target = Target("script", str(EXAMPLE), cwd=EXAMPLE.parent)
    record(target, out=folder / "run.duck").close()
    session = Session(target, engine=engine, state_dir=folder / "state", opened=Opened(folder / "run.duck"))
    app = SemduckApp(session, Settings(animation=False))
    async with app.run_test(size=(120, 36)) as pilot:
        while session.running or session.recording is None:
            await pilot.pause(0.05)
        ahead, session._ahead = session._ahead, None
        await asyncio.sleep(1)
        idle = await lateness(seconds)
        session._ahead = ahead
        call = next(c for c in session.recording.calls() if c.function == "moving_average")
        session.goto(call.first)
        app.screen.repaint()  # type: ignore[attr-defined]
        while not (ahead and ahead.usage) and not session.utterances()[0].utterance.source == "forecast":
            await asyncio.sleep(0.05)
        speaking = await lateness(seconds)
        said = len(session.utterances())
    session.close()
    return idle, speaking, said


def row(name: str, delays: list[float]) -> str:
    """One line of the table."""
    cuts = statistics.quantiles(delays, n=100)
    shown = (cuts[49], cuts[94], cuts[98], max(delays))
    return f"{name:<10} {len(delays):>7} " + " ".join(f"{ms:>9.1f}" for ms in shown)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="")
    parser.add_argument("--seconds", type=float, default=10.0)
    given = parser.parse_args()
    engine: Scripted | EngineSpec = Scripted({"moving_average": SENTENCES}, delay=EVERY)
    if given.model:
        engine = EngineSpec("semduck.duck.engines.transformers:Transformers", {"model": given.model})
    with tempfile.TemporaryDirectory() as folder:
        idle, speaking, said = asyncio.run(measure(engine, given.seconds, Path(folder)))
    print(f"{'':<10} {'samples':>7} {'median ms':>9} {'p95 ms':>9} {'p99 ms':>9} {'most ms':>9}")
    print(row("idle", idle))
    print(row("speaking", speaking))
    print(f"{said} sentences were on the screen at the end")


if __name__ == "__main__":
    main()
