"""From tokens to text: characters, stop strings, control codes, loops. No model is needed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semduck.duck.engines.words import Gate, Speech


def split(text: str, cuts: Sequence[int]) -> list[str]:
    ends = sorted({min(c, len(text)) for c in cuts} | {len(text)})
    return [text[a:b] for a, b in zip([0, *ends], ends, strict=False)]


def through(pieces: Sequence[str], *stop: str) -> str:
    gate = Gate(stop)
    return "".join(gate.take(p) for p in pieces) + gate.rest()


@given(st.text(), st.binary(max_size=3))
def test_bytes_one_by_one_give_whole_characters(text: str, before: bytes) -> None:
    text = text.encode("utf-8", "ignore").decode()
    speech = Speech(lambda tokens: bytes(tokens).decode("utf-8", "replace"), b"ab")
    pieces = [speech.take(byte) for byte in text.encode()]
    assert "".join(pieces) == text
    if "\N{REPLACEMENT CHARACTER}" not in text:
        assert not any("\N{REPLACEMENT CHARACTER}" in piece for piece in pieces)


def test_broken_bytes_do_not_hold_the_rest_back() -> None:
    speech = Speech(lambda tokens: bytes(tokens).decode("utf-8", "replace"))
    said = "".join(speech.take(byte) for byte in b"a\xff" * 10 + b" and more")
    assert said.endswith(" and more")
    assert said.count("a") == 11


@given(st.text(alphabet="ab[/] \n", max_size=60), st.lists(st.integers(0, 60), max_size=20))
def test_the_stop_string_may_come_in_any_pieces(text: str, cuts: list[int]) -> None:
    stops = ("[/a]", "ab\n", "]]")
    places = [text.find(s) for s in stops if s in text]
    assert through(split(text, cuts), *stops) == (text[: min(places)] if places else text)


def test_nothing_comes_after_the_stop_string() -> None:
    gate = Gate(("[/ANSWER]",))
    assert gate.take("8\n[/ANS") == "8\n"
    assert (gate.take("WER] and more"), gate.ended, gate.take("more"), gate.rest()) == ("", True, "", "")


def test_what_only_looked_like_a_stop_string_is_said() -> None:
    gate = Gate(("[/ANSWER]",))
    assert gate.take("see [/ANS") == "see "
    assert gate.take("?") == "[/ANS?"
    assert gate.take(" [/") == " "
    assert gate.rest() == "[/"


@given(st.text(max_size=80))
def test_no_control_code_passes(text: str) -> None:
    shown = through([text, "\x1b[31mred\x9b0m\r\n\tok\u202e"])
    assert shown.endswith("[31mred0m\n\tok")
    assert all(c in "\n\t" or (ord(c) >= 32 and not 0x7F <= ord(c) <= 0x9F) for c in shown)


@pytest.mark.parametrize(
    "part",
    ["The loop goes on.\n", "a\nb\nc\n", "again and again ", "\n"],
)
def test_a_loop_is_cut(part: str) -> None:
    gate, said = Gate(), ""
    for _ in range(2000):
        said += gate.take(part)
        if gate.ended:
            break
    assert gate.ended
    assert len(said) < 3000


@pytest.mark.parametrize(
    "text",
    [
        "[" + "0, " * 400 + "0]\n",
        "".join(f"Iteration {n}: total is {n}.\nThe loop goes on.\n" for n in range(200)),
        "x is 1.\n" * 7 + "x is 2.\n",
        "\n" * 20 + "end",
    ],
)
def test_repetition_that_belongs_to_the_answer_is_not(text: str) -> None:
    gate = Gate()
    assert "".join(gate.take(character) for character in text) == text
    assert not gate.ended
