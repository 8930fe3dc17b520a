def walk(tree):
    path = []
    if tree:
        left, key, right = tree
        path.append(key)
        yield from walk(left)
        yield key
        path.append("seen")
        yield from walk(right)


def pairs(xs):
    it = iter(xs)
    for a in it:
        try:
            b = next(it)
        except StopIteration:
            b = None
        yield (a, b)


tree = (((None, 1, None), 2, None), 3, (None, 4, None))
keys = list(walk(tree))
first, *rest = pairs(keys + [9])
g1, g2 = walk(tree), walk(tree)
mixed = [next(g1), next(g2), next(g1)]
lazy = (x * x for x in keys if x % 2)
some = next(lazy)
both = sum(lazy)
nested = ((i, j) for i in range(2) for j in (k for k in range(i + 1)))
print(keys, first, rest, mixed, some, both, list(nested))
