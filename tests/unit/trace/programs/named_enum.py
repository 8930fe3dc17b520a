from collections import namedtuple
from enum import Enum, Flag, IntEnum, auto
from typing import NamedTuple

P = namedtuple("P", "x y")


class Q(NamedTuple):
    a: int
    b: list = []


class Color(Enum):
    RED = 1
    GREEN = [2]

    def swap(self):
        return Color.GREEN if self is Color.RED else Color.RED


class Num(IntEnum):
    ONE = 1
    TWO = 2


class Perm(Flag):
    R = auto()
    W = auto()


p = P(1, [2])
p.y.append(3)
p2 = p._replace(x=5)
q = Q(1)
q.b.append(q.a)
c = Color.RED
c = c.swap()
c.value.append(9)
n = Num.ONE + Num.TWO
m = {Color.RED: [p], Num.TWO: 2}
m[Color.RED].append(c)
perm = Perm.R | Perm.W
perm &= ~Perm.R
print(p, p2, q, c, n, perm, len(m))
