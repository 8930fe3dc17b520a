"""Attributes of functions, changed through the function."""


def outer(store):
    def bump(by):
        store.append(by)
        return store

    return bump


v7 = {"a": [1], "b": 2}
f = outer([])
f.kids = v7
f.kids.clear()
x = 1


def g(h, k):
    h.kids = k
    h.kids["z"] = 3
    h.kids.clear()
    h.kids.update(q=1)
    return k


def plain():
    return 1


plain.kids = [1]
q = plain.kids
plain.kids.append(3)
g(f, v7)
g(plain, v7)
g(f, v7)
