"""Fork server for trials: `python trial_child.py`, one JSON job a line on stdin, one JSON reply a line.

Runs under the target's Python (>= 3.11) and holds no expectation: it only runs programs and says how they
ended. Each job runs in a fork of its own, in its own process group, with CPU, memory and file limits.
"""

# Nothing may be imported before the line that notes what was loaded; annotations would need typing.
# ruff: noqa: E402
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

import sys

_own = sys.path.pop(0)
_before = set(sys.modules)

import gc
import json
import os
import resource
import select
import signal
import time

sys.path.insert(0, _own[: -len("/semduck/repair")])
from semduck.trace import child as recorder

del sys.path[0]
for _name in set(sys.modules) - _before:
    del sys.modules[_name]

KILLED = 0.02


def serve():
    """Answer jobs until stdin ends. Returns a job in the forked child, None in the server."""
    waiting = b""
    while True:
        while b"\n" not in waiting:
            data = os.read(0, 1 << 16)
            if not data:
                return None
            waiting += data
        line, _, waiting = waiting.partition(b"\n")
        job = json.loads(line)
        if "preload" in job:
            preload(job["preload"])
            reply({"ready": True})
            continue
        started = time.monotonic()
        pid = os.fork()
        if pid == 0:
            return job
        answer = watch(pid, started + job["wall"])
        reply({**answer, "wall": time.monotonic() - started})


def reply(answer):
    """One line to the host."""
    os.write(1, json.dumps(answer).encode() + b"\n")


def preload(names):
    """Import what the program imports from outside itself, once instead of in every trial."""
    out, err = os.dup(1), os.dup(2)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 2)
    for name in names:
        try:
            __import__(name)
            if name == "pytest":
                warm_up()
        except BaseException:
            sys.modules.pop(name, None)
    os.dup2(out, 1)
    os.dup2(err, 2)
    for handle in (out, err, null):
        os.close(handle)
    gc.freeze()


def warm_up():
    """Load pytest's plugins once, by a session without tests in an empty folder."""
    import tempfile

    import pytest

    here = os.getcwd()
    with tempfile.TemporaryDirectory() as empty:
        with open(os.path.join(empty, "pytest.ini"), "w") as file:
            file.write("[pytest]\n")
        os.chdir(empty)
        try:
            pytest.main(["-q", "-p", "no:cacheprovider"])
        finally:
            os.chdir(here)


def watch(pid, until):
    """Wait for the child; kill its whole group at the time limit, or when the host is gone."""
    late = False
    handle = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
    while True:
        left = until - time.monotonic()
        if left <= 0:
            late = True
            kill(pid)
        if handle is not None:
            ready, _, _ = select.select([handle, 0], [], [], max(left, KILLED))
        else:
            ready, _, _ = select.select([0], [], [], 0.005)
        if 0 in ready and handle not in ready:
            kill(pid)  # the host closed the pipe: jobs never come two at a time
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            break
    if handle is not None:
        os.close(handle)
    kill(pid)
    return {"code": os.waitstatus_to_exitcode(status), "cpu": usage.ru_utime + usage.ru_stime, "late": late}


def kill(pid):
    """The child and everything it started."""
    for send in (os.killpg, os.kill):
        try:
            send(pid, signal.SIGKILL)
        except OSError:
            pass


def limit(job):
    """Bounds for the program. SIGPROF's default ends it when its CPU time is used up."""
    signal.setitimer(signal.ITIMER_PROF, job["cpu"])
    for what, most in (
        (resource.RLIMIT_CPU, int(job["cpu"]) + 2),
        (resource.RLIMIT_AS, job["memory"]),
        (resource.RLIMIT_FSIZE, job["file_size"]),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):
            pass  # a platform without this limit


def redirect(job):
    """The program's own stdin, stdout and stderr; the pipes of the server are gone after this."""
    handles = (
        os.open(job["stdin"] or os.devnull, os.O_RDONLY),
        os.open(job["stdout"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        os.open(job["stderr"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
    )
    for number, handle in enumerate(handles):
        os.dup2(handle, number)
        os.close(handle)


def forget(folders):
    """Let the program's own modules win over what the server happens to have loaded."""
    for folder in folders:
        try:
            names = {entry.partition(".")[0] for entry in os.listdir(folder)}
        except OSError:
            continue
        for name in [n for n in sys.modules if n.partition(".")[0] in names]:
            file = getattr(sys.modules[name], "__file__", None) or ""
            if name != "__main__" and not file.startswith(folder):
                del sys.modules[name]


def prepare(job):
    """In the forked child: limits, streams, place and path, as the program would have them."""
    os.setpgid(0, 0)
    redirect(job)
    sys.dont_write_bytecode = True
    os.chdir(job["cwd"])
    old, new = job["moved"]
    sys.path[:] = [new + p[len(old) :] if p == old or p.startswith(old + "/") else p for p in sys.path]
    forget(job["folders"])
    limit(job)


def examples(job):
    """Run the docstring examples of one module; write what each gave, one JSON list a line."""
    import doctest
    import importlib
    import io
    import traceback
    from contextlib import redirect_stdout

    sys.path.insert(0, job["import_root"])
    report = os.open(job["report"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    module = importlib.import_module(job["module"])
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, "<module>"):
        scope = dict(test.globs)
        for number, example in enumerate(test.examples):
            said = io.StringIO()
            try:
                with redirect_stdout(said):
                    sys.displayhook = sys.__displayhook__
                    exec(compile(example.source, "<example>", "single"), scope)
                got = said.getvalue()
            except Exception as error:
                got = "Traceback (most recent call last):\n" + "".join(traceback.format_exception_only(error))
            owner = test.name.removeprefix("<module>.")
            os.write(report, json.dumps([owner, number, got[:20_000]]).encode() + b"\n")


def tests(args):
    """Run pytest and say which tests passed; ends as soon as that is known, without pytest's own report."""
    import pytest

    class Outcomes:
        def __init__(self):
            self.lines = []

        def pytest_runtest_logreport(self, report):
            if report.failed:
                told = report.longreprtext.splitlines()
                self.lines += [line for line in told if line.startswith("E ")] or told[-1:]
            elif report.when == "call" and report.passed:
                self.lines.append("PASSED " + report.nodeid)

        @pytest.hookimpl(tryfirst=True)
        def pytest_sessionfinish(self, exitstatus):
            sys.stdout.flush()
            os.write(1, ("\n" + "\n".join(self.lines) + "\n").encode(errors="replace"))
            os._exit(int(exitstatus))

    sys.path.insert(0, os.getcwd())
    sys.argv = ["pytest", *args]
    sys.exit(pytest.main(args, plugins=[Outcomes()]))


def run(job):
    """Run the program to its end; what it raises ends this process the way python does it."""
    if job["mode"] == "record":
        recorder.run(job["config"])
    elif job["mode"] == "program":
        start = (recorder._script if job["kind"] == "script" else recorder._module)(job["spec"], job["args"])
        start()
    elif job["mode"] == "pytest":
        tests(job["args"])
    elif job["mode"] == "examples":
        examples(job)
    else:
        os.execvp(job["args"][0], job["args"])


if __name__ == "__main__":
    gc.freeze()
    _job = serve()
    if _job is not None:
        prepare(_job)
        run(_job)
