# ruff: noqa: E501 - program texts and tables read better on long lines
"""When names, attributes and elements change, against pictures of every step; and who holds an object."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from oracle.harness import PROGRAMS, Lab, recorded
from oracle.slow import agree

from semduck.trace.evaluate import EvaluateError
from semduck.trace.recording import Recording
from semduck.trace.target import Target

TEXT = """\
class Cart:
    limit = 3

    def __init__(self):
        self.items = []
        self.best = None

    def add(self, item):
        self.items.append(item)
        if self.best is None or item[1] > self.best[1]:
            self.best = item
        Cart.limit += 1
        return len(self.items)


def fill(cart, n):
    for i in range(n):
        item = [i, i * i % 3]
        cart.add(item)
        item[0] += 10
    del item
    return cart


def outer():
    total = 0

    def add(n):
        nonlocal total
        total += n
    for i in range(3):
        add(i)
    return total


grid = [[0, 0], [0, 0]]
d = {"k": [1], 2: "two"}
ring = [d]
ring.append(ring)
cart = fill(Cart(), 4)
grid[0][1] = 5
grid[1], grid[0] = grid[0], grid[1]
grid[0][1] = 6
d["k"] = d["k"] + [2]
d["k"].append(3)
del d[2]
total = outer()
total = total
big = [list(range(3)) for _ in range(3)]
big[2][1] = grid
ring[0] = None
done = True
"""
PATHS = ["grid", "grid[0][1]", "grid[1]", "grid[-1][0]", "d['k']", "d['k'][1]", "d[2]", "ring", "ring[0]", "ring[1][1][0]", "cart.items",
         "cart.items[0]", "cart.items[2][0]", "cart.best", "cart.best[0]", "Cart.limit", "cart.limit", "total", "len(d)", "big[2][1]",
         "nothing", "sum(cart.items[0]) + total"]  # fmt: skip


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    path = tmp_path_factory.mktemp("values") / "main.py"
    path.write_text(TEXT)
    return recorded(Target("script", str(path), cwd=path.parent), path.parent / "o" / "run.duck").recording


@pytest.mark.parametrize("path", PATHS)
def test_changes_at_module_level(recording: Recording, path: str) -> None:
    assert agree(recording, path, 0, 0, len(recording) - 1) >= (path != "nothing")


@pytest.mark.parametrize(("function", "paths"), [("fill", ["item", "item[0]", "cart.items", "cart.items[1][0]", "i", "Cart.limit", "n"]),
                                                 ("outer", ["total", "i", "add"]), ("Cart.add", ["self.best", "item", "self", "self.items[-1]"])])  # fmt: skip
def test_changes_in_calls(recording: Recording, function: str, paths: list[str]) -> None:
    call = next(c for c in recording.calls() if c.function == function)
    for path in paths:
        whole = path.startswith("Cart")
        first, last = (0, len(recording) - 1) if whole else recording.span(call.frame)
        assert agree(recording, path, call.frame, first, last)


@pytest.mark.parametrize("name", ["accounts", "aliasing", "linked_list", "generators", "closures", "circular", "grids", "deletion", "class_bodies",
                                  "generator_state", "async_basic", "threads_handoff", "slots", "sorting", "nested_containers", "cells_deleted"])  # fmt: skip
def test_changes_in_other_programs(lab: Lab, name: str) -> None:
    recording = lab.recorded(PROGRAMS / f"{name}.py").recording
    for call in recording.calls()[:8]:
        first, last = recording.span(call.frame)
        if recording.is_module(call.frame):
            first, last = 0, len(recording) - 1
        names = recording.names(recording.span(call.frame)[1], call.frame)
        paths = [p for n in list(names)[:5] for p in (n, f"{n}[0]", f"{n}.value")]
        for path in paths:
            agree(recording, path, call.frame, first, last)


def test_series_are_numbers(recording: Recording) -> None:
    fill = next(c for c in recording.calls() if c.function == "fill").frame
    assert [n for _, n in recording.series("cart.items", fill)] == [0, 1, 2, 3, 4]
    assert [n for _, n in recording.series("item[0]", fill)] == [0, 10, 1, 11, 2, 12, 3, 13]
    assert [k for k, _ in recording.series("i", fill)] == [k for k, _ in recording.history("i", fill)]
    assert recording.series("cart", 0) == []


def test_a_path_that_cannot_be_read_is_said(recording: Recording) -> None:
    for path in ("grid[", "print(x)", ""):
        with pytest.raises(EvaluateError):
            recording.history(path, 0)
        with pytest.raises(EvaluateError):
            recording.last_change(3, path, 0)


def test_a_long_history_is_found_in_time(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("out = []\nfor i in range(20000):\n    out.append(i)\n    i = None\n")
    recording = recorded(Target("script", "main.py", cwd=tmp_path), tmp_path / "o" / "run.duck").recording
    begun = time.process_time()
    assert len(recording.series("out", 0, 100_000)) in (5001, 20_001)
    assert 50 <= len(recording.series("out", 0)) <= 1000
    assert len(recording.series("out[3]", 0)) == 1
    assert time.process_time() - begun < 10


# -- aliases -----------------------------------------------------------------------------------------------


def test_aliases_are_every_way_to_an_object(recording: Recording) -> None:
    k = len(recording) - 1
    row = recording.evaluate(k, "grid[0]").identity
    assert row is not None
    told = recording.aliases(k, row)
    assert told.complete
    assert {(a.path, a.owner) for a in told.found} == {("grid[0]", "__main__"), ("big[2][1][0]", "__main__")}
    items = recording.evaluate(k, "cart.items").identity or -1
    assert {a.path for a in recording.aliases(k, items).found} == {"cart.items"}
    ring = recording.evaluate(k, "ring").identity or -1
    assert [a.path for a in recording.aliases(k, ring).found] == ["ring"]  # not ring[1], ring[1][1], ...
    best = recording.evaluate(k, "cart.best").identity or -1
    assert {a.path for a in recording.aliases(k, best).found} == {"cart.best", "cart.items[1]"}
    assert not recording.aliases(k, 10**9).found


def test_aliases_in_frames(recording: Recording) -> None:
    add = [c for c in recording.calls() if c.function == "Cart.add"][1]
    k = recording.call_steps(add.frame)[-1]
    item = recording.locals(k)["item"].identity or -1
    fill = next(c for c in recording.calls() if c.function == "fill").frame
    assert {(a.path, a.frame, a.owner) for a in recording.aliases(k, item).found} == {
        ("item", add.frame, "Cart.add"), ("item", fill, "fill"), ("self.items[1]", add.frame, "Cart.add"),
        ("self.best", add.frame, "Cart.add"), ("cart.items[1]", fill, "fill"), ("cart.best", fill, "fill"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "aliasing",
        "circular",
        "nested_containers",
        "linked_list",
        "dict_of_lists",
        "slots",
        "dataclasses_all",
        "typed_arrays",
    ],
)
def test_every_alias_leads_to_the_object(lab: Lab, name: str) -> None:
    recording = lab.recorded(PROGRAMS / f"{name}.py").recording
    checked = 0
    for k in range(0, len(recording), max(1, len(recording) // 15)):
        state = recording.state(k)
        reached = state.reachable()
        for identity in sorted(reached)[:: max(1, len(reached) // 10)]:
            told = recording.aliases(k, identity)
            kind = recording.state(k).things[identity].kind if identity in recording.state(k).things else "?"
            held = recording.state(k).things.get(identity)
            assert told.found or held is None or kind == "object", (k, identity, kind)
            for alias in told.found:
                if "list(" in alias.path:
                    continue
                frame = alias.frame if alias.frame is not None else 0
                assert recording.evaluate(k, alias.path, frame).identity == identity, alias
                checked += 1
    assert checked > 5


def test_aliases_are_bounded(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("x = []\nwide = [[x, x, [x, x]] for _ in range(500)]\ndone = 1\n")
    recording = recorded(Target("script", "main.py", cwd=tmp_path), tmp_path / "o" / "run.duck").recording
    k = len(recording) - 1
    told = recording.aliases(k, recording.evaluate(k, "x").identity or -1, limit=7)
    assert len(told.found) == 7 and not told.complete and told.found[0].path == "x"
