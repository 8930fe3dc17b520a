x = [1]
y = x
y += [2]
y = y + [3]
y *= 2
z = x
z += "ab"
n = 5
n += 1; n -= 2; n *= 3; n //= 2; n **= 2; n %= 7; n <<= 3; n >>= 1; n |= 1; n &= 7; n ^= 2
f = 1.5
f /= 2
s = "a"
s += "b"
s *= 2
t = (1, [2])
try:
    t[1] += [3]
except TypeError as e:
    print("but", t)
d = {"k": [1]}
d["k"] += [2]
d["k"] *= 2
d |= {"m": 1}
st = {1}
alias = st
st |= {2}
st -= {1}


class Acc:
    def __init__(self):
        self.v = 0
        self.log = []

    def __iadd__(self, o):
        self.v += o
        self.log += [o]
        return self

    def __matmul__(self, o):
        return (self, o)


a = Acc()
b = a
b += 5
b.v -= 1
a.log[0] += 100
m = a @ 3
print(x, y, z, n, f, s, t, d, st, alias, a.v, a.log, m[1])


class Held:
    pass


table, rows, one = {"a": [1], "b": Held()}, [[1], Held()], [7]
table["a"] += [one.copy()]
rows[0] += [one.copy()]
table["c"] = [one, Held()]
table["c"][1] = {"k": one}
table["c"] += [one]
rows[-1] = [Held(), one.copy()]
rows[0] = rows[-1]
rows[0].append(table)
one.append(8)
table["b"] = one
table["b"].append(9)
del table["a"]
table["a"] = table["b"]
held = Held()
held.table, held.rows = {}, [None, None]
for key in range(4):
    held.table[key % 3] = Held()
    held.rows[key % 2] = held.table[key % 3]
    held.table[key % 3].back = held.rows
    held.table = dict(held.table)
    held.table[key] = [key]
