def add(x, acc=[]):
    acc.append(x)
    return acc


def memo(n, cache={0: 0, 1: 1}):
    if n not in cache:
        cache[n] = memo(n - 1) + memo(n - 2)
    return cache[n]


first = add(1)
second = add(2)
third = add(3, [])
print(first is second, first, third, memo(6))


class Thing:
    shared = []

    def __init__(self, opts={}):
        self.opts = opts
        self.opts[len(opts)] = self

    def put(self, x):
        self.shared.append(x)


a, b = Thing(), Thing()
a.put("a")
b.put("b")
print(len(a.opts), a.shared)
