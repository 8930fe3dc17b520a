"""The reader's answers at every step are those of applying all events from the beginning."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from oracle.generate import program
from oracle.harness import PROGRAMS, recorded
from oracle.naive import Event, Naive, rechunked, states

from semduck.trace import growing
from semduck.trace.reader import frametable, keeper, postings, records, saved
from semduck.trace.recording import Recording
from semduck.trace.replay import State, Thing
from semduck.trace.run import Run
from semduck.trace.target import Target

# fmt: off
CHOSEN = ["accounts", "async_basic", "class_bodies", "closures", "collections_all", "deletion", "exceptions",
          "finalizers", "generators", "generator_close", "id_reuse", "library_mutates", "recursion",
          "scalars", "subclasses", "threads_handoff", "weakrefs"]
# fmt: on
GENERATED = range(9000, 9012)


def run(path: Path, out: Path, recorder: str) -> Path:
    """Record a program; where the recording is."""
    done = Run(Target("script", path.name, cwd=path.parent), out=out, recorder=recorder)
    done.start()
    done.wait()
    done.close()
    return out


def shown(thing: Thing | None) -> object:
    return (
        None
        if thing is None
        else [thing.kind, thing.type, thing.text, thing.attrs, thing.items, thing.length]
    )


def compare(state: State, naive: Naive) -> None:
    """Names and objects are equal, one by one and all together."""
    assert text({frame: state.frames[frame] for frame in state.frames}) == text(naive.frames)
    assert text({space: state.spaces[space] for space in state.spaces}) == text(naive.spaces)
    assert text({oid: shown(state.things.get(oid)) for oid in naive.things}) == text(naive.things)
    assert set(state.things) == set(naive.things)


def text(value: object) -> str:
    """In which nan equals nan, and 1 is not 1.0."""
    return json.dumps(value, sort_keys=True)


def check(path: Path, recording: Recording) -> int:
    """Compare a recording with the naive replay at every step; the number of steps."""
    k = -1
    for k, event, naive in states(path):
        assert recording.brief(k) == tuple(event[:3])
        assert recording.event(k)[4:] == event[4:]
        compare(recording.state(k), naive)
    assert len(recording) == k + 1
    return k + 1


@pytest.fixture(scope="module", params=[*CHOSEN, *GENERATED])
def original(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A recording by probes."""
    home = tmp_path_factory.mktemp("original")
    path = PROGRAMS / f"{request.param}.py"
    if type(request.param) is int:
        path = home / "generated.py"
        path.write_text(program(request.param))
    yield run(path, home / "out" / "run.duck", "probes")


@pytest.mark.parametrize(("elements", "lines"), [(1, 1), (7, 2), (60, 1)])
def test_states_do_not_depend_on_chunks(original: Path, elements: int, lines: int, tmp_path: Path) -> None:
    rechunked(original, tmp_path / "small.duck", elements, lines)
    with_index = Recording.open(tmp_path / "small.duck")
    assert len(with_index._log.chunks) > 3
    assert check(original, with_index) > 5


def test_steps_in_any_order(original: Path, tmp_path: Path) -> None:
    rechunked(original, tmp_path / "small.duck", 20, 1)
    recording = Recording.open(tmp_path / "small.duck")
    walked = [everything(recording, k) for k in range(len(recording))]
    jumper = Recording.open(tmp_path / "small.duck")
    order = list(range(len(recording)))
    random.Random(4).shuffle(order)
    assert [k for k in order if everything(jumper, k) != walked[k]] == []


def everything(recording: Recording, k: int) -> str:
    """As text, in which nan equals nan."""
    return repr((recording.step(k), recording.locals(k), recording.globals(k), recording.stack(k),
                 recording.changes(k), recording.event(k)))  # fmt: skip


def test_an_index_in_the_file_gives_the_same_answers(original: Path, tmp_path: Path) -> None:
    path = tmp_path / "small.duck"
    rechunked(original, path, 30, 1)
    size = path.stat().st_size
    rebuilt = Recording.open(path)
    for _ in saved.write(rebuilt._log):
        pass
    assert path.stat().st_size > size
    opened = Recording.open(path)
    assert opened._store.indexed and opened._log.pages._borrowed
    assert repr(facts(opened)) == repr(facts(rebuilt))
    check(original, opened)
    for k in range(0, len(opened), 7):
        assert everything(opened, k) == everything(rebuilt, k)


def facts(recording: Recording) -> list[object]:
    """Everything there is to ask about the whole run."""
    calls = list(recording.calls())
    lines = [(f, n) for f in recording.files for n in sorted(recording.executed_lines(f))]
    names = [(c.frame, n) for c in calls[:20] for n in recording.locals(recording.span(c.frame)[1], c.frame)]
    return [
        len(recording), calls, recording.output(), recording.raised(), recording.ending, recording.files,
        recording.argv, [(at, list(recording.steps_of_line(*at))) for at in lines],
        [len(recording.steps_of_line(*at)) for at in lines],
        [recording.children(c.frame) for c in calls], recording.alone,
        [recording.entered(k, f) for c in calls[:20] for f in (c.frame,) for k in range(*recording.span(f))],
        list(recording.frames_of({0, 2})), list(recording.frames_between(20, 60)),
        recording.call_tree(limit=50),
        [(list(recording.history(n, f)), recording.history(n, f).changes) for f, n in names],
        [(recording.last_change(k, n, f), recording.next_change(k, n, f))
         for f, n in names[:15] for k in range(0, len(recording), 11)],
    ]  # fmt: skip


