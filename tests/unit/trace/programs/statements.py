from typing import Annotated

x: int = 1
y: list[int]
z: Annotated[list, "n"] = []
z.append(x)
pass
assert z, "never"
if x > 5:
    r = "big"
elif x > 0:
    r = "pos"
else:
    r = "neg"
v = "a" if x else "b"
w = x and z or y
c = 0 < x < 5 < 3
n = not c
l = [1, 2, 3][-1]
s = z[0] if z else None
t = (yield_ := 3) + 1
b = x in z and x is not None
fn = lambda *a, k=1, **kw: (a, k, kw)
o = fn(1, 2, k=3, m=4)


def gen():
    x = yield
    while x:
        x = yield [x]


def annotated(a: int, b: "str" = "x") -> None:
    """Doc."""
    a: float = 2.5
    return


g = gen()
g.send(None)
got = g.send(5)
got2 = g.send(6)
annotated(1)
i = 0
while True:
    i += 1
    if i == 2:
        continue
    if i > 3:
        break
import os.path as osp, sys
from math import *
fl = floor(2.5)
try:
    from nowhere import nothing
except ImportError as e:
    msg = e.name
print(r, v, w, c, n, l, s, t, b, o, got, got2, i, fl, msg, __name__)
