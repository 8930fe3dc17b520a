import weakref


class O:
    def __init__(self, n):
        self.n = n


def alive(refs):
    return [r() is not None for r in refs]


refs = []
for i in range(3):
    o = O(i)
    refs.append(weakref.ref(o))
    print(alive(refs))
del o
print(alive(refs))
d = weakref.WeakValueDictionary()
x = O("x")
d["x"] = x
print(len(d))
x = None
print(len(d))


def local():
    a = O("a")
    r = weakref.ref(a, lambda _: print("callback"))
    b = a
    del a
    print(r() is not None)
    del b
    print(r() is not None)
    return r


r = local()
print(r())
f = O("f")
weakref.finalize(f, print, "finalized", 1)
f = None
s = {O(1)}
w = weakref.ref(next(iter(s)))
s.clear()
print(w())
