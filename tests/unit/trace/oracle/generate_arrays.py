# ruff: noqa: E501 - program texts read better on long lines
"""Random small programs on numpy arrays: views of views, aliases, functions. Same seed, same text."""

from __future__ import annotations

import random

HEADER = """\
import array
import numpy as np

errors = []


class Box:
    def __init__(self, cells):
        self.cells = cells

    def grow(self, by):
        self.cells += by
        return self.cells


def change(xs, n):
    xs[n % len(xs)] = n
    return xs


def twice(xs):
    ys = xs
    ys *= 2


a = np.arange(6)
b = np.arange(8.0).reshape(2, 4)
c = a[1:4]
d = [a, b]
e = Box(b[0])
f = array.array("i", [1, 2, 3])
g = np.array([[1], "x", None], dtype=object)
h = np.frombuffer(bytearray(6), dtype=np.uint8)
"""
ARRAYS = ("a", "b", "c", "d[0]", "d[1]", "e.cells", "h", "b.T", "a.reshape(2, 3)")
STATEMENTS = (
    "{x}[0] = {n}", "{x}[-1] = {n}", "{x}.flat[{n} % {x}.size] = {n}", "{x} += {n}", "np.negative({x}, out={x})",
    "{x}.sort()", "{x}.fill({n})", "change({x}, {n})", "twice({x})", "e = Box({x})", "e.grow({n})", "c = {x}[::-1]",
    "c = {x}[1:]", "d.append({x})", "d[{n} % 2] = {x}", "a = {x}.copy()", "np.copyto({x}, {y})", "f[{n} % len(f)] = {n}",
    "f.append({n})", "g[{n} % 3] = {x}", "g[0].append({n})", "np.random.default_rng({n}).shuffle({x})", "{x}[...] = {y}",
    "b = {x}.reshape(-1, 1)", "h = {x}.view(np.uint8)", "{x}[{x} > {n}] = 0", "d = d[-3:]", "e.cells = {x}[:2]",
    "list(map(twice, [{x}]))", "c = {x}; c[0] = {n}", "a, c = c, a", "swap = lambda: change({x}, {n})\nswap()",
)  # fmt: skip


def program(seed: int) -> str:
    """The text of a random program; what it does wrong is caught and counted."""
    pick = random.Random(seed)
    lines = []
    for _ in range(40):
        x, y = pick.choice(ARRAYS), pick.choice(ARRAYS)
        text = pick.choice(STATEMENTS).format(x=x, y=y, n=pick.randrange(1, 9))
        if "+=" in text and ("." in x or "(" in x) and x != "e.cells":
            continue
        body = "".join(f"    {line}\n" for line in text.split("\n"))
        lines.append(f"try:\n{body}except Exception as error:\n    errors.append(type(error).__name__)\n")
    return HEADER + "".join(lines) + "print(errors, a, b, c, f)\n"
