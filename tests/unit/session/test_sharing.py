"""Two apps at once over one folder of answers: answers are whole, and what one asked the other knows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROGRAM = "\n".join(
    [f"def f{n}(x):\n    y = x + {n}\n    return y\n" for n in range(12)] + [f"f{n}({n})" for n in range(12)]
)
APP = """
import json, sys, time
from pathlib import Path
from semduck.duck.engines.scripted import Scripted
from semduck.session import Session
from semduck.trace.target import Target

home = Path(sys.argv[1])
said = {f"f{n}": f"[L6]: `y` becomes {2 * n}. " + f"Then `y` stays {2 * n}. " * 200 for n in range(12)}
session = Session(
    Target("script", "program.py", cwd=home, python=sys.executable), engine=Scripted(said),
    state_dir=home / "state", answers=home / "answers",
)
session.start(interactive=False)
while session.poll() is None or session.running:
    time.sleep(0.01)
found = {}
for call in session.recording.calls():
    session.goto(call.last)
    session.frame = call.frame
    asked = session._ahead
    end = time.monotonic() + 60
    while asked.state(session.recording, call.frame) != "done" and time.monotonic() < end:
        session.utterances(); session.poll()
        time.sleep(0.002)
    marks = [v.mark for s in session.utterances() for v in s.verdicts]
    found[call.function] = [len(session.utterances()), sorted(set(marks))]
print(json.dumps({"found": found, "started": asked.worker.ready}))
session.close()
"""


def app(home: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, str(home / "app.py"), str(home)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def said_by(process: subprocess.Popen[str]) -> dict[str, object]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    told: dict[str, object] = json.loads(out.splitlines()[-1])
    return told


def test_two_apps_and_a_third_one_later(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "app.py").write_text(APP)
    together = [app(tmp_path), app(tmp_path)]
    first, second = (said_by(process) for process in together)
    assert first["found"] == second["found"]
    assert isinstance(first["found"], dict)
    assert first["found"]["f3"] == [201, ["hit"]]
    assert not list((tmp_path / "answers").rglob("*.part"))
    kept = list((tmp_path / "answers").rglob("*.json"))
    assert [len(json.loads(path.read_text())["text"]) > 999 for path in kept] == 13 * [True]
    third = said_by(app(tmp_path))
    assert third["found"] == first["found"] and third["started"] is False  # it asked no engine
