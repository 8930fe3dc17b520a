class Stack(list):
    def __init__(self, *a):
        super().__init__(a)
        self.pushes = 0

    def push(self, x):
        self.pushes += 1
        self.append(x)


class Config(dict):
    def __setitem__(self, k, v):
        super().__setitem__(k.upper(), v)

    def __getattr__(self, k):
        return self[k]


class Bag(set):
    extra = None


class Pair(tuple):
    def __new__(cls, a, b):
        self = super().__new__(cls, (a, b))
        self.note = []
        return self


class Meters(float):
    unit = "m"


s = Stack(1, 2)
s.push(3)
s.extra = [s]
s += [4]
c = Config()
c["k"] = [1]
c["k2"] = s
c["K"].append(2)
b = Bag([1])
b.add(2)
b.extra = [b]
p = Pair(1, [2])
p.note.append("n")
p[1].append(3)
m = Meters(2.5)
m.tag = "t"
m2 = m + 1
print(s, s.pushes, sorted(c), b, p, p.note, m, type(m2).__name__)
