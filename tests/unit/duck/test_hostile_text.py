"""Whatever a model writes is read without a crash and in bounded time."""

from __future__ import annotations

import time

import pytest
from fake import Fake
from hypothesis import given
from hypothesis import strategies as st

from semduck.duck import monologue, questions
from semduck.duck.claims import _claims, claims
from semduck.judge import judge_all

SOURCE = "def f(xs, n):\n    for x in xs:\n        n += x\n    return n\nf([1, 2], 3)\n"
LONG = 10_000
SECONDS = 4.0  # a slow, busy machine; a regular expression gone wrong takes minutes
PIECES = [
    "`", "`a ", "[", "(", "'", '"', "[L5] ", "[L", "x is ", "x is 1 ", "x is (", "x = [", "x = ",
    "1 + ", "1 + 1 = ", "a[", "[0]", "a.", "f(", "`f(", "returns f(", "raises ",
    "raises ValueError: ", "the loop body ", "if ", "not ", "1, 2 and ", "called f with ", "x → ",
    " ", "a, ", "-", "9", "True is ", "(1, ", "'\\", "caught by ", "x\n", "\x00\x1b[31m", "lambda:",
    "'a' is added to ", "'a' is in ", "x is a list of ", "x, which is ", "**", "- ", "é", "\u202e",
    "{", "{'a': ", "the keys of x are ", "\U0001f986",
]  # fmt: skip
WORDS = st.sampled_from(
    [*PIECES, "n", "x", "xs", "3", "becomes ", "is not ", "empty", "runs twice", ". ", "so "]
)


@pytest.fixture(scope="module")
def recording() -> Fake:
    return Fake(SOURCE)


@pytest.mark.parametrize("piece", PIECES)
def test_long_text_takes_bounded_time(piece: str, recording: Fake) -> None:
    text = (piece * (LONG // len(piece) + 1))[:LONG]
    _claims.cache_clear()
    begun = time.process_time()
    claims(text)
    source = questions.view_of(questions.about(recording, 1))
    for utterance in monologue.parse(text, source, recording, 1)[:20]:
        judge_all(utterance, recording)
    assert time.process_time() - begun < SECONDS


@given(st.lists(WORDS, max_size=40).map("".join))
def test_scraps_of_sentences_are_judged(text: str) -> None:
    recording = Fake(SOURCE)
    source = questions.view_of(questions.about(recording, 1))
    for utterance in monologue.parse(text, source, recording, 1):
        for claim in claims(utterance.text):
            assert utterance.text[claim.start : claim.end] == claim.said
        for verdict in judge_all(utterance, recording):
            assert verdict.mark in ("hit", "miss", "unknown")
            assert len(verdict.traced) < 400


@given(st.text(max_size=200))
def test_any_unicode_is_judged(text: str) -> None:
    recording = Fake(SOURCE)
    source = questions.view_of(questions.about(recording, 1))
    for utterance in monologue.parse("[L7] " + text, source, recording, 1):
        judge_all(utterance, recording)


def test_a_claim_cut_off_by_the_limit_is_none() -> None:
    text = "so " * 665 + "x is 12345678"
    assert len(text) > 2_000
    assert claims(text) == []
