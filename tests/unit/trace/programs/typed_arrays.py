"""array.array and bytes through views: changed in place, in functions, through aliases."""

import struct
from array import array


def scale(xs, by):
    for i in range(len(xs)):
        xs[i] = xs[i] * by
    return xs


a = array("i", [1, 2, 3])
b = a
held = {"a": a, "pair": (a, array("d", [0.5, float("nan")]))}
scale(b, 2)
a.append(9)
held["pair"][1][0] = -0.0
a.extend([4, 5])
a.reverse()
del a[0]
a[1:3] = array("i", [7, 7, 7])
b.byteswap()
b.byteswap()
held["pair"][1].fromlist([1.0, 2.0])
print(a.pop(), b.count(7))


class Grid:
    def __init__(self, n):
        self.cells = array("B", bytes(n))

    def mark(self, i):
        self.cells[i] ^= 255
        return self


grid = Grid(4)
grid.mark(1).mark(2)
raw = bytearray(8)
view = memoryview(raw)
struct.pack_into("<i", raw, 0, 77)
view[4:] = b"abcd"
view.release()
words = array("u", "héllo")
words[0] = "J"
print(a, words.tounicode(), raw)
