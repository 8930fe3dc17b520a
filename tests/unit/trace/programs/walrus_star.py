data = [5, 1, 4, 2, 3]
while (n := len(data)) > 2:
    x = data.pop()
if (m := max(data)) > 3 and (k := min(data)) < 3:
    print(n, m, k)
first, *middle, last = range(6)
*init, end = "abc"
(a, b), [c, *d] = (1, 2), "xyz"
a, b = b, a
i = 0
arr = [0, 0, 0]
i, arr[i] = 1, "first"
arr[i], i = "second", 2
p = q = []
p.append(1)
merged = [*middle, *init]
both = {**{"a": 1}, "b": 2, **{"a": 3}}


def f(*args, **kw):
    return args, kw


r = f(*merged, 1, *init, **both)
t = 1,
t += (2,)
for i, (j, *ks) in enumerate([(1, 2, 3), (4,)]):
    ks.append(j)
print(first, middle, last, init, end, a, b, c, d, arr, p, q, r, t, ks)
