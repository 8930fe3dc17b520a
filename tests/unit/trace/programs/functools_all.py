import functools

calls = []


class C:
    def __init__(self):
        self.n = 0

    @functools.cached_property
    def heavy(self):
        self.n += 1
        calls.append("heavy")
        return [self.n]

    @functools.singledispatchmethod
    def show(self, x):
        return "any"

    @show.register
    def _(self, x: int):
        return "int"


@functools.lru_cache(maxsize=None)
def fib(n):
    calls.append(n)
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def add(a, b, *, into):
    into.append((a, b))
    return a + b


c = C()
c.heavy.append("x")
again = c.heavy
part = functools.partial(add, 1, into=calls)
r = part(2)
red = functools.reduce(lambda a, b: a + [b], [1, 2, 3], [])
cmp = sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: a - b))
print(again, fib(5), r, red, cmp, c.show(1), c.show("x"), len(calls))
