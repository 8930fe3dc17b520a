"""Monologues tied to steps."""

from __future__ import annotations

from fake import Fake
from hypothesis import given
from hypothesis import strategies as st

from semduck.duck import monologue, questions
from semduck.duck.utterance import Utterance
from semduck.judge import judge_all

SOURCE = """\
def f(xs):
    total = 0
    for x in xs:
        if x > 2:
            total += x
    return total
f([1, 3, 5])
"""

SUM = "def f(xs):\n    total = 0\n    for x in xs:\n        total += x\n    return total\nf([1, 2])\n"
PIECES = ["[L6]: `total` becomes 0.", "\n", " ", "In iteration 2, `x` is 2. ", "[L8] `total`", " is 3.\n"]


def parsed(text: str, source: str = SOURCE) -> tuple[Fake, list[Utterance]]:
    recording = Fake(source)
    prompt = questions.forward(questions.about(recording, 1))
    return recording, monologue.parse(text, prompt.source, recording, 1)


def marks(text: str) -> list[str]:
    recording, found = parsed(text)
    return [v.mark for u in found for v in judge_all(u, recording)]


def test_sentences_follow_the_call() -> None:
    _, found = parsed(
        "Let's begin.\n[L5] The function is called with xs = [1, 3, 5]. [L6] `total` is 0.\n"
        "- Iteration 1: [L7] x is 1. [L8] 1 > 2 is false.\n- Iteration 2: [L7] x is 3, [L9] total "
        "becomes 3.\n"
        "- Third iteration [L9]: total becomes 8.\n[L10] Returns "
        "8.\n[/MONOLOGUE]\n[ANSWER]\nassert f([1, 3, 5]) == 8\n"
    )
    assert [(u.line, u.occurrence) for u in found] == [
        (1, 1),
        (1, 1),
        (2, 1),
        (3, 1),
        (4, 1),
        (3, 2),
        (5, 2),
        (6, 1),
        (6, 1),
    ]
    assert found[-1].text == "So `f([1, 3, 5])` returns 8."
    assert all(u.source == "forecast" for u in found)


def test_truth_and_error() -> None:
    assert (
        marks("[L6] total becomes 0. [L7] In the second iteration x is 3. [L9] total becomes 3.")
        == ["hit"] * 3
    )
    assert marks("[L9] In the third iteration total becomes 9.") == ["miss"]
    assert marks("[L7] The loop runs 3 times.") == ["hit"]
    assert marks("[L7] The loop runs 4 times.") == ["miss"]
    assert marks("[L7] In the last iteration, x is 5.") == ["hit"]
    assert marks("[L8] In the first iteration `x > 2` is true.") == ["miss"]
    assert marks("[L8] In the second iteration the condition is true.") == ["hit"]
    assert marks("[L10] The function returns 8.") == ["hit"]
    assert marks("[L10] The function raises a ValueError.") == ["miss"]


def test_after_the_loop() -> None:
    assert marks("[L9] In the third iteration total is 8.\nAfter the loop, total is 8.") == ["hit", "hit"]


def test_an_iteration_tells_of_all_its_lines() -> None:
    assert marks("[L7] We loop.\nIteration 2:\n- `x` is 3\n- `total` becomes 3\n") == ["hit", "hit"]
    assert marks("[L7] We loop.\nIteration 2:\n- `x` is 3\n- `total` becomes 8\n") == ["hit", "miss"]
    assert marks("[L7] We loop.\n- x = 3: total becomes 3.\n- x = 5: total becomes 8.\n") == ["hit"] * 4
    assert marks("[L7] We loop.\nIteration 2:\n- `x` is 3\nAfter the loop, total is 8.") == ["hit", "hit"]
    assert marks("[L7] We loop.\nIteration 2:\n- `x` is 3\nAfter the loop, total is 3.") == ["hit", "miss"]
    assert marks("[L7] After the second iteration, total is 3.") == ["hit"]
    assert marks("[L7] After the second iteration, total is 8.") == ["miss"]


def test_an_iteration_that_never_was_is_not_judged() -> None:
    assert marks("[L7] We loop.\nIteration 9: total becomes 3.") == []
    assert marks("[L9] In the first iteration total becomes 3.") == []


def test_a_line_told_twice_runs_twice() -> None:
    assert marks("[L9] total becomes 3. [L9] total becomes 8.") == ["hit", "hit"]
    assert marks("[L9] total becomes 3. [L9] total becomes 9.") == ["hit", "miss"]
    assert marks("[L9] total becomes 3. [L9] So total is 3.") == ["hit", "hit"]


