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
