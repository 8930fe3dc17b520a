"""Walruses in generator expressions: they bind names of a function while another one draws from them."""
def g(it):
    t = 0
    for v in it:
        t += v
    return t


def f(data, c):
    d = None
    t = g((d := x - c) * 2 for x in data)
    u = sum((e := x - c) * 2 for x in data)
    gen = ((h := x) for x in data)
    r = next(gen)
    s = next(gen)
    k = g(g((k := y) for y in x) for x in [data, data])
    return t, d, e, h, k


print(f([1, 2, 5], 1))
z = g((y := x) for x in [3, 4])


def q():
    global m
    return g((m := x) for x in [3, 4])


q()
print(y, m)
