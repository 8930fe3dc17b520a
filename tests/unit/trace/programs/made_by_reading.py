"""Reading a missing key makes it, and only then the statement calls code of the program."""

from collections import defaultdict


class Node:
    def __init__(self, value, kids=None):
        self.value = value
        self.kids = kids


def f1(p0):
    try:
        p0 = p0 = defaultdict(list, k=[(10**20 if p0 else p0["a"])])
    except Exception as e:
        errors.append(type(e).__name__)
        e = None
    v4 = None
    try:
        v4 = [len(p0), Node(p0["a"], [bytearray(b"ab")])]
    except Exception as e:
        print(e)
    return v4


def f2():
    p0 = defaultdict(list, k=[10**20])
    v4 = Node(p0["a"], [bytearray(b"ab")])
    return v4


def f3():
    p0 = defaultdict(list, k=[10])
    v4 = [len(p0), Node(p0["a"])]
    return v4


f2()
f3()
f1(b"x")


class Adds:
    def __init__(self):
        self.n = 1

    def __radd__(self, other):
        self.n += 1
        return self

    def take(self, x):
        self.x = x
        return x


def f4():
    d = defaultdict(int)
    s = d["a"] + Adds()
    s = d["b"] + d["c"] + s
    s.take(d["e"])
    y = s.take(d["f"])
    print(d, s.n, s.take(d["g"]))
    if s.take(d["h"]):
        pass
    for x in s.take([d["i"]]):
        x = 2
    while s.take(d["j"]):
        pass
    return s.take(d["k"])


f4()


def plain(x):
    x = x
    return x


def through(f, d):
    y = f(d["a"])
    return y


def made():
    return {"a": 1}


for n in range(4):
    through(plain, {"a": 1})
d = defaultdict(int)
through(plain, d)
through(plain, d)
e = defaultdict(int)
through(plain, e)
