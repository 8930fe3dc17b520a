# ruff: noqa: E501 - program texts and tables read better on long lines
"""Real programs, plain and recorded: are stdout, stderr and exit code the same, byte for byte?

    python benchmarks/transparency.py [--list] [--only TEXT] [--jobs N] [--patience S] [--scripts FOLDER…]
                                      [--tasks FILE…]

Every program here was written by someone else: modules of the standard library run as scripts, their
doctests, their own test suites, command lines of installed packages, and with --tasks the functions of CRUXEval
(`code`, `input`) and HumanEvalFix (`buggy`, `fixed`, `tests`), many of which end in an error. Both runs are fresh processes with
the same environment, folder and stdin, and PYTHONHASHSEED=0. Three things no two plain runs agree on are
made equal in BOTH outputs before comparing: seconds ("Ran 5 tests in 0.003s"), addresses ("at 0x7f…") and
process numbers in names of temporary files. Programs that two plain runs disagree on are left out and counted.
Exit code: 0 all equal, 1 some differ.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from semduck.trace.run import Run
from semduck.trace.store import RecordingError
from semduck.trace.target import Limits, Target

LIBRARY = Path(os.__file__).parent
NOISE = (
    (re.compile(rb"\b\d+\.\d+ ?s(econds)?\b"), b"0.000s"),
    (re.compile(rb"0x[0-9a-f]{6,}"), b"0xADDRESS"),
    (re.compile(rb"(@test_|tmp|python_test_)\w+"), rb"\1NAME"),
)
ENV = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
ENV |= {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "80", "TERM": "dumb"}


@dataclass(frozen=True)
class Program:
    """A program someone else wrote. record: its files, which are recorded although they are installed."""

    name: str
    kind: str
    spec: str
    args: tuple[str, ...] = ()
    stdin: bytes = b""
    record: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What a shell sees."""

    stdout: bytes
    stderr: bytes
    code: int | None
    steps: int = 0


def library(module: str) -> str:
    """Path of a standard library module."""
    return str(LIBRARY / (module.replace(".", "/") + ".py"))


def tools() -> Iterator[Program]:
    """Modules with a command line of their own."""
    sample = library("colorsys")
    wave = b'{"b": [1, 2, {"c": null}], "a": "\\u00e9"}'
    lines = [
        ("this", ()), ("calendar", ("2024",)), ("calendar", ("2023", "5")), ("calendar", ("-t", "html", "2022")),
        ("ast", (sample,)), ("dis", (sample,)), ("tokenize", (sample,)), ("tokenize", ("-e", sample)), ("tabnanny", ("-v", sample)),
        ("pyclbr", (library("queue"),)), ("symtable", ()), ("base64", ("-e", sample)), ("base64", ("-t",)), ("quopri", (sample,)),
        ("json.tool", ()), ("json.tool", ("--sort-keys", "--indent", "1")), ("json.tool", ("nowhere.json",)),
        ("compileall", ("--help",)), ("zipfile", ("-l", "nowhere.zip")), ("tarfile", ("--help",)), ("gzip", ("--help",)), ("timeit", ("-h",)),
        ("inspect", ("bisect",)), ("inspect", ("--details", "textwrap")), ("platform", ()), ("sysconfig", ()), ("site", ("--help",)),
        ("mimetypes", ("a.html", "b.tar.gz")), ("getopt", ()), ("heapq", ()), ("keyword", ()), ("token", ()), ("difflib", ()),
        ("trace", ("--help",)), ("pdb", ("--help",)), ("cProfile", ("--help",)), ("doctest", (library("bisect"),)), ("doctest", ("-v", library("heapq"))),
        ("unittest", ("--help",)), ("filecmp", (str(LIBRARY / "json"), str(LIBRARY / "json"))), ("fileinput", ()), ("code", ()),
        ("encodings.rot_13", ()), ("pickletools", ("--help",)), ("textwrap", ()), ("shlex", ()), ("html.entities", ()),
        ("modulefinder", (sample,)), ("zipapp", ("--help",)), ("venv", ("--help",)), ("http.server", ("--help",)), ("ensurepip", ("--version",)),
        ("pprint", ()), ("locale", ()), ("sched", ()), ("string", ()), ("antigravity_", ()), ("py_compile", ("nowhere.py",)), ("pydoc", ("bisect",)),
    ]  # fmt: skip
    for module, args in lines:
        if module in ("locale", "site", "sysconfig", "platform"):
            continue  # they print where and on what they run, and are compared as scripts below
        stdin = (
            wave
            if module == "json.tool"
            else b"x = 1\nprint(x + 1)\n"
            if module in ("code", "fileinput", "encodings.rot_13")
            else b""
        )
        label = " ".join(["-m", module, *(Path(a).name if "/" in a else a for a in args)])
        file = importlib.util.find_spec(module).origin if importlib.util.find_spec(module) else None  # type: ignore[union-attr]
        yield Program(label, "module", module, args, stdin, (file,) if file else ())


