class Evil:
    count = 0

    def __init__(self, v):
        self.v = v

    def __eq__(self, o):
        raise RuntimeError("eq")

    def __hash__(self):
        return 7

    def __repr__(self):
        Evil.count += 1
        self.v.append("repr")
        return "evil"

    def __str__(self):
        raise RuntimeError("str")

    def __len__(self):
        print("len asked")
        return 10**6

    def __bool__(self):
        print("bool asked")
        return False

    def __iter__(self):
        print("iter asked")
        yield from range(3)

    def __getitem__(self, k):
        print("item asked")
        return k

    def __contains__(self, k):
        print("contains asked")
        return True

    def __sizeof__(self):
        print("sizeof asked")
        return 1

    def __dir__(self):
        print("dir asked")
        return []

    def __reduce_ex__(self, p):
        print("reduce asked")
        return "x"

    def __format__(self, spec):
        print("format asked")
        return ""


e = Evil([1])
d = {e: [e]}
xs = [e, Evil([2])]
xs[1].v.append(e)
xs.append(xs[0])
e.v = xs
d[e].append("more")
e.v = list(e.v)
t = (e, d)


def f(a, b=e):
    c = a
    return c


r = f(e)
try:
    e == 1
except RuntimeError as err:
    print("eq raised")
print(Evil.count)