def test_a_line_told_twice_without_the_value_runs_twice() -> None:
    assert marks("[L9] 3 is added. [L9] `total` is 8 at this line.") == ["hit", "hit"]


NESTED = """\
def f(xs):
    total = 0
    for x in xs:
        for y in xs:
            total += x * y
        n = total
    return n
f([1, 2])
"""


def nested(text: str) -> list[str]:
    recording, found = parsed(text, NESTED)
    return [v.mark for u in found for v in judge_all(u, recording)]


def test_after_the_inner_loop_of_a_line_in_it() -> None:
    assert nested("[L9] After the inner loop, total = 3. [L10] n = 3.") == ["hit", "hit"]
    assert nested("[L9] After the inner loop, total = 1.") == ["miss"]
    assert nested("[L10] After the inner loop, n = 3.") == ["hit"]
    assert nested("[L9] After the outer loop, total = 9.") == ["hit"]


def test_the_nth_thing_is_the_nth_iteration() -> None:
    assert marks("[L7] For the third number, x is 5.") == ["hit"]
    assert marks("[L7] For the second number, x is 5.") == ["miss"]
    assert marks("[L9] After processing the third number, total is 8.") == ["hit"]


def test_after_some_iterations() -> None:
    assert marks("[L7] After two iterations, total is 3.") == ["hit"]
    assert marks("[L7] After two iterations, total is 8.") == ["miss"]


def test_a_question_and_its_answer_are_one_sentence() -> None:
    assert marks("[L8] 1 > 2? No.") == ["hit"]
    assert marks("[L8] 1 > 2? Yes.") == ["miss"]


def test_numbers_that_are_not_those_of_the_test_are_not_judged() -> None:
    assert marks("[L8] 7 > 2, so the story goes on.") == []
    assert marks("[L8] 1 > 2, so the story goes on.") == ["miss"]
    assert marks("[L8] 2 is at least 1, so the story goes on.") == ["hit"]


def test_what_a_line_that_never_ran_would_return_is_said_of_the_call() -> None:
    text, source = "[L9] The function returns 0.", SOURCE.replace("[1, 3, 5]", "[1]")
    recording, found = parsed(text, source)
    assert found[0].step is None
    assert [v.mark for v in judge_all(found[0], recording)] == ["hit"]


def test_two_lines_in_one_sentence() -> None:
    assert marks("[L7] In the second iteration x is 3 and [L9] total goes from 0 to 3.")[:2] == ["hit", "hit"]


def test_what_is_no_name_is_no_claim() -> None:
    assert marks("[L6] The idea is 3.") == []
    assert marks("[L6] `other` is 3.") == ["unknown"]


def test_a_line_that_did_not_run() -> None:
    recording, found = parsed("[L9] total becomes 3.", SOURCE.replace("[1, 3, 5]", "[1]"))
    assert found[0].step is None
    assert judge_all(found[0], recording) == []


def test_unfinished_text_leaves_its_last_sentence_out() -> None:
    recording = Fake(SOURCE)
    source = questions.forward(questions.about(recording, 1)).source
    text = "[L6] total becomes 0. [L7] x is 1"
    assert len(monologue.parse(text, source, recording, 1, whole=False)) == 1
    assert len(monologue.parse(text, source, recording, 1)) == 2


def test_splitting_respects_values_and_code() -> None:
    assert monologue.split("`s` becomes 'a. B'. Then `x.y` is 1.5. Done (e.g. here. Yes).") == [
        "`s` becomes 'a. B'.",
        "Then `x.y` is 1.5.",
        "Done (e.g. here. Yes).",
    ]


@given(st.text(alphabet="[L]0123456789.,`'\n ab=", max_size=80))
def test_any_text_is_parsed(text: str) -> None:
    recording, found = parsed(text)
    for utterance in found:
        judge_all(utterance, recording)


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.integers(1, 40))
def test_arriving_text_is_read_as_the_whole_is(pieces: list[str], step: int) -> None:
    recording = Fake(SUM)
    source = questions.view_of(questions.about(recording, 1))
    text, reading = "".join(pieces), monologue.Reading(source, recording, 1)
    for size in range(0, len(text), step):
        part = text[:size]
        assert reading.read(part, False) == monologue.parse(part, source, recording, 1, whole=False)
    assert reading.read(text, True) == monologue.parse(text, source, recording, 1)
