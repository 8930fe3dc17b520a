s = set()
for x in [3, 1, 3, 2, 1]:
    s.add(x)
t = s
t.discard(3)
u = s | {10, 11}
u -= {1}
u ^= {2, 99}
s &= {1}
s.update([5, 6], (7,))
f = frozenset(u)
seen = {f: "frozen"}
v = {("a", 1), ("b", 2)}
v.remove(("a", 1))
w = s.copy()
w.clear()
t.add("t")
print(sorted(map(str, s)), sorted(u), sorted(f), v, w, len(seen))
