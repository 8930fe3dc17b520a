"""Words as patches, in the style of the file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semduck.repair.apply import sha256, splice
from semduck.repair.comments import CommentError, Documented, comments, docstring
from semduck.trace.model import SourceFile

PLAIN = "def f(xs):\n    return sum(xs)\n"


def source(folder: Path, text: str) -> SourceFile:
    path = folder / "program.py"
    path.write_bytes(text.encode())
    return SourceFile(path, sha256(text.encode()), text)


def owner(text: str, name: str = "f") -> Documented:
    found = [n for n in ast.walk(ast.parse(text)) if getattr(n, "name", "") == name]
    assert found and isinstance(found[0], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    return found[0]


def patched(folder: Path, text: str, words: str, name: str = "f") -> str:
    file = source(folder, text)
    proposal = docstring(file, owner(text, name), words)
    return splice(text.encode(), proposal.edits).decode()


def test_a_new_docstring(tmp_path: Path) -> None:
    assert patched(tmp_path, PLAIN, "Add  the\nnumbers.") == (
        'def f(xs):\n    """Add the numbers."""\n    return sum(xs)\n'
    )


def test_an_old_one_is_replaced(tmp_path: Path) -> None:
    text = 'def f(xs):\n    """Old\n    and long."""\n    return sum(xs)\n'
    assert patched(tmp_path, text, "New.") == 'def f(xs):\n    """New."""\n    return sum(xs)\n'


def test_examples_in_an_old_one_stay(tmp_path: Path) -> None:
    text = 'def f(xs):\n    """Old\n    and long.\n\n    >>> f([1])\n    1\n    """\n    return sum(xs)\n'
    assert patched(tmp_path, text, "New.") == (
        'def f(xs):\n    """New.\n\n    >>> f([1])\n    1\n    """\n    return sum(xs)\n'
    )


def test_the_style_of_the_file_is_kept(tmp_path: Path) -> None:
    text = "'''Module.'''\r\nclass A:\r\n\tpass\r\n\r\n\r\ndef f(xs):\r\n  return 1\r\n"
    assert patched(tmp_path, text, "It's one.") == text.replace(
        "def f(xs):\r\n", "def f(xs):\r\n  '''It's one.'''\r\n"
    )


def test_a_long_one_is_wrapped(tmp_path: Path) -> None:
    new = patched(tmp_path, PLAIN, "word " * 40)
    assert max(map(len, new.split("\n"))) <= 72
    assert new.split("\n")[1].startswith('    """word')
    assert '\n    """\n    return' in new
    assert ast.get_docstring(owner(new)).split() == ["word"] * 40  # type: ignore[union-attr]


@pytest.mark.parametrize("words", ['a "quoted" word"', 'three """ quotes', "back\\slash \\n", "'''", '"'])
def test_words_with_quotes(tmp_path: Path, words: str) -> None:
    new = patched(tmp_path, PLAIN, words)
    assert words.replace('"""', '"') in (ast.get_docstring(owner(new), clean=False) or "")


@given(words=st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=300))
def test_any_words_leave_the_code_as_it_was(tmp_path_factory: pytest.TempPathFactory, words: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        new = patched(folder, PLAIN, words)
    except CommentError:
        return
    body = owner(new).body
    assert len(body) == 2 and ast.unparse(body[1]) == "return sum(xs)"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("def f(xs): return 1\n", "on the line of its head"),
        ('def f(xs):\n    "old"; return 1\n', "shares its line"),
    ],
)
def test_where_it_cannot_go(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(CommentError, match=problem):
        patched(tmp_path, text, "Words.")


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    file = source(tmp_path, PLAIN)
    file.path.write_text("x = 1\n")
    with pytest.raises(CommentError, match="changed since"):
        docstring(file, owner(PLAIN), "Words.")


def test_comments_at_the_ends_of_lines(tmp_path: Path) -> None:
    text = "def f(xs):\n    total = 0  # start\n    total += (1 +\n        2)\n    return total\n"
    file = source(tmp_path, text)
    proposal = comments(file, {2: "no", 3: "no", 4: "total becomes 3", 5: "x" * 200}, "f")
    new = splice(text.encode(), proposal.edits).decode()
    assert new == text.replace("        2)\n", "        2)  # total becomes 3\n")
    with pytest.raises(CommentError, match="room"):
        comments(file, {2: "no"}, "f")
