a = []
a.append(a)
b = [a]
a.append(b)
d = {}
d["me"] = d
d["list"] = [d, a]


class N:
    def __init__(self):
        self.me = self
        self.all = [self]


n = N()
n.all.append(n.all)
m = N()
n.other, m.other = m, n
t = ([],)
t[0].append(t)
x = [1]
x[0] = x
x.append(x)
y = [x, x]
x.pop()
s = [[], []]
s[0].append(s[1])
s[1].append(s[0])
s[0] = None
print(a, len(d), n.other.other is n, t[0][0] is t, len(y))
