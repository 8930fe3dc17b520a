"""Trials: run a patched copy, and judge outside of it what came out.

The copy's process never learns what is expected. A trial is written as a generator of jobs, so that
several workers can be kept busy by one loop: `judge` yields a job and is sent its reply.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from semduck.repair import docstrings, oracle
from semduck.repair.copying import Plan, plan
from semduck.repair.look import RECORDED, RUN, Change, Look, Verdict, signature
from semduck.repair.model import Expectation, Met
from semduck.repair.server import Job, Reply, TrialError, Worker
from semduck.trace.model import SourceFile
from semduck.trace.recording import Recording
from semduck.trace.target import Target

FIRST_CPU, FIRST_WALL = 10.0, 30.0  # for the unpatched program, in seconds
Jobs = Generator[Job, Reply, "Verdict"]


class Case:
    """One failing run and everything its repairs are judged by."""

    def __init__(self, recording: Recording, target: Target, expectations: Sequence[Expectation]) -> None:
        self.recording, self.target = recording, target
        self.expectations = list(expectations)
        self.before = oracle.check_all(self.expectations, recording)
        self.said = oracle.stdout(recording)
        self.stdin = "".join(p.text for p in recording.output() if p.stream == "stdin").encode()
        self.calls = signature(recording)
        self.files = dict(recording.files)
        self.plan: Plan = plan(recording.main_file, self.files, target.cwd, target.root)
        self.base: Verdict | None = None
        self.most_steps = max(50_000, 4 * len(recording))
        self.cpu, self.wall = FIRST_CPU, FIRST_WALL
        self.steady = True  # the program says the same in every run
        self.failed_at = next(((r.file, r.line) for r in reversed(recording.raised()) if not r.handled), None)

    def worker(self) -> Worker:
        """A new worker with a copy of its own. Raises TrialError."""
        roots = [] if self.target.kind == "script" else sorted({import_root(p) for p in self.files})
        loaded = preloads(self.files.values(), roots or [p.parent for p in self.files])
        loaded += ["doctest", "importlib", "io", "traceback", "contextlib"] if self.with_examples() else []
        loaded += ["pytest"] if self.target.kind == "pytest" else []
        return Worker(self.plan, self.target.python, roots, loaded, self.stdin)

    def add(self, expectation: Expectation) -> None:
        """One more thing that has to hold."""
        self.expectations.append(expectation)
        self.before.append(Met(expectation, False))

    # -- jobs ------------------------------------------------------------------------------------
    def job(self, mode: str, args: Sequence[str] = (), **extra: object) -> Job:
        """A job within the current limits."""
        folders = {str(p.parent) for p in self.files}
        return Job(mode, tuple(args), self.cpu, self.wall, {"folders": sorted(folders), **extra})

    def program(self, worker: Worker, record: bool) -> Job:
        """The program itself, in the copy."""
        copy, target = worker.copy, self.target
        spec = target.spec
        if target.kind == "script":
            inside = target.cwd.resolve().is_relative_to(self.plan.root) and not Path(spec).is_absolute()
            spec = spec if inside else str(copy.path((target.cwd / spec).resolve()))
        kind = "script" if target.kind == "script" else "module"
        if not record:
            return self.job("program", target.args, kind=kind, spec=spec)
        out = worker.folder / "run.duck"
        main = [str(copy.path(self.recording.main_file))] if self.recording.main_file else []
        config = {
            "out": str(out),
            "roots": [str(copy.place)],
            "main": main,
            "include": list(target.include),
            "exclude": list(target.exclude),
            "modules": ["__main__"],
            "kind": kind,
            "spec": spec,
            "args": list(target.args),
            "shown": [spec, *target.args],
            "max_bytes": 50_000_000,
            "max_steps": self.most_steps,
        }
        return self.job("record", config=config)

    # -- judging ---------------------------------------------------------------------------------
    def judge(self, worker: Worker, change: Change | None, thorough: bool = True) -> Jobs:
        """Try one change: first what was asked for, then (if that holds) what else may have changed."""
        look = Look(self, worker, change)
        worker.copy.restore()
        if change is not None:
            worker.copy.put(change.file, change.data)
        kinds = {e.kind for e in self.expectations}
        record = bool(kinds & set(RECORDED)) or change is None
        if kinds & set(RUN) and self.target.kind != "pytest":
            look.run((yield self.program(worker, record)), record)
        for expectation in self.expectations if look.fine or change is None else ():
            if expectation.kind == "pytest":
                look.command(expectation, (yield self.job("pytest", _pytest(expectation.name, "-x"))))
            elif expectation.kind == "command":
                look.command(expectation, (yield self.job("command", ("/bin/sh", "-c", expectation.name))))
        wants = any(e.kind == "doctest" for e in self.expectations)
        for file in self.with_examples() if (look.fine and (wants or thorough)) or change is None else ():
            look.examples(file, (yield self._examples(worker, file)))
        if (look.fine and thorough) or change is None:
            yield from self._others(look, record)
        return look.verdict()

    def _others(self, look: Look, recorded: bool) -> Generator[Job, Reply, None]:
        """Evidence beyond what was asked for: recorded calls, and the other tests of the file."""
        if self.target.kind != "pytest" and not recorded:
            look.run((yield self.program(look.worker, True)), True, again=True)
        for expectation in self.expectations:
            if expectation.kind == "pytest":
                whole = self.job("pytest", _pytest(expectation.name.partition("::")[0]))
                look.tests_said((yield replace(whole, cpu=5 * self.cpu, wall=5 * self.wall)))

    def with_examples(self) -> list[Path]:
        """Program files with docstring examples."""
        tests = self.target.kind == "pytest"
        return [] if tests else [p for p, f in self.files.items() if docstrings.examples(f)]

    def _examples(self, worker: Worker, file: Path) -> Job:
        root = import_root(file)
        module = ".".join(file.relative_to(root).with_suffix("").parts)
        (worker.copy.scratch / "report").unlink(missing_ok=True)
        return self.job(
            "examples", module=module.removesuffix(".__init__"), import_root=str(worker.copy.path(root))
        )


def _pytest(node: str, *options: str) -> tuple[str, ...]:
    quiet = "ignore::pytest.PytestAssertRewriteWarning"  # the server has loaded the plugins already
    return ("-q", "-p", "no:cacheprovider", "--color=no", "-W", quiet, *options, node)


def import_root(file: Path) -> Path:
    """The folder a module's dotted name starts from."""
    folder = file.parent
    while (folder / "__init__.py").exists() and folder.parent != folder:
        folder = folder.parent
    return folder


def preloads(files: Iterable[SourceFile], roots: Sequence[Path]) -> list[str]:
    """Modules the program imports that are not its own: loaded once instead of in every trial."""
    found: dict[str, None] = {}
    for file in files:
        try:
            tree = ast.parse(file.text)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0]: None for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found[node.module.partition(".")[0]] = None
    own = [name for name in found if any((r / name).exists() or (r / f"{name}.py").exists() for r in roots)]
    return [
        n
        for n in found
        if n not in own and n in sys.stdlib_module_names and n not in ("__future__", "antigravity")
    ]


__all__ = ["Case", "Change", "TrialError", "Verdict", "Worker"]