def test_writes_are_those_of_the_events(original: Path, tmp_path: Path) -> None:
    """Every step after which a name means something else, and every step that changes an object."""
    rechunked(original, tmp_path / "small.duck", 25, 1)
    recording = Recording.open(tmp_path / "small.duck")
    expected: dict[object, list[int]] = {}
    before: dict[object, object] = {}
    for k, event, naive in states(original):
        now = cells(naive)
        for cell in touched_objects(event) | {c for c in now.keys() | before.keys() if type(c) is tuple}:
            if type(cell) is int or repr(now.get(cell)) != repr(before.get(cell)):
                expected.setdefault(cell, []).append(k)
        before = now
    for cell, steps in expected.items():
        if type(cell) is tuple and cell[0] >= 0:
            last = recording.span(cell[0])[1]
            steps = [k for k in steps if k <= last]  # that a frame is gone is no write
            found = set(recording.writes(cell))
            assert found >= set(steps), cell
            continue
        found_list = list(recording.writes(cell))
        assert set(found_list) >= set(steps), cell
        assert len(recording.writes(cell)) == len(found_list)
        assert list(reversed(recording.writes(cell))) == found_list[::-1]


def cells(naive: Naive) -> dict[object, object]:
    found: dict[object, object] = {}
    for owner, names in (*naive.frames.items(), *((-1 - s, n) for s, n in naive.spaces.items())):
        found |= {(owner, name): ref for name, ref in names.items()}
    return found


def touched_objects(event: Event) -> set[object]:
    ops = event[3] if len(event) > 3 else []
    return {op[1] for op in ops if op[0] in ("p", "T", "N")}


def test_the_tracing_recorder_is_read_the_same_way(tmp_path: Path) -> None:
    for name in ("generators", "threads_lock", "closures"):
        path = run(PROGRAMS / f"{name}.py", tmp_path / name / "run.duck", "trace")
        rechunked(path, tmp_path / f"{name}.duck", 1, 9)
        check(path, Recording.open(tmp_path / f"{name}.duck"))


DEEP = """\
def down(n, rest):
    if n:
        return down(n - 1, rest)
    for i in range(rest):
        rest = rest
    return i


print(down(600, 900), down(20, 3))
"""


def test_a_deep_stack_is_not_kept_with_every_chunk(tmp_path: Path) -> None:
    (tmp_path / "deep.py").write_text(DEEP)
    done = recorded(Target("script", "deep.py", cwd=tmp_path), tmp_path / "out" / "run.duck").recording
    check_file = tmp_path / "small.duck"
    rechunked(done.path, check_file, 50, 1)
    recording = Recording.open(check_file)
    loop = recording.steps_of_line(next(iter(recording.files)), 5)
    for k in (loop[0], loop[400], loop[899]):
        stack = recording.stack(k)
        assert len(stack) == 602
        assert [f.line for f in stack] == [5, *[3] * 600, 9]
    places = [recording._log._place(c) for c in range(len(recording._log.chunks))]
    assert sum(len(place[1]) for place in places) < 4 * 602
    assert check(done.path, recording) == len(done)


def test_nothing_kept_in_memory_gives_the_same(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is forgotten while a recording is taken in is read again, and stays as it was."""
    for name, value in (("HELD_ITEMS", 0), ("HELD_NAMES", 0), ("TURN", 2)):
        monkeypatch.setattr(keeper, name, value)
    monkeypatch.setattr(records, "SMALL", 1)
    monkeypatch.setattr(records, "STRIDE", 2)
    monkeypatch.setattr(frametable, "PAGE", 2)
    monkeypatch.setattr(postings, "RUN", 40)
    monkeypatch.setattr(postings, "PAGE", 4)
    rechunked(original, tmp_path / "small.duck", 12, 1)
    taken_in = Recording.open(tmp_path / "small.duck")
    check(original, taken_in)
    for _ in saved.write(taken_in._log):
        pass
    opened = Recording.open(tmp_path / "small.duck")
    assert opened._store.indexed
    assert repr(facts(opened)) == repr(facts(taken_in))
    check(original, opened)


def test_large_contents_changed_little(tmp_path: Path) -> None:
    (tmp_path / "large.py").write_text(LARGE)
    done = recorded(Target("script", "large.py", cwd=tmp_path), tmp_path / "out" / "run.duck").recording
    rechunked(done.path, tmp_path / "small.duck", 6, 1)
    recording = Recording.open(tmp_path / "small.duck")
    assert check(done.path, recording) == len(done)
    blocks = sum(len(recording._log.pages.packed(n)) for n in recording._log.chunks.blocks)
    assert blocks < 300 * len(recording._log.chunks)  # not 200 items each


LARGE = """\
grid = [0] * 200
names = {str(i): i for i in range(150)}
for i in range(700):
    grid[i % 200] = i
    names[str(i % 90)] = -i
    if i % 100 == 0:
        grid.insert(3, i)
        del names[str(i % 90)]
print(len(grid), len(names))
"""


@pytest.mark.parametrize("enough", [40, 400, 3000])
def test_states_do_not_depend_on_pieces(
    original: Path, enough: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it in one chunk of the file, decoded in pieces; with and without index."""
    monkeypatch.setattr(growing, "ENOUGH", enough)
    path = tmp_path / "one.duck"
    rechunked(original, path, 9, 1 << 30)
    recording = Recording.open(path)
    assert len(recording._store.chunks) == 1 and (enough > 400 or len(recording._log.chunks) > 2)
    check(original, recording)
    for _ in saved.write(recording._log):
        pass
    opened = Recording.open(path)
    assert opened._store.indexed
    check(original, opened)
    for k in range(0, len(opened), 5):
        assert everything(opened, k) == everything(recording, k)