def scripts() -> Iterator[Program]:
    """Modules run as a script by path: most define things and end, some print."""
    names = [
        "abc", "base64", "bisect", "calendar", "cmd", "codeop", "colorsys", "contextlib", "copy", "csv", "dataclasses", "decimal", "difflib",
        "enum", "filecmp", "fnmatch", "fractions", "functools", "getopt", "glob", "graphlib", "hashlib", "heapq", "ipaddress", "keyword",
        "linecache", "numbers", "opcode", "operator", "optparse", "pprint", "queue", "quopri", "reprlib", "sched", "shlex", "stat",
        "statistics", "string", "stringprep", "struct", "textwrap", "token", "tokenize", "types", "typing", "uuid", "weakref",
        "rlcompleter", "netrc", "plistlib", "configparser", "html/parser", "json/decoder", "json/encoder", "email/utils", "xml/sax/saxutils",
        "collections/__init__", "urllib/parse", "logging/__init__", "argparse", "ast", "sre_parse", "random", "this", "locale",
    ]  # fmt: skip
    for name in names:
        path = LIBRARY / f"{name}.py"
        if path.exists() and name not in (
            "uuid",
            "random",
            "hashlib",
        ):  # these print what is random, or times
            yield Program(f"script {name}.py", "script", str(path))


def doctests() -> Iterator[Program]:
    """Doctests that ship inside the standard library."""
    names = ["bisect", "heapq", "statistics", "fractions", "difflib", "textwrap", "collections.__init__", "functools", "random", "decimal",
             "_pydecimal", "ipaddress", "dataclasses", "pickletools", "turtle_", "string", "graphlib", "types", "enum", "http.cookies",
             "json.__init__", "operator", "copy", "typing", "reprlib", "ast", "shlex", "zipfile", "html.__init__", "calendar"]  # fmt: skip
    for name in names:
        path = Path(library(name))
        if path.exists():
            yield Program(f"doctest {name}", "module", "doctest", ("-v", str(path)), record=(str(path),))


def suites() -> Iterator[Program]:
    """Test suites of the standard library that take seconds."""
    names = [
        "bisect", "heapq", "string", "textwrap", "keyword", "operator", "colorsys", "fnmatch", "shlex", "graphlib", "reprlib", "bool", "list",
        "tuple", "dict", "userlist", "userdict", "userstring", "deque", "generators", "genexps", "listcomps", "setcomps", "dictcomps", "iter",
        "enumerate", "range", "slice", "augassign", "unpack", "unpack_ex", "with", "contextlib", "exceptions", "raise", "scope", "global",
        "named_expressions", "patma", "property", "descr", "dynamic", "decorators", "lambda_", "string_literals", "fstring", "int", "float",
        "complex", "fractions", "cmath", "itertools", "functools", "collections", "ordered_dict", "defaultdict", "copy", "pprint", "csv",
        "base64", "binascii", "struct", "html", "htmlparser", "json", "configparser", "difflib", "abc", "enum", "dataclasses", "types",
        "weakref", "weakset", "copyreg", "pickle", "traceback", "doctest2", "call", "keywordonlyarg", "positional_only_arg", "extcall",
        "exception_group", "except_star", "coroutines", "asyncgen", "yield_from", "sys_settrace_", "super", "metaclass", "slots_",
    ]  # fmt: skip
    for name in names:
        path = LIBRARY / "test" / f"test_{name}.py"
        if path.exists():
            yield Program(
                f"suite test_{name}", "module", "unittest", ("-q", f"test.test_{name}"), record=(str(path),)
            )


def packages() -> Iterator[Program]:
    """Command lines of packages that happen to be installed."""
    for module, args in (("pip", ("--version",)), ("pip", ("help",)), ("pygments", ("-l", "python", library("colorsys"))), ("click", ()),
                         ("rich.table", ()), ("rich.tree", ()), ("markdown_it", ("--version",)), ("pytest", ("--version",)),
                         ("mdurl", ()), ("idna", ("--version",)), ("platformdirs", ())):  # fmt: skip
        found = importlib.util.find_spec(module.split(".")[0])
        if found is not None and found.origin is not None:
            yield Program(
                " ".join(["-m", module, *map(os.path.basename, args)]),
                "module",
                module,
                args,
                record=(str(Path(found.origin).parent / "*"),),
            )


def own(folders: list[str]) -> Iterator[Program]:
    """Scripts of folders named on the command line."""
    for folder in folders:
        for path in sorted(Path(folder).resolve().glob("**/*.py")):
            yield Program(f"script {path.name}", "script", str(path))


def tasks(files: list[str], folder: Path) -> Iterator[Program]:
    """Functions of published sets, each written to `folder` as a script that calls it."""
    for file in files:
        for line in Path(file).read_text("utf-8").splitlines():
            row = json.loads(line)
            if "buggy" in row:
                ends = "\n\n" + "\n".join(row["tests"]) + "\n"
                texts = {kind: f"{row['setup']}\n{row[kind]}{ends}" for kind in ("buggy", "fixed")}
            else:
                texts = {"call": f"{row['code']}\n\n\nprint(f({row['input']}))\n"}
            for kind, text in texts.items():
                path = folder / f"{row['id'].replace('/', '_')}_{kind}.py"
                path.write_text(text, "utf-8")
                yield Program(f"task {path.name}", "script", str(path), record=(str(path),))


