"""Postings, in memory, in runs and merged into one, against a plain dict."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semduck.trace.reader import keys, postings
from semduck.trace.reader.framepages import NO_PARENT, RUNNING, packed, unpacked
from semduck.trace.reader.pages import Pages

KEYS = [*map(keys.object_key, range(6)), keys.name_key(0, "x"), keys.name_key(-1, "x"), keys.owner_key(3),
        keys.owner_key(-4), keys.line_key(0, 7), keys.object_key(1 << 50)]  # fmt: skip


def test_keys_differ() -> None:
    names = [keys.name_key(o, n) for o in range(-40, 400) for n in ("", "a", "b", "total", "\ud800")]
    lines = [keys.line_key(f, n) for f in range(30) for n in range(300)]
    others = [f(n) for f in (keys.object_key, keys.owner_key) for n in range(1000)]
    others += [keys.owner_key(-n) for n in range(1, 1000)]
    together = [*names, *lines, *others]
    assert len(set(together)) == len(together) and max(together) < 1 << 64


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sets(st.sampled_from(range(len(KEYS))), max_size=5), max_size=60), st.booleans())
def test_all_questions(chunks: list[set[int]], merge: bool) -> None:
    truth: dict[int, list[tuple[int, int]]] = {key: [] for key in KEYS}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "RUN", 12)
        patch.setattr(postings, "PAGE", 3)
        found = postings.Postings(Pages())
        for number, written in enumerate(chunks):
            for i in sorted(written):
                found.add(KEYS[i], number, i + number)
                truth[KEYS[i]].append((number, i + number))
            found.settle()
        if merge:
            for _ in found.merge():
                pass
            assert len(found.runs) <= 1
        for key, expected in truth.items():
            assert list(zip(*found.all(key), strict=True)) == expected
            places = [chunk for chunk, _ in expected]
            for chunk in range(-1, len(chunks) + 1):
                at = bisect_left(places, chunk)
                assert found.before(key, chunk) == (places[at - 1] if at else -1)
                at = bisect_right(places, chunk)
                assert chunk < 0 or found.after(key, chunk) == (places[at] if at < len(places) else -1)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 1 << 40), st.integers(0, 1 << 40)), max_size=30))
def test_a_page_of_frames(rows: list[tuple[int, int, int]]) -> None:
    count = len(rows)
    parents = [max(0, i - row[0]) if i else NO_PARENT for i, row in enumerate(rows)]
    lasts = [row[2] or RUNNING for row in rows]
    columns = [array("I", range(count)), array("I", parents), array("H", [row[0] for row in rows]),
               array("I", [0] * count), array("I", range(count)), array("Q", [row[1] for row in rows]),
               array("Q", lasts)]  # fmt: skip
    assert unpacked(packed(columns, 512), 512) == columns
