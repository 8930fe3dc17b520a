# ruff: noqa: E501 - program texts and tables read better on long lines
"""Processes a program starts run as under plain python, and the recording tells of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracle.harness import ENV, Recorded, difference, plain, recorded

from semduck.trace.recording import Recording
from semduck.trace.target import Target

WORK = "def work(n):\n    total = 0\n    for i in range(n):\n        total += i\n    return total\n\n\n"
MAIN = WORK + "if __name__ == '__main__':\n"
POSIX_SPAWN = (
    "import os, sys\npid = os.posix_spawn(sys.executable, [sys.executable, '-c', 'print(3)'], os.environ)\n"
    "print(os.waitpid(pid, 0)[1])\n"
)
FORK = "import os\npid = os.fork()\nif pid == 0:\n    x = 1\n    os._exit(5)\nprint(os.waitpid(pid, 0)[1])\n"
SPAWNV = "import os, sys\nprint(os.spawnv(os.P_WAIT, sys.executable, [sys.executable, '-c', 'print(4)']))\n"
EXEC = (
    "import os, sys\nprint('on', flush=True)\nos.execv(sys.executable, [sys.executable, '-c', 'print(6)'])\n"
)
PRE = (
    "import subprocess, sys\ndef before():\n    global x\n    x = 2\n"
    "print(subprocess.run(['echo', 'hi'], preexec_fn=before, capture_output=True).stdout)\n"
)


def process(method: str) -> str:
    return (
        "import multiprocessing as mp\n" + MAIN + f"    c = mp.get_context({method!r})\n"
        "    p = c.Process(target=work, args=(4,))\n    p.start()\n    p.join()\n    print(p.exitcode)\n"
    )


POOL = (
    "import multiprocessing as mp\n"
    + MAIN
    + (
        "    with mp.get_context('fork').Pool(4) as pool:\n        print(pool.map(work, range(8), chunksize=1))\n"
        "        pool.close(); pool.join()\n"  # else those that had no work yet may be killed before they begin
    )
)
EXECUTOR = (
    "from concurrent.futures import ProcessPoolExecutor\n"
    + MAIN
    + ("    with ProcessPoolExecutor(2) as pool:\n        print(list(pool.map(work, [3, 4])))\n")
)
WAYS = {
    "run": ("import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'print(1)']))\n", "subprocess", "python"),
    "run_env": (
        "import os, subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'print(1)'], env={**os.environ, 'A': 'b'}))\n",
        "subprocess", "python",
    ),
    "preexec": (PRE, "subprocess", "echo hi"),
    "system": ("import os\nprint(os.system('echo hi; exit 3'))\n", "system", "echo hi; exit 3"),
    "popen": ("import os\nprint(os.popen('echo hi').read())\n", "subprocess", "sh -c 'echo hi'"),
    "posix_spawn": (POSIX_SPAWN, "subprocess", "-c 'print(3)'"),
    "fork": (FORK, "fork", ""),
    "spawnv": (SPAWNV, "subprocess", "-c 'print(4)'"),
    "exec": (EXEC, "exec", "-c 'print(6)'"),
    "mp_fork": (process("fork"), "multiprocessing", "ForkProcess-1: work"),
    "mp_spawn": (process("spawn"), "multiprocessing", "SpawnProcess-1: work"),
    "mp_forkserver": (process("forkserver"), "multiprocessing", "fork server"),
    "pool": (POOL, "multiprocessing", "ForkPoolWorker-1: worker"),
    "executor": (EXECUTOR, "multiprocessing", "Process-1: _process_worker"),
}  # fmt: skip


def target(text: str, folder: Path, name: str = "main.py") -> Target:
    (folder / name).write_text(text)
    return Target("script", name, cwd=folder)


def same(program: Target, out: Path, *, env: dict[str, str] | None = None, follow: bool = False) -> Recorded:
    """Record it; what a shell sees is what plain python shows."""
    expected = plain(program, env=env)
    done = recorded(program, out, env=env, follow=follow)
    done.recording.catch_up()
    assert not difference(expected, done.outcome), difference(expected, done.outcome)
    assert done.outcome.code == expected.code
    return done


@pytest.mark.parametrize("follow", [False, True], ids=["told", "followed"])
@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_start_a_process_is_told_and_works(way: str, follow: bool, tmp_path: Path) -> None:
    text, how, what = WAYS[way]
    recording = same(target(text, tmp_path), tmp_path / "out" / "run.duck", follow=follow).recording
    found = [c for c in recording.child_processes() if c.how == how and what in c.what]
    assert found, recording.child_processes()
    if how != "system":
        assert all(type(c.pid) is int for c in found)
    assert all(0 <= c.step < len(recording) for c in found)
    if not follow:
        assert not any(c.recordings for c in found)
        assert not (tmp_path / "out" / "run.duck.children").exists()
    again = Recording.open(recording.path)
    assert again.child_processes() == recording.child_processes()


def test_the_step_is_that_of_the_line_that_starts_it(tmp_path: Path) -> None:
    text = "import subprocess\nfor n in range(3):\n    if n:\n        subprocess.run(['echo', str(n)])\n    x = n\n"
    recording = same(target(text, tmp_path), tmp_path / "run.duck").recording
    told = recording.child_processes()
    assert [c.what for c in told] == ["echo 1", "echo 2"]
    assert [recording.step(c.step).line for c in told] == [4, 4]
    assert [recording.evaluate(c.step, "n").literal for c in told] == [1, 2]


def test_what_could_not_be_started_is_not_told(tmp_path: Path) -> None:
    text = (
        "import os, subprocess\ntry:\n    subprocess.run(['no-such-program'])\nexcept OSError as e:\n    print(e)\n"
        "try:\n    os.execv('/no/such', ['no'])\nexcept OSError as e:\n    print(e)\n"
        "try:\n    os.posix_spawn('/no/such', ['no'], {})\nexcept OSError as e:\n    print(e)\n"
    )
    for follow in (False, True):
        done = same(target(text, tmp_path), tmp_path / f"{follow}.duck", follow=follow)
        assert done.recording.child_processes() == []


@pytest.mark.parametrize("call", ["os.posix_spawn(1)", "os.execv()", "os.system()", "os.execve('/no', ['a'], {})",
                                  "subprocess.Popen(['a'], cwd=3)", "subprocess.Popen([1])", "subprocess.run('a\\0')"])  # fmt: skip
def test_tracebacks_are_those_of_plain_python(call: str, tmp_path: Path) -> None:
    program = target(f"import os, subprocess\nos.environ.pop('X', None)\n{call}\n", tmp_path)
    for follow in (False, True):
        same(program, tmp_path / f"{follow}.duck", follow=follow)


def test_the_environment_is_that_of_plain_python(tmp_path: Path) -> None:
    text = (
        "import os, subprocess, sys\nshow = 'import os; print(sorted(os.environ.items()))'\nexec(show)\n"
        "subprocess.run([sys.executable, '-c', show])\nsubprocess.run(['env'])\nos.system('env | sort')\n"
        "subprocess.run(['env'], env={'A': '1'})\nsys.stdout.flush()\n"
        "os.posix_spawn('/usr/bin/env', ['env'], {'B': '2'}); os.wait()\nprint(sorted(m for m in sys.modules))\n"
    )
    for n, env in enumerate((ENV, {**ENV, "PYTHONPATH": str(tmp_path)})):
        same(target(text, tmp_path), tmp_path / f"{n}.duck", env=env)


def test_followed_python_sees_the_environment_of_plain_python(tmp_path: Path) -> None:
    show = "import os, sys; print(sorted(os.environ.items()), sys.path, sys.argv, sys.orig_argv)"
    text = (
        f"import os, subprocess, sys\nshow = {show!r}\nexec(show)\n"
        "for env in (None, dict(os.environ), {'A': '1'}, {'A': '1', 'PYTHONPATH': '/x'}):\n"
        "    for flags in ((), ('-I',), ('-E',), ('-S', '-B'), ('-W', 'ignore', '-s')):\n"
        "        subprocess.run([sys.executable, *flags, '-c', show, 'x'], env=env)\n"
        "os.environ['PYTHONPATH'] = '/y'\nsubprocess.run([sys.executable, '-c', show])\n"
        "subprocess.run(['sh', '-c', sys.executable + ' -c \"import os; print(sorted(os.environ))\"'])\n"
        "os.environ['_'] = ''\nos.system(sys.executable + ' -c \"import os; print(sorted(os.environ))\"')\n"
        "exec(show)\nsubprocess.run(['env'], env={'A': '1'}, stdout=subprocess.DEVNULL)\n"
    )
    for n, env in enumerate((ENV, {**ENV, "PYTHONPATH": str(tmp_path)})):
        same(target(text, tmp_path), tmp_path / f"{n}.duck", env=env, follow=True)


def test_a_subclass_of_process_runs_none_of_its_code_for_us(tmp_path: Path) -> None:
    text = (
        "import multiprocessing as mp\n\nclass Odd(mp.get_context('fork').Process):\n"
        "    @property\n    def name(self):\n        print('name read')\n        return 'n'\n"
        "    def __getattribute__(self, key):\n        if key == '_target':\n            print('target read')\n"
        "        return super().__getattribute__(key)\n    def run(self):\n        print('runs', flush=True)\n\n"
        "p = Odd()\np.start()\np.join()\n"
    )
    (told,) = same(target(text, tmp_path), tmp_path / "run.duck").recording.child_processes()
    assert told.what.endswith("Odd")


@pytest.mark.parametrize("recorder", ["probes", "trace"])
def test_many_forks_each_have_their_process_id(recorder: str, tmp_path: Path) -> None:
    text = (
        "import os\npids = []\nfor n in range(30):\n    pid = os.fork()\n    if not pid:\n        os._exit(0)\n"
        "    pids.append(pid)\nfor pid in pids:\n    os.waitpid(pid, 0)\nprint(pids)\n"
    )
    recording = recorded(target(text, tmp_path), tmp_path / "run.duck", recorder=recorder).recording
    pids = [c.pid for c in recording.child_processes()]
    assert repr(pids) + "\n" == "".join(p.text for p in recording.output())
