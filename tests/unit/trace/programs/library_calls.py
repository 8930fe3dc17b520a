"""Library functions that change nothing they are given, and what they call back, which does."""
import copy
import dataclasses
import functools
import heapq
import itertools
import json
import logging
import operator
import pickle
import random
import statistics
import unittest
from fractions import Fraction


class Node:
    def __init__(self, value):
        self.value, self.seen = value, []

    def __copy__(self):
        self.seen.append("copied")
        made = Node(self.value)
        made.seen = self.seen
        return made

    def __getitem__(self, key):
        self.seen.append(key)
        return self.value

    def __lt__(self, other):
        self.seen.append(other.value)
        return self.value < other.value

    def __str__(self):
        self.seen.append("told")
        return f"node {self.value}"


class Dice(random.Random):
    rolls = 0

    def choice(self, seq):
        self.rolls = self.rolls + 1
        return super().choice(seq)


@dataclasses.dataclass
class Point:
    x: int
    tags: list = dataclasses.field(default_factory=list)


def marked(node):
    node.seen.append("key")
    return node.value


def fallback(node):
    node.seen.append("json")
    return node.value


@functools.lru_cache(maxsize=None)
def cached(n, store=[]):
    store.append(n)
    return len(store)


def choices(nodes):
    rng, dice = random.Random(5), Dice(3)
    picked = random.choice(nodes)
    rng.choice(nodes).seen.append("rng")
    dice.choice(nodes).seen.append("dice")
    random.shuffle(nodes)
    rng.shuffle(nodes)
    dice.shuffle(nodes)
    dice.gauss(0, 1)
    some = random.sample(nodes, 2)
    return picked.value in (0, 1, 2, 3), dice.rolls, len(some)


def keys(nodes):
    top = heapq.nlargest(2, nodes, key=marked)
    heapq.heapify(nodes)
    heapq.heappush(nodes, Node(9))
    best = statistics.mean(map(marked, nodes))
    text = json.dumps(nodes[:2], default=fallback)
    twin = copy.copy(nodes[0])
    value = operator.itemgetter("a")(nodes[0])
    again = operator.getitem(nodes[0], "b")
    less = operator.lt(nodes[0], nodes[1])
    chained = list(itertools.chain(nodes[:1], [twin]))
    packed = len(pickle.dumps([n.value for n in nodes]))
    return len(top), best > 0, len(text) > 2, value, again, less, len(chained), packed > 5


def parts(nodes):
    add = functools.partial(nodes.append, Node(7))
    add()
    mix = functools.partial(random.shuffle, nodes)
    mix()
    read = functools.partial(marked, nodes[0])
    read()
    point = Point(1, ["a"])
    other = dataclasses.replace(point, x=2)
    other.tags.append("b")
    half = Fraction(1, 2) + Fraction(nodes[0].value)
    logging.getLogger("x").warning("%s", nodes[0])
    logging.getLogger("x").debug("%s", nodes[0])
    unittest.TestCase().assertEqual(cached(3), 1)
    unittest.TestCase().assertTrue(cached(4) == 2 and nodes)
    return point, half.denominator


logging.basicConfig(format="%(message)s", stream=open("/dev/null", "w"))
random.seed(1)
nodes = [Node(i) for i in range(4)]
print(choices(nodes))
print(keys(nodes))
print(parts(nodes))
print([len(n.seen) > 0 for n in nodes])
