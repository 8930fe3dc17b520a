import contextlib
from collections import deque, defaultdict, namedtuple
P = namedtuple("P", "x y")
class Node:
    __slots__ = ("v", "next")
    def __init__(self, v, next=None): self.v = v; self.next = next
class Bag(list):
    kinds = []
    def __init__(self): super().__init__(); self.name = "bag"
    def put(self, x): self.append(x); Bag.kinds.append(len(self)); del Bag.kinds[:-3]
def counter():
    n = 0
    log = []
    def inc(by=1):
        nonlocal n
        n += by
        log.append(n)
        if len(log) > 4: log.pop(0)
        return n
    return inc
def walk(depth, acc):
    here = [depth, acc]
    if depth == 0:
        for i in range(120):
            acc["n"] = acc.get("n", 0) + i
        return here
    out = walk(depth - 1, acc)
    return [depth, out[0]]
def gen(n):
    seen = {}
    try:
        for i in range(n):
            seen[i % 3] = (i, str(i))
            got = yield i
            if got: seen["got"] = got
    finally:
        seen["end"] = True
def pairs(g):
    for a in g:
        yield a, next(g, None)
@contextlib.contextmanager
def cm(d):
    d["in"] = True
    try: yield d
    finally: d["in"] = False
def risky(i):
    try:
        if i % 3 == 0: raise ValueError(f"no {i}")
        if i == -5: return [1,2,3][i]
    except ValueError as e:
        note = str(e)
        return note
    finally:
        last = i
    return last
inc = counter(); bag = Bag(); dd = defaultdict(list); dq = deque(maxlen=5)
alias = a2 = [[1], {2: 3}]
chain = None
state = {}
g = gen(10**9)
next(g)
class Meta:
    total = 0
    table = {}
def main(k):
    global chain
    fs = [lambda x, j=j: (x + j, inc(j)) for j in range(3)]
    for i in range(k):
        inc()
        bag.put(i) if len(bag) < 30 else bag.clear()
        dd[i % 4].append(i)
        if len(dd[i % 4]) > 6: dd[i % 4] = dd[i % 4][3:]
        dq.append(P(i, [i]))
        alias[0].append(i) if len(a2[0]) < 9 else a2[0].clear()
        chain = Node(i, chain if i % 6 else None)
        g.send(i) if i % 2 else next(g)
        for a, b in pairs(iter([1,2,3,4])):
            state[a] = b
        with cm(state) as s: s["i"] = i
        r = risky(i)
        Meta.total += i; Meta.table[i % 3] = r
        fs[i % 3](i)
        walk(3, state)
        try:
            risky(-5) if i % 7 == 0 else None
        except IndexError as e:
            state["err"] = repr(e)
        yield_from(i)
        state["z"] = sorted([3, i % 5, 2], key=lambda v: -v)
def sub(n):
    yield from range(n)
    return n
def yield_from(i):
    return list(sub(3))
main(60)
def deep(n):
    loc = [n]
    if n: return deep(n - 1) + loc
    for i in range(6000):
        loc[0] += i
    return loc
print(len(deep(100)))
