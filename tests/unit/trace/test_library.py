"""What is known of the standard library's functions: only of its own, and of nobody who takes their names."""

from __future__ import annotations

import base64
import copy
import functools
import json
import operator
import random
import types
import unittest
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from semduck.trace import library


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (random.Random.choice, "nothing"),
        (random.Random.shuffle, "first"),
        (random.Random.seed, "deep"),
        (json.dumps, "nothing"),
        (json.load, "deep"),  # the file goes on
        (base64.encode, "deep"),
        (base64.b64encode, "nothing"),
        (copy.copy, "nothing"),
        (copy.deepcopy, "deep"),  # its memo
        (functools.update_wrapper, "deep"),
        (unittest.TestCase.assertEqual, "nothing"),
        (unittest.TestCase.addCleanup, "deep"),
        (json.decoder.JSONDecoder.decode, "nothing"),
    ],
)
def test_functions(function: Callable[..., Any], told: str) -> None:
    assert library.of_function(function) == told


def test_only_the_library_itself() -> None:
    """A function with the library's code and a mapping of its own for globals runs no code of that."""

    class Loud(dict):  # type: ignore[type-arg]
        def get(self, *_: object) -> object:
            raise AssertionError("asked")

    def choice(seq: object) -> object:
        return seq

    choice.__module__ = "random"
    assert library.of_function(choice) == "deep"
    borrowed = types.FunctionType(json.dumps.__code__, Loud(__name__="json"))
    assert library.of_function(borrowed) == "nothing"


def test_classes_and_other_callables() -> None:
    class Half(Fraction):
        pass

    partial = functools.partial(random.shuffle, [1])
    assert library.of_class(Fraction) == "nothing" and library.of_class(Half) == "deep"
    assert library.of_class(type("Fraction", (), {"__module__": "fractions"})) == "deep"
    assert library.of_other(functools.lru_cache(len)) == "nothing"
    assert library.of_other(operator.itemgetter(1)) == "nothing"
    assert library.of_other(operator.methodcaller("append", 1)) == "deep"
    assert library.of_other(partial) == random.shuffle
