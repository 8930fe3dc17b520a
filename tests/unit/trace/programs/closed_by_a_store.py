# A store that takes the last reference: what runs then sees what was stored.
class Node:
    def __init__(self, value):
        self.kids = []
def each(xs):
    for x in list(xs)[:3]:
        got = (yield x)
v5 = Node(1)
v8 = each([1, 2])
next(v8)
v5.kids = v8
v8 = None
v5.kids = 2
v5
v5.kids = each([1, 2])
next(v5.kids)
v5.kids = 2
v5
w = [each([3])]
next(w[0])
w[0] = 1
w
w = [each([3])]
next(w[0])
w.clear()
w
w = [each([3])]
next(w[0])
try:
    w[0], q[0] = 1, 2
except Exception as e:
    pass
w
log = []
class D:
    def __init__(self, n): self.n = n
    def __del__(self):
        log.append(self.n)
class Other:
    pass
v = Other()
v.kids = D(1)
v.kids = 2
w = [D(2), 0]
w[0] = 3
w.pop()
w.append(D(4))
w.clear()
w[:] = [D(5)]
del w[0]
v.a, v.b = D(6), D(7)
v.a, v.b = 1, 2
def f(v):
    v.k = D(8)
    v.k = None
    v.k = [D(9), D(10)]
    v.k[0] = v
    del v.k
f(v)
