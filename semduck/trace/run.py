"""Start a recorded program, stream it, limit it, stop it. The host's side of `child.py`."""

from __future__ import annotations

import marshal
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any

from semduck.trace.children import Children
from semduck.trace.finishing import finish
from semduck.trace.model import Ending
from semduck.trace.recording import Recording
from semduck.trace.tail import STOP
from semduck.trace.target import Limits, Target, described, pytest_words

GRACE = 0.7  # seconds between asking the program to stop and killing it
HEARD = 8_000_000  # bytes of a stream that are kept beside the recording when that is bounded
STARTUP = Path(__file__).with_name("startup")


class RunError(Exception):
    """The program cannot be started. The message is one line for the user."""


class Run:
    """One recorded program in a child process.

    stdin: "inherit", "pipe" (fed by send_input) or "null". stdout: "inherit" or "pipe" (see `stdout` and
    `stderr`). recorder: "probes" (in the program's code, fast) or "trace" (sys.settrace for everything).
    follow_children: python processes it starts are recorded, too, beside it. wide: see widening.py.
    """

    def __init__(self, target: Target, limits: Limits | None = None, out: Path | None = None, *,
                 stdin: str = "null", stdout: str = "pipe", env: dict[str, str] | None = None,
                 recorder: str = "probes", follow_children: bool = False,
                 wide: dict[str, Any] | None = None) -> None:
        self.target, self.limits = target, limits or Limits()
        self.out = out or Path(tempfile.mkdtemp(prefix="semduck-")) / "run.duck"
        self._stdin, self._stdout, self._env, self._recorder = stdin, stdout, env, recorder
        self._children = Children(self.out.resolve()) if follow_children else None
        self._wide = wide
        self._process: subprocess.Popen[bytes] | None = None
        self._heard = {name: tempfile.SpooledTemporaryFile(1 << 20) for name in ("stdout", "stderr")}
        self._lock = threading.Lock()
        self._readers: list[threading.Thread] = []
        self._asked: tuple[str, float] | None = None
        self._started = 0.0
        self._ended = False
        self.recording = Recording(self.out)

    # -- life ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the program. Raises RunError."""
        command = [self.target.python or sys.executable, *self._command()]
        try:
            self._process = subprocess.Popen(
                command, cwd=self.target.cwd, env=self._environment(),
                start_new_session=self._stdin != "inherit",
                stdin={"inherit": None, "pipe": subprocess.PIPE, "null": subprocess.DEVNULL}[self._stdin],
                stdout=None if self._stdout == "inherit" else subprocess.PIPE,
                stderr=None if self._stdout == "inherit" else subprocess.PIPE,
            )
        except OSError as error:
            raise RunError(f"cannot start {command[0]}: {error.strerror}") from None
        self._started = time.monotonic()
        for name, pipe in (("stdout", self._process.stdout), ("stderr", self._process.stderr)):
            if pipe is not None:
                reader = threading.Thread(target=self._listen, args=(name, pipe), daemon=True)
                reader.start()
                self._readers.append(reader)

    def poll(self) -> bool:
        """Never blocks. True while the program runs; enforces the time limit."""
        process = self._process
        if process is None or self._ended:
            return False
        if process.poll() is None:
            self._enforce(process)
            return True
        self._finish(process.returncode)
        return False

    def wait(self, timeout: float | None = None) -> Ending:
        """Wait for the end, at most `timeout` seconds; then the program is stopped."""
        limit = None if timeout is None else time.monotonic() + timeout
        while self.poll():
            if limit is not None and time.monotonic() > limit:
                self.stop()
                limit = None
            assert self._process is not None
            try:
                self._process.wait(0.02 if self._timed() else None)
            except subprocess.TimeoutExpired:
                pass
        self.recording.catch_up()
        if self._children is not None:
            self._children.read()
        return self.recording.ending

    def _timed(self) -> bool:
        return True

    def stop(self, why: str = "stopped") -> None:
        """Ask the program to stop; `poll` kills it after a grace period. What was recorded stays."""
        if self._process is None or self._ended or self._asked:
            return
        self._asked = (why, time.monotonic())
        try:
            with open(str(self.out) + ".tail", "r+b") as tail:
                tail.seek(STOP)
                tail.write(b"\x01")
        except OSError:
            self._kill()

    def close(self) -> None:
        """Kill the program if it still runs and let go of everything."""
        if self._process is not None and not self._ended:
            self._asked = self._asked or ("stopped", 0.0)
            self._kill()
            self._process.wait()
            self._finish(self._process.returncode)
        for spool in self._heard.values():
            spool.close()
        self.recording.close()

    # -- streams -------------------------------------------------------------------------------------------

    def send_input(self, text: str) -> None:
        """Text for the program's stdin; the caller adds the newline."""
        self._feed(text.encode("utf-8", "surrogateescape"))

    def send_eof(self) -> None:
        """Close the program's stdin."""
        if self._process is not None and self._process.stdin is not None:
            try:
                self._process.stdin.close()
            except OSError:
                pass

    def _feed(self, data: bytes) -> None:
        if self._process is None or self._process.stdin is None or self._process.stdin.closed:
            return
        try:
            self._process.stdin.write(data)
            self._process.stdin.flush()
        except OSError:
            pass  # the program no longer reads

    @property
    def stdout(self) -> bytes:
        """Everything the program wrote to stdout so far; when the recording is bounded, the first 8 MB."""
        return self._said("stdout")

    @property
    def stderr(self) -> bytes:
        """The same for stderr."""
        return self._said("stderr")

    def _said(self, name: str) -> bytes:
        spool = self._heard[name]
        with self._lock:
            spool.seek(0)
            data: bytes = spool.read()
            spool.seek(0, os.SEEK_END)
        return data

    def _listen(self, name: str, pipe: IO[bytes]) -> None:
        spool, most = self._heard[name], HEARD if self.limits.bounded else 1 << 62
        while data := os.read(pipe.fileno(), 1 << 16):
            with self._lock:
                spool.write(data[: max(0, most - spool.tell())])

    @property
    def trouble(self) -> str:
        """Why the program could not be recorded at all, one line; "" when it was."""
        try:
            return Path(str(self.out) + ".config.error").read_text("utf-8", "replace").splitlines()[0]
        except (OSError, IndexError):
            return ""

    # -- ending --------------------------------------------------------------------------------------------

    def _enforce(self, process: subprocess.Popen[bytes]) -> None:
        now = time.monotonic()
        seconds = self.limits.max_seconds
        if self._asked is None and seconds and now - self._started > seconds:
            self.stop("seconds")
        if self._asked is not None and now - self._asked[1] > GRACE:
            self._kill()

    def _kill(self) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            return
        try:
            if self._stdin != "inherit":
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        except (OSError, AttributeError):
            process.kill()

    def _kill_children(self) -> None:
        """Those of a program that was stopped, as far as they stayed in its process group."""
        try:
            if self._stdin != "inherit" and self._process is not None:
                os.killpg(self._process.pid, signal.SIGKILL)
        except (OSError, AttributeError):
            pass

    def _finish(self, code: int) -> None:
        if self._asked:
            self._kill_children()
        for reader in self._readers:
            reader.join(0.5)  # a grandchild may keep the pipe open
        self._ended = True
        finish(self.out, code, self._asked[0] if self._asked else "", self.limits)
        self.recording.ended()
        if self._children is not None:
            self._children.finish()

    # -- configuration -------------------------------------------------------------------------------------

    def _environment(self) -> dict[str, str]:
        """The environment, and what makes python find our start-up code first."""
        env = dict(os.environ if self._env is None else self._env)
        path = env.get("PYTHONPATH")
        if path is not None:
            env["SEMDUCK_PYTHONPATH"] = path
        env["PYTHONPATH"] = os.pathsep.join([str(STARTUP), path] if path else [str(STARTUP)])
        env["SEMDUCK_RECORD"] = self._write_config()
        if self._compiled():
            env["SEMDUCK_PROGRAM"] = self._compiled() + os.pathsep + self.target.spec
        return env

    def _probes(self) -> bool:
        return self._recorder == "probes"

    def _compiled(self) -> str:
        """Where the recorded process writes the main program, compiled with probes."""
        return str(self.out.resolve()) + ".pyc" if self._probes() and _is_source(self.target) else ""

    def _command(self) -> list[str]:
        """What comes after `python`."""
        if self._compiled():
            return [self._compiled(), *self.target.args]
        return _command(self.target)

    def _write_config(self) -> str:
        target = self.target
        script = target.kind == "script"
        root = target.root or ((target.cwd / target.spec).resolve().parent if script else target.cwd)
        main = [str(_main_file(target))] if script else []
        config = {
            "out": str(self.out.resolve()), "roots": [str(Path(root).resolve())], "main": main,
            "include": list(target.include), "exclude": list(target.exclude), "modules": ["__main__"],
            "kind": "script" if target.kind == "script" else "module",
            "spec": target.spec if target.kind != "pytest" else "pytest",
            "args": list(target.args), "shown": [*filter(None, [target.spec]), *target.args],
            "target": described(target),
            "probes": self._probes(), "compiled": self._compiled(),
            "max_steps": 0 if self.limits.bounded else self.limits.max_steps,
            "max_bytes": self.limits.max_bytes, "children": "",
        }
        if self.limits.bounded:
            config["keep"] = [self.limits.keep_first, self.limits.keep_last]
        if self._wide is not None:
            config["wide"] = self._wide
        self.out.parent.mkdir(parents=True, exist_ok=True)
        if self._children is not None:
            config["children"] = str(self._children.folder)
            self._children.prepare(config)
        path = str(self.out) + ".config"
        try:
            Path(path).write_bytes(marshal.dumps(config, 2))
        except OSError as error:
            raise RunError(f"cannot write the recording to {self.out}: {error.strerror}") from None
        return str(Path(path).resolve())


def _is_source(target: Target) -> bool:
    """Is it one source file, not a folder, an archive or something compiled?"""
    path = target.cwd / target.spec
    if target.kind != "script" or path.suffix == ".pyc" or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return file.read(2) != b"PK"
    except OSError:
        return False


def _main_file(target: Target) -> Path:
    path = (target.cwd / target.spec).resolve()
    return path / "__main__.py" if path.is_dir() else path


def _command(target: Target) -> list[str]:
    """What comes after `python`."""
    if target.kind == "script":
        return [target.spec, *target.args]
    words = pytest_words(target) if target.kind == "pytest" else ["-m", target.spec]
    return [*words, *target.args]


def record(target: Target, limits: Limits | None = None, out: Path | None = None, *, stdin: str = "null",
           stdout: str = "pipe", timeout: float | None = None) -> Recording:
    """Run a program to its end and return its recording. Raises RunError."""
    run = Run(target, limits, out, stdin=stdin, stdout=stdout)
    run.start()
    run.wait(timeout)
    return run.recording
