"""Claims in free prose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semduck.duck.claims import claims

PROSE = {
    "total becomes 6.": [("value", "total", "6", "after")],
    "`total` is now 6": [("value", "total", "6", "after")],
    "total = 6": [("value", "total", "6", "either")],
    "`total = 6`": [("value", "total", "6", "after")],
    "so total is 0 + 1 + 5 = 6.": [("value", "total", "6", "either")],
    "`total` becomes `3 + 3 = 6`.": [("value", "total", "6", "after")],
    "`xs` is updated to ['a, b', \"c = 3\"].": [("value", "xs", "['a, b', \"c = 3\"]", "after")],
    "total goes from 0 to 15": [
        ("value", "total", "0", "course-before"),
        ("value", "total", "15", "course-after"),
    ],
    "`total` goes 0 → 15.": [
        ("value", "total", "0", "course-before"),
        ("value", "total", "15", "course-after"),
    ],
    "`self.items[0]` becomes None (it was 3).": [
        ("value", "self.items[0]", "None", "after"),
        ("value", "self.items[0]", "3", "before"),
    ],
    "The length of `xs` is 3.": [("length", "xs", "3", "after")],
    "`len(xs)` is 3.": [("value", "len(xs)", "3", "either")],
    "`xs` now has 3 elements.": [("length", "xs", "3", "after")],
    "`xs` contains 3.": [("member", "xs", "3", "either")],
    "We append 3 to `xs`.": [("gain", "xs", "3", "after")],
    "The loop runs 5 times.": [("count", "", "5", "after")],
    "The loop iterates three times.": [("count", "", "three", "after")],
    "The loop over `x` does not run.": [("count", "", "does not run", "after")],
    "The condition `x > 2` is true.": [("branch", "x > 2", "true", "after")],
    "`x > 2` evaluates to False.": [("branch", "x > 2", "False", "after")],
    "Since 3 > 2 is True, we enter.": [("branch", "3 > 2", "True", "after")],
    "The function returns [1, 2].": [("return", "", "[1, 2]", "after")],
    "`f(3)` returns 8.": [("return", "f", "8", "after")],
    "It raises a ZeroDivisionError.": [("raises", "", "ZeroDivisionError", "after")],
    "`x` remains unchanged.": [("unchanged", "x", "`x` remains unchanged", "after")],
    "`x` is greater than 3.": [("order", "x", "3", "either")],
    "set count to 4": [("value", "count", "4", "after")],
    "`name` becomes 'it\\'s = 3'.": [("value", "name", "'it\\'s = 3'", "after")],
    "Calls `g('x = 3')`, which returns 4.": [("called", "g", "4", "after")],
    "Prints `total = 5`.": [("output", "", "`total = 5`", "after")],
    "`total` increases by 2.": [("by", "total", "2", "after")],
    "`xs` is now an empty list.": [("value", "xs", "an empty list", "after")],
    "`a` is greater than `b`.": [("order", "a", "b", "either")],
    "`a` and `b` are both 3.": [("value", "a", "3", "either"), ("value", "b", "3", "either")],
    "`x` is a list of strings.": [("type", "x", "list", "either"), ("type", "x", "strings", "either")],
    "`x` takes the values 1, 3 and 5.": [("sequence", "x", "1, 3 and 5", "after")],
    "3 is appended to `xs`, which is now [3].": [
        ("gain", "xs", "3", "after"),
        ("value", "xs", "[3]", "after"),
    ],
    "'b' is not in `xs`.": [("absent", "xs", "'b'", "either")],
    "The keys of `d` are 1 and 2.": [("keys", "d", "1 and 2", "either")],
    "The first element of `xs` is 3.": [("value", "xs[0]", "3", "either")],
    "`x` is 3, so `x` becomes 4.": [("value", "x", "3", "given"), ("value", "x", "4", "after")],
    "We take the else branch.": [("branch", "", "take the else branch", "after")],
    "No exception is raised.": [("raises", "", "exception", "either")],
    "7 // 2 = 3": [("sum", "7 // 2", "3", "after")],
    "`y = f(2)`, which is 5": [("value", "y", "5", "after")],
    "place was set to 1.": [("value", "place", "1", "after")],
    "score was 81": [("value", "score", "81", "either")],
    "`n` was 2 and is now 3.": [("value", "n", "2", "before"), ("value", "n", "3", "after")],
    "before = 33": [("value", "before", "33", "either")],
    "here is None, so we stop.": [("value", "here", "None", "either")],
    "ok ← True": [("value", "ok", "True", "after")],
    "x = 3 → y = 4": [("value", "x", "3", "either"), ("value", "y", "4", "either")],
    "xs[1] = ys[0] = 4": [("value", "xs[1]", "4", "after")],
    "n is 7 now.": [("value", "n", "7", "after")],
    "n is 7 before this line and 8 afterwards": [("value", "n", "7", "before"), ("value", "n", "8", "after")],
    "`n` keeps the old total of 4.": [("value", "n", "4", "after")],
    "n += 2 → 5": [("value", "n", "5", "after")],
    "grid is a table of zeros: [[0]]": [("value", "grid", "[[0]]", "after")],
    "0 > 0? No": [("branch", "0 > 0", "No", "after")],
    "2 > 0, so we go on": [("branch", "2 > 0", "2 > 0", "after")],
    "3 is not greater than 5.": [("branch", "3 > 5", "3 is not greater than 5", "after")],
    "The body is skipped.": [("branch", "", "The body is skipped", "after")],
    "'a' is appended.": [("gain", "", "'a'", "after")],
    "We pop 3, leaving [1].": [("lose", "", "3", "after"), ("value", "", "[1]", "after")],
    "The queue has grown to 3 items.": [("length", "queue", "3", "after")],
    "7 is added to `xs`, so it now has 2 elements.": [
        ("gain", "xs", "7", "after"),
        ("length", "xs", "2", "after"),
    ],
    "`a` and `b` start out empty.": [("length", "a", "empty", "either"), ("length", "b", "empty", "either")],
    "f(2) → 5": [("called", "f", "5", "after")],
    "f(2) is called and returns 5": [("called", "f", "5", "after")],
    "'done' is printed.": [("output", "", "'done'", "after")],
    "It prints total=20.": [("output", "", "total=20", "after")],
    "Nothing is printed.": [("output", "", "Nothing", "after")],
    "This line runs 8 times in all.": [("count", "", "8", "after")],
    "There are four words, hence four iterations.": [("count", "", "four", "after")],
    "Returned: (1, 2)": [("return", "", "(1, 2)", "after")],
    "The KeyError raised here is caught.": [
        ("raises", "", "KeyError", "either"),
        ("caught", "", "caught", "after"),
    ],
}
NOTHING = [
    "Now we look at the next line.",
    "It is 3.",
    "Runs `foo(x=3)`.",
    "This is 5 times faster.",
    "",
    "`",
    "= 3",
    "total becomes larger",
    "the loop is done",
    "x is `",
    "If `x` is 3, the loop ends.",
    "Otherwise it returns -1.",
    "The top of the `stack` is 3.",
    "`x` is either 3 or 4.",
    "x is 3 or 4",
    "`x` is 3 more than `y`.",
    "The items are 1, 2 and 3.",
    "Here is 5.",
    "'a' in xs → maybe",
    "Is 2 > 0?",
    "It checks whether 2 > 0.",
    "3 > 2",
    "Bad input such as 'x' would raise a ValueError.",
    "g(3) is skipped because it returns 0",
    "The rest of the body is skipped.",
    "total += 2 * 4 = 8",
    "It would take 7 passes.",
    "Before the loop, x is 3.",
]


@pytest.mark.parametrize("text", PROSE)
def test_prose(text: str) -> None:
    assert [(c.kind, c.name, c.said, c.when) for c in claims(text)] == PROSE[text]


@pytest.mark.parametrize("text", NOTHING)
def test_no_claim(text: str) -> None:
    assert claims(text) == []


@given(st.text(alphabet="`'\"[](){}<>=→….,; xis0becomsTruen\\", max_size=60))
def test_any_text_is_read(text: str) -> None:
    for claim in claims(text):
        assert text[claim.start : claim.end] == claim.said
