# ruff: noqa: E501 - program texts and tables read better on long lines
"""Probes in the program's code: what they follow themselves, and what a program must not see of them."""

from __future__ import annotations

import os
import random
import sys
import textwrap
from pathlib import Path

import pytest
from oracle.harness import ENV, PROGRAMS, Recorded, difference, plain, recorded
from oracle.kept import differences

from semduck.trace.probes.rewrite import Rewriter
from semduck.trace.probes.sites import Sites
from semduck.trace.run import Run
from semduck.trace.target import Target

LIBRARY = Path(os.__file__).parent
SOURCES = sorted(p for p in LIBRARY.glob("*.py") if p.stat().st_size < 60_000)
# Programs with something that is left to sys.settrace: async, `yield from`, except*, exec, locals, a loop on one line.
TRACED = {
    "async_basic", "async_more", "evil_dunders", "exception_groups", "generator_locals", "generator_state", "generators", "loops", "one_line",
}  # fmt: skip
if sys.version_info >= (3, 12):  # before, functions that run in one go are traced one by one
    TRACED |= {"exec_eval", "frames_introspect", "nonlocal_left_alone", "own_names"}


def rewriter(source: bytes, name: str) -> Rewriter:
    """Rewrites a source; raises what its compiler raises."""
    numbers = iter(range(10**6))
    made = Rewriter(compile(source, name, "exec", 0x400, True), Sites(), lambda: next(numbers))
    compile(made.rewrite(), name, "exec", 0, True)
    return made


def program(text: str, folder: Path) -> Target:
    """A program of one file."""
    path = folder / "main.py"
    path.write_text(textwrap.dedent(text))
    return Target("script", str(path), cwd=folder)


def same(text: str, folder: Path, env: dict[str, str] | None = None) -> Recorded:
    """A recorded run of which a shell sees what it sees of a plain one."""
    target = program(text, folder)
    done = recorded(target, folder / "out" / "run.duck", env=env)
    assert difference(plain(target, env=env), done.outcome) == ""
    return done


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.stem)
def test_every_module_of_the_library_can_be_rewritten(path: Path) -> None:
    rewriter(path.read_bytes(), str(path))


@pytest.mark.parametrize("path", sorted(PROGRAMS.glob("*.py")), ids=lambda p: p.stem)
def test_what_is_left_to_tracing(path: Path) -> None:
    assert rewriter(path.read_bytes(), str(path)).needs_tracing == (path.stem in TRACED)


def test_sets_of_constants_keep_their_order(tmp_path: Path) -> None:
    chance, lines = random.Random(5), []
    for number in range(60):
        parts = [chance.choice((repr(chance.choice("abcdefgh") * chance.randint(1, 3)), str(chance.randint(-99, 99)), "True"))
                 for _ in range(chance.randint(3, 9))]  # fmt: skip
        display = "{" + ", ".join(parts) + "}"
        lines.append(chance.choice((f"print({display})", f"for x in {display}: print(x)", f"print([x for x in {display}])",
                                    f"def f{number}(): return {display}\nprint(f{number}())")))  # fmt: skip
    for seed in ("1", "2"):
        (tmp_path / seed).mkdir()
        same("\n".join(lines), tmp_path / seed, {**ENV, "PYTHONHASHSEED": seed})


def test_annotations_of_names_are_not_evaluated(tmp_path: Path) -> None:
    done = same("""
        def f(n):
            x: int
            y: undefined_name
            z: list = [n]
            z.append(n)
            if n:
                x = n
            return z
        print(f(0), f(1))
        m: int
        """, tmp_path)
    lines = [s.line for s in done.recording.steps(0, len(done.recording)) if s.function == "f"]
    assert 3 not in lines and 4 not in lines and 5 in lines


def test_no_frame_of_ours_is_in_a_traceback_when_a_signal_came(tmp_path: Path) -> None:
    done = same("""
        import signal, sys, traceback
        class Tick(Exception): pass
        class Thing:
            def __init__(self): self.n = 0
        def handler(number, frame):
            raise Tick
        signal.signal(signal.SIGALRM, handler)
        def work():
            things, names = [Thing()], {}
            while True:
                things[0].n += 1
                names[str(things[0].n % 7)] = [things[0].n]
        ours = 0
        for _ in range(40):
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.004)
                work()
            except Tick as error:
                frames = [f.filename for f in traceback.extract_tb(error.__traceback__)]
                ours += sum(1 for name in frames if name != __file__)
        print(ours)
        """, tmp_path)
    assert done.outcome.stdout == b"0\n"