def plain(program: Program, cwd: Path, patience: float) -> Seen:
    """What plain python does."""
    how = ["-m", program.spec] if program.kind == "module" else [program.spec]
    done = subprocess.run(
        [sys.executable, *how, *program.args],
        cwd=cwd,
        env=ENV,
        input=program.stdin,
        capture_output=True,
        timeout=patience,
    )
    return Seen(done.stdout, done.stderr, done.returncode)


def recorded(program: Program, cwd: Path, out: Path, patience: float) -> Seen:
    """What it does when it is recorded."""
    target = Target(program.kind, program.spec, program.args, cwd=cwd, root=cwd, include=program.record)
    run = Run(target, Limits(max_steps=0), out, stdin="pipe", stdout="pipe", env=ENV)
    run.start()
    run.send_input(program.stdin.decode())
    run.send_eof()
    ending = run.wait(patience)
    seen = Seen(run.stdout, run.stderr, ending.code, len(run.recording))
    run.close()
    return seen


def quiet(data: bytes) -> bytes:
    """Without what differs between any two runs."""
    for pattern, replacement in NOISE:
        data = pattern.sub(replacement, data)
    return data


def difference(expected: Seen, seen: Seen) -> str:
    """ "" when equal, else where the first one is."""
    for name in ("stdout", "stderr"):
        want, got = quiet(getattr(expected, name)), quiet(getattr(seen, name))
        if want != got:
            at = next(
                (i for i, (a, b) in enumerate(zip(want, got, strict=False)) if a != b),
                min(len(want), len(got)),
            )
            near = slice(max(0, at - 80), at + 160)
            return f"{name} differs at byte {at}\n      plain    {want[near]!r}\n      recorded {got[near]!r}"
    if expected.code != seen.code:
        return f"exit code {expected.code}, recorded {seen.code}"
    return ""


def compare(program: Program, patience: float) -> tuple[str, Seen, float, float]:
    """("" | "differs …" | "unstable" | "slow", what was recorded, seconds plain, seconds recorded)."""
    with tempfile.TemporaryDirectory(prefix="transparency-") as name:
        cwd = Path(name) / "work"
        cwd.mkdir()
        out = Path(name) / "out" / "run.duck"
        begin = time.perf_counter()
        try:
            first = plain(program, cwd, patience)
            middle = time.perf_counter()
            seen = recorded(program, cwd, out, patience)
            end = time.perf_counter()
            told = difference(first, seen)
            if end - middle > patience:
                told = "slow"
            elif told and difference(first, plain(program, cwd, patience)):
                told = "unstable"
        except subprocess.TimeoutExpired:
            return "slow", Seen(b"", b"", None), 0, 0
        except RecordingError as error:
            return f"unreadable recording: {error}", Seen(b"", b"", None), 0, 0
    return told, seen, middle - begin, end - middle


def main() -> int:
    """Compare, print, and say how many differ."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--list", action="store_true", help="only name the programs")
    parser.add_argument("--only", default="", help="programs whose name has this in it")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--patience", type=float, default=240.0, help="seconds for one program")
    parser.add_argument(
        "--scripts", nargs="*", default=[], metavar="FOLDER", help="also the *.py files below these"
    )
    parser.add_argument(
        "--tasks", nargs="*", default=[], metavar="FILE", help="JSONL files of CRUXEval and HumanEvalFix"
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tasks-") as folder:
        return over(chosen, list(tasks(chosen.tasks, Path(folder))))


def over(chosen: argparse.Namespace, more: list[Program]) -> int:
    """All programs and `more`."""
    programs = [*tools(), *scripts(), *doctests(), *suites(), *packages(), *own(chosen.scripts), *more]
    programs = [p for p in programs if chosen.only in p.name]
    if chosen.list:
        print(*(p.name for p in programs), sep="\n")
        return 0
    counts, steps = {"equal": 0, "differ": 0, "unstable": 0, "slow": 0}, 0
    with ThreadPoolExecutor(chosen.jobs) as pool:
        results = pool.map(lambda p: compare(p, chosen.patience), programs)
        for program, (told, seen, seconds, longer) in zip(programs, results, strict=True):
            state = told if told in ("unstable", "slow") else "differ" if told else "equal"
            counts[state] += 1
            steps += seen.steps if state in ("equal", "differ") else 0
            times = f"{seconds:6.2f} s plain  {longer:6.2f} s recorded"
            print(f"{state:8} {program.name:44} {seen.steps:9,} steps  {times}", flush=True)
            if state == "differ":
                print(f"      {told}", flush=True)
    compared = counts["equal"] + counts["differ"]
    print(f"\n{compared} programs compared, {counts['differ']} differ, {steps:,} steps recorded")
    print(f"left out, so nothing is known of them: {counts['slow']} that take over {chosen.patience:g} s,")
    print(f"{counts['unstable']} on which two plain runs do not agree")
    return 1 if counts["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())
