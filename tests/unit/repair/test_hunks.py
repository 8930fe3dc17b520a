"""Diffs apply, hunks compose, and editor round trips keep what the user did not touch."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from semduck.repair.apply import splice
from semduck.repair.hunks import diff, editable, hunks, printable, replacement
from semduck.repair.model import Edit

ENDINGS = st.sampled_from([b"\n", b"\r\n", b"\r"])
BODY = st.one_of(
    st.sampled_from([b"", b"x = 1", b"    return x", b"\xe9t\xe9 = 2", "größe = 'ü'".encode(), b"a\x0cb"]),
    st.binary(max_size=6).map(lambda data: data.replace(b"\n", b"").replace(b"\r", b"")),
)
HEAD = st.sampled_from([b"", b"\xef\xbb\xbf", b"# coding: latin-1\n", b"# -*- coding: cp1252 -*-\r\n"])
LINES = st.lists(st.tuples(BODY, ENDINGS).map(b"".join), max_size=8)
FILE = st.builds(lambda head, lines, end: head + b"".join(lines) + end, HEAD, LINES, BODY)
TEXT_LINE = st.sampled_from(["", "x = 1", "    return x", "y = 2", "é = 3", "if x:"])


def test_splice_makes_all_edits_in_any_order() -> None:
    edits = (Edit(4, 5, b"E"), Edit(0, 1, b""), Edit(2, 2, b"++"))
    for order in itertools.permutations(edits):
        assert splice(b"abcdef", order) == b"b++cdEf"


@pytest.mark.parametrize(
    "edits", [(Edit(0, 3, b""), Edit(2, 4, b"")), (Edit(5, 9, b""),), (Edit(3, 2, b""),)]
)
def test_splice_refuses_what_makes_no_sense(edits: tuple[Edit, ...]) -> None:
    with pytest.raises(ValueError, match="overlaps"):
        splice(b"abcdef", edits)


def test_a_diff_reads_like_git() -> None:
    old = b"def f(x):\n    return x\n\nprint(f(1))"
    new = b"def f(x):\n    return x + 1\n\nprint(f(1))"
    assert diff(old, new, "pkg/f.py") == (
        "diff --git a/pkg/f.py b/pkg/f.py\n--- a/pkg/f.py\n+++ b/pkg/f.py\n@@ -1,4 +1,4 @@\n"
        " def f(x):\n-    return x\n+    return x + 1\n \n print(f(1))\n\\ No newline at end of file\n"
    )
    assert diff(old, old, "f.py") == ""


def test_a_diff_can_always_be_printed() -> None:
    text = printable(diff(b"a = '\xe9\x1b[2J'\r\n", b"b = '\xe9'\r\n", "f.py"))
    text.encode("utf-8")
    assert "-a = 'é\\x1b[2J'\n+b = 'é'\n" in text
    assert "-a\\r\n+a\n" in printable(diff(b"a\r\n", b"a\n", "f.py"))


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=FILE, new=FILE, name=st.sampled_from(["f.py", "a b.py", 'q"\\.py', "größe.py", "t\tab.py"]))
def test_git_applies_the_diff(tmp_path: Path, old: bytes, new: bytes, name: str) -> None:
    _git_apply(tmp_path, old, new, name)


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_git_applies_hunks_far_apart_and_empty_files(tmp_path: Path) -> None:
    old = b"".join(b"line %d\n" % number for number in range(60))
    new = old.replace(b"line 3\n", b"").replace(b"line 9\n", b"nine\nNINE\n").replace(b"line 59\n", b"end")
    _git_apply(tmp_path, old, new, "f.py")
    _git_apply(tmp_path, b"", b"x = 1\n", "f.py")
    _git_apply(tmp_path, b"x = 1\n", b"", "f.py")


def _git_apply(folder: Path, old: bytes, new: bytes, name: str) -> None:
    (folder / name).write_bytes(old)
    patch = diff(old, new, name).encode("utf-8", "surrogateescape")
    if patch:
        command = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"]
        done = subprocess.run(command, cwd=folder, input=patch, capture_output=True)
        assert done.returncode == 0, (done.stderr, patch)
    assert (folder / name).read_bytes() == new


@given(old=FILE, new=FILE)
def test_hunks_together_make_the_new_file_and_each_alone_its_change(old: bytes, new: bytes) -> None:
    found = hunks(old, new)
    assert splice(old, [edit for hunk in found for edit in hunk.edits]) == new
    for hunk in found:
        lines = old.splitlines(True)
        assert b"".join(lines[hunk.first - 1 : hunk.last]) == hunk.removed
        one = b"".join([*lines[: hunk.first - 1], hunk.added, *lines[hunk.last :]])
        assert splice(old, hunk.edits) == one


def test_hunks_are_separate_and_know_their_lines() -> None:
    found = hunks(b"a\nb\nc\nd\n", b"A\nb\nc\nc2\nd\n")
    assert [(hunk.first, hunk.last, hunk.new_first, hunk.new_last) for hunk in found] == [
        (1, 1, 1, 1),
        (4, 3, 4, 4),
    ]
    assert splice(b"a\nb\nc\nd\n", found[1].edits) == b"a\nb\nc\nc2\nd\n"


@given(old=FILE)
def test_an_editor_that_changes_nothing_changes_nothing(old: bytes) -> None:
    assert replacement(old, editable(old)) == ()
    assert replacement(old, editable(old).replace("\r\n", "\n").replace("\r", "\n")) == ()


@given(old=FILE, rest=st.lists(TEXT_LINE, max_size=6), keep=st.integers(0, 8))
def test_an_edit_says_what_was_typed_and_keeps_the_rest(old: bytes, rest: list[str], keep: int) -> None:
    before = editable(old).replace("\r\n", "\n").replace("\r", "\n")
    lines = before.split("\n")[: max(1, keep)] + rest  # the first line may be the encoding cookie
    edited = "\n".join(lines)
    try:
        new = splice(old, replacement(old, edited))
    except ValueError as error:
        assert "cannot be written in" in str(error)
        return
    broken = any("\udc80" <= char <= "\udcff" for char in editable(old))
    said = new.decode("utf-8", "surrogateescape").removeprefix("\ufeff") if broken else editable(new)
    assert said.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") == edited.rstrip("\n")
    assert new.startswith(b"\xef\xbb\xbf") == old.startswith(b"\xef\xbb\xbf")


def test_an_edit_touches_only_its_bytes() -> None:
    old = b"\xef\xbb\xbffor i in range(n):\r\n    total += i\r\nprint(total)"
    new = "for i in range(n + 1):\n    total += i\n    n\nprint(total)\n"
    edits = replacement(old, new)
    assert edits == (Edit(19, 19, b" + 1"), Edit(39, 39, b"    n\r\n"))
    assert splice(old, edits).endswith(b"i\r\n    n\r\nprint(total)")


@pytest.mark.parametrize(
    ("old", "text", "new"),
    [
        (b"a\r\nb\rc\nd\n", "a\nB\nC\nd\n", b"a\r\nB\rC\nd\n"),
        (
            b"# coding: latin-1\ns = '\xe9'\n",
            "# coding: latin-1\ns = 'éè'\n",
            b"# coding: latin-1\ns = '\xe9\xe8'\n",
        ),
        (
            b"# coding: latin-1\ns = '\xe9'\n",
            "# coding: utf-8\ns = 'é'\n",
            "# coding: utf-8\ns = 'é'\n".encode(),
        ),
        (b"s = '\xff'\nx = 1\n", "s = '\udcff'\nx = 2\n", b"s = '\xff'\nx = 2\n"),
        (b"x = 1", "x = 1\ny = 2\n", b"x = 1\ny = 2"),
        (b"a\rb\n\n", "a\n\n", b"a\r\r"),
        (b"", "x = 1\n", b"x = 1\n"),
        (b"x = 1\n", "", b""),
    ],
)
def test_style_of_the_file_is_kept(old: bytes, text: str, new: bytes) -> None:
    assert splice(old, replacement(old, text)) == new


def test_a_character_that_does_not_fit_is_one_clear_line() -> None:
    with pytest.raises(
        ValueError, match=r"^line 2: '\\u20ac' cannot be written in iso-8859-1, the file's encoding$"
    ):
        replacement(b"# coding: latin-1\nx = 1\n", "# coding: latin-1\nx = '€'\n")
