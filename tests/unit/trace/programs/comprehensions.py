xs = [1, 2, 3, 4]
sq = [x * x for x in xs]
ev = {x for x in xs if x % 2 == 0}
di = {x: [y for y in range(x)] for x in xs}
ma = [[r * c for c in range(3)] for r in range(2)]
fl = [v for row in ma for v in row if v]
side = []
keep = [side.append(x) or x for x in xs]
it = iter(xs)
pairs = [(a, b) for a in it for b in [next(it)]]


def f(n):
    scale = 10
    rows = [[scale * i + j for j in range(n)] for i in range(n)]
    rows[0][0] = "changed"
    return {k: v for k, v in zip("abc", rows)}


class K:
    n = 3
    sizes = [i for i in range(3)]


last = [y := x for x in xs]
print(sq, ev, di, ma, fl, side, keep, pairs, f(2), K.sizes, y)
