n = "module"


class A:
    x = [1]
    y = x
    y.append(2)
    if len(x) > 1:
        z = {"x": x}
    for i in range(2):
        x.append(i)
    del i

    class Inner:
        n = "inner"
        w = [n]

    inner = Inner()
    inner.v = x

    def m(self):
        return n

    total = sum(x)
    alias = m


def make(n):
    class Local:
        size = n
        items = [n] * n

        def get(self):
            return n

    return Local


L = make(2)
o = L()
o.items.append(o.get())
A.x = "rebound"
A.Inner.w.append(1)
T = type("T", (A,), {"extra": [1]})
T.extra.append(2)
print(A.y, A.total, o.items, T.extra, A().alias(), A.Inner.w)
