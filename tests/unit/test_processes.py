"""What the command says of processes that a program starts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8"))
MAIN = """\
import os, subprocess, sys

subprocess.run([sys.executable, "worker.py", "3"])
pid = os.fork()
if pid == 0:
    from helper import triple
    triple(2)
    os._exit(0)
os.wait()
"""
HELPER = "def triple(n):\n    return n * 3\n"


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("main.py").write_text(MAIN)
    Path("helper.py").write_text(HELPER)
    Path("worker.py").write_text("import sys\nn = int(sys.argv[1])\nprint('worker', n, flush=True)\n")


def semduck(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "semduck", *words], capture_output=True, text=True, timeout=120
    )


def data(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(semduck(*words).stdout)
    jsonschema.validate(found, SCHEMA)
    return found


def test_a_report_tells_what_was_not_recorded_and_how_to_record_it() -> None:
    (line,) = [x for x in semduck("--report", "main.py").stdout.splitlines() if x.startswith("Started")]
    assert line == (
        "Started   2 processes that were not recorded: python worker.py 3 (step 2), fork (step 3)"
        " (--follow-children records those of Python)"
    ).replace("python", Path(sys.executable).name)
    told = data("--json", "main.py")["processes"]
    assert (told["count"], told["recorded"], told["followed"]) == (2, 0, False)
    assert [one["how"] for one in told["listed"]] == ["subprocess", "fork"]


def test_recordings_of_children_are_named_and_can_be_opened() -> None:
    done = semduck("record", "-o", "run.duck", "--follow-children", "main.py")
    assert done.stdout == "worker 3\n" and done.returncode == 0
    paths = re.findall(r"semduck open (\S+)$", done.stderr, re.MULTILINE)
    assert [Path(p).parent.name for p in paths] == ["run.duck.children"] * 2
    assert paths == re.findall(r"semduck open (\S+)$", semduck("open", "run.duck").stdout, re.MULTILINE)
    worker, fork = (semduck("open", path).stdout for path in paths)
    assert re.search(r"^Parent +process \d+, run.duck, at step 2$", worker, re.MULTILINE)
    assert "worker 3" in worker and "`n` becomes 3" in worker
    assert re.search(r"^Parent +process \d+, run.duck, at step 3; its own steps begin at 4$", fork, re.M)
    assert data("open", "--json", paths[1])["started_by"]["own_from"] == 4


def test_a_followed_program_keeps_its_recordings_unless_there_are_none(semduck_home: Path) -> None:
    first, second = data("--json", "--follow-children", "main.py"), semduck("--follow-children", "main.py")
    paths = [path for one in first["processes"]["listed"] for path in one["recordings"]]
    assert len(paths) == 2 and all(Path(path).is_file() for path in paths)
    assert second.stdout.count("semduck open ") == 2 and first["processes"]["followed"]
    assert {p.name for p in semduck_home.rglob("*.duck") if "-" not in p.name[:4]} == {
        "main-1.duck",
        "main-2.duck",
    }


def test_recording_the_same_program_again_replaces_the_old_one() -> None:
    Path("short.py").write_text("x = 1\n")
    for _ in range(2):
        assert "; 3 steps are in" in semduck("record", "short.py").stderr
