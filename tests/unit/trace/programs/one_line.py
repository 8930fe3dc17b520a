x = []; x.append(1)
x.append(2); y = x; y.append(3); x = y + [4]; x.append(5)
a = 1; a += 1; b = [a]; b[0] = b; c = b
if a: z = {}; z["k"] = a; del a
for i in range(2): z[i] = i; z[i] += 10
def f(p): p.append(1); q = p; q.append(2); return q
r = f([]); r.append(f(r))
class K: n = 1; m = [n]; m.append(m)
try: K.m.append(1 / 0)
except ZeroDivisionError: K.m = ["set"]; K.n = K.m
finally: z = 0; y = (z, x)
g = lambda v: (v.append(1), v.pop(0), v)[2]; h = g([5, 6]); h.insert(0, g)
while len(x) > 2: x.pop(); x.pop(0)
long_call = f(
    [
        1,
        len(x),
    ]
)
total = (
    1
    + len(long_call)
    + x.pop()
)
with open(__file__, "rb") as fh: head = fh.read(1); tail = [head]
print(x, y, z, r is r[2], total, tail)