def test_no_name_of_ours_is_seen(tmp_path: Path) -> None:
    same("""
        import sys, inspect, gc
        def f(a, *rest, b=2, **more):
            c = a
            def inner():
                nonlocal c
                c += 1
                return sorted(locals())
            for d in range(2): pass
            return inner(), sorted(locals()), f.__code__.co_varnames, f.__code__.co_argcount
        class C:
            x = 1
            def method(self): return dir(self)
        print(f(1), sorted(vars(C)), [n for n in C().method() if "duck" in n])
        print(sorted(n for n in globals() if n[:2] != "__"), [m for m in sys.modules if "duck" in m])
        print(inspect.getsource(f)[:20], f.__doc__, f.__defaults__, f.__kwdefaults__)
        """, tmp_path)


def test_generators_go_on_where_they_stopped(tmp_path: Path) -> None:
    done = same("""
        def count(n):
            total = 0
            while total < n:
                try:
                    got = yield total
                    total += got or 1
                except KeyError:
                    total += 10
                finally:
                    last = total
            return total
        g = count(30)
        print(next(g), g.send(5), g.throw(KeyError), next(g))
        h = count(2)
        print(list(h), list(zip(count(3), count(4))))
        g.close()
        """, tmp_path)
    kinds = [s.kind.value for s in done.recording.steps(0, len(done.recording)) if s.frame == 1]
    assert kinds.count("yield") == 4 and kinds.count("resume") == 4 and kinds[-1] == "unwind"


def test_more_probes_than_the_list_should_hold(tmp_path: Path) -> None:
    done = same("""
        total = 0
        for i in range(400_000):
            total += i & 3
        print(total)
        """, tmp_path)
    assert len(done.recording) == 800_005
    assert done.recording.locals(800_003)["total"].literal == 600_000
    assert done.recording.locals(400_000)["i"].literal == 199_998


def test_a_recorder_that_cannot_begin_lets_the_program_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = program("import sys\nprint('ran', sys.argv[1:], __file__[-7:])\n", tmp_path)
    write = Run._write_config

    def garbled(run: Run) -> str:
        path = write(run)
        Path(path).write_bytes(b"?")
        return path

    monkeypatch.setattr(Run, "_write_config", garbled)
    run = Run(Target("script", target.spec, ("a",), cwd=tmp_path), out=tmp_path / "out" / "run.duck")
    run.start()
    run.wait(30)
    assert run.stdout == b"ran ['a'] main.py\n"
    assert "ValueError" in run.trouble or "EOFError" in run.trouble
    run.close()


def test_what_dies_while_python_ends_is_told_by_both_recorders(tmp_path: Path) -> None:
    text = """
        class Dying:
            def __init__(self, name):
                self.name = name
            def __del__(self):
                told = f"bye {self.name}"
                print(told)
        alone = Dying("alone")
        circle = Dying("circle")
        circle.own = circle
        held = [Dying("held")]
        print("end")
        """
    target = program(text, tmp_path)
    runs = [recorded(target, tmp_path / how / "run.duck", recorder=how) for how in ("trace", "probes")]
    one, other = (run.recording for run in runs)
    assert list(differences(one, other, {k: k for k in range(len(one))})) == [] and len(one) == len(other)
    assert sum(s.kind.value == "call" and s.function == "Dying.__del__" for s in other.steps(0, len(other))) == 3
    assert runs[0].outcome == runs[1].outcome and difference(plain(target), runs[1].outcome) == ""


def test_both_recorders_tell_the_same_of_a_package(tmp_path: Path) -> None:
    """Empty modules, and modules that python itself puts into the names of their package."""
    files = {
        "box/__init__.py": "from box.inner import one as first\nfrom . import empty\nimport box.text\nkept = [first]\n",
        "box/inner.py": "one = 1\n",
        "box/empty.py": "",
        "box/text.py": '"""Only a text."""\n',
        "box/deep/__init__.py": "# only a comment\n",
        "main.py": "import box\nimport box.deep\nprint(box.kept, sorted(n for n in vars(box) if n[0] != '_'))\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    runs = [recorded(Target("script", str(tmp_path / "main.py"), cwd=tmp_path), tmp_path / how / "run.duck", recorder=how) for how in ("trace", "probes")]
    one, other = (run.recording for run in runs)
    told = [[(s.kind, s.file.relative_to(tmp_path), s.line) for s in r.steps(0, len(r))] for r in (one, other)]
    assert told[0] == told[1] and len({file for _, file, _ in told[0]}) == 6
    assert list(differences(one, other, {k: k for k in range(len(one))})) == []
    last = max(s.number for s in one.steps(0, len(one)) if s.file.parent.name == "box" and s.line == 4)
    assert {"first", "empty", "inner", "box", "kept"} <= set(one.names(last, one.frame_at(last)))
