it = iter([1, 2, 3])
a = next(it)
z = zip([1, 2], "ab")
first = next(z)
rest = list(z)
m = map(lambda x: x + 1, [1, 2])
e = enumerate("xy", 5)
pair = next(e)
r = reversed([1, 2])
f = filter(None, [0, 1])
got = [next(m), next(r), next(f)]
d = {"a": 1, "b": 2}
keys = d.keys()
d["c"] = 3
view = list(keys)
lines = iter("a\nb".splitlines())
for line in lines:
    second = next(lines, None)


class Count:
    def __init__(self, n):
        self.n = n
        self.seen = []

    def __getitem__(self, i):
        if i >= self.n:
            raise IndexError
        self.seen.append(i)
        return i * i


c = Count(3)
sq = [x for x in c]
has = 4 in c
x, y, w = c
print(a, first, rest, pair, got, view, second, sq, has, c.seen)
