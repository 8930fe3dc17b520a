"""Objects that cannot be watched, at addresses where others of their class were."""
import datetime
import decimal
import functools
import gc
import re


class Slots:
    __slots__ = ("v",)

    def __init__(self, v):
        self.v = v


def plain(n):
    return n


def functions():
    g = lambda: 1
    del g
    k = lambda z: z

    def one():
        return 1

    del one

    def two():
        return 2

    upper = "abc".upper
    del upper
    lower = "abc".lower
    bound = Slots(1).__init__
    del bound
    other = [1].append
    first = functools.partial(int, base=2)
    del first
    second = functools.partial(int, base=3)
    other(2)
    return k(2), two(), lower(), second("2")


def leaves():
    seen = []
    for i in range(4):
        a = range(i)
        b = slice(i)
        c = decimal.Decimal(i)
        d = datetime.date(2020, 1, i + 1)
        e = re.match(".", "abcd"[i])
        f = ValueError(i)
        g = compile(str(i), f"file{i}", "eval")
        h = datetime.timedelta(i)
        seen.append((a.stop, b.stop, str(c), d.day, e[0], str(f), g.co_filename, h.days))
        del a, b, c, d, e, f, g, h
    return seen


def inside():
    held = [range(1), Slots(1), ValueError("x"), decimal.Decimal(1)]
    held[0] = None
    held[0] = range(9)
    held[1] = None
    held[1] = Slots(2)
    held[2] = None
    held[2] = ValueError("y")
    held[3] = None
    held[3] = decimal.Decimal(2)

    def swap():
        held[0] = None
        held[0] = range(7)
        held[1] = None
        held[1] = Slots(5)

    swap()
    list(map(lambda x: held.__setitem__(0, x), [None]))
    held.append(held.pop())
    return len(held)


def classes():
    names = []
    for i in range(6):
        if i % 2:
            class Odd:
                """One."""

            kept = Odd
            del Odd
        else:
            class Even:
                """Another."""

            kept = Even
            del Even
        names.append(kept.__name__)
        kept = None
        gc.collect()
    return names


def given(*args, **named):
    return len(args) + len(named)


def arguments():
    total = 0
    for i in range(6):
        total += given(i, [range(i)], (slice(i),), range(i), key=[range(i, 9)])
    return total


print(arguments())
print(classes())
print(functions())
print(leaves())
print(inside())


def after(n):
    return n


print(after(plain(1)))
