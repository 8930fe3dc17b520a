"""The judge against what people say about the same sentences; the figures may not sink."""

from __future__ import annotations

import pytest

from benchmarks.judge_labelled import FOLDER, Label, Score, read, score, wilson

LEAST = {  # precision, recall in per cent
    "develop": (100.0, 95.0),
    "held_out": (98.0, 90.0),
    "held_out_2": (98.0, 90.0),
    "held_out_3": (98.0, 90.0),
    "held_out_4": (98.0, 90.0),
    "held_out_5": (98.0, 87.0),
    "held_out_6": (98.0, 90.0),
}


@pytest.mark.parametrize("part", LEAST)
def test_precision_and_recall(part: str) -> None:
    found: Score = score(FOLDER / part)
    precision, recall = (100 * good / of for good, of in (found.precision, found.recall))
    assert precision >= LEAST[part][0], "\n".join(found.wrong)
    assert recall >= LEAST[part][1], "\n".join(found.missed)


def test_the_set_is_as_large_as_it_should_be() -> None:
    cases = {part: [read(f) for f in (FOLDER / part).glob("*.txt")] for part in LEAST}
    sentences = {part: sum(len(c.sentences) for c in found) for part, found in cases.items()}
    assert sentences["held_out"] >= 150
    assert sum(sentences.values()) >= 400
    assert len({c.program for found in cases.values() for c in found}) >= 20


def test_a_label_is_read() -> None:
    assert Label.of("miss? value xs[0]") == Label("miss", "value", "xs[0]", True)
    with pytest.raises(ValueError, match="no label"):
        Label.of("maybe value xs")


def test_wilson() -> None:
    low, high = wilson(98, 100)
    assert (round(low, 3), round(high, 3)) == (0.930, 0.994)
