def make(i):
    return [i]


for i in range(5):
    xs = make(i)
    xs.append(i)
for i in range(4):
    d = {"i": i}
    e = {"i": -i}
    d = e
row = None
out = []
for i in range(4):
    row = [row, i] if i % 2 else [i]
    row = tuple(row)


class T:
    def __init__(self, v):
        self.v = v


for i in range(5):
    t = T(i)
    t.v = [t.v]
    t = None
    u = T("u")
    u.w = i
    u = T("again")


def churn(n):
    for i in range(n):
        tmp = []
        tmp.append(i)
        del tmp
        tmp2 = [i, i]
        tmp2.pop()
        tmp = tmp2
    return tmp


last = churn(5)
box = [[0], [1]]
for i in range(3):
    box[0] = [i]
    box[1] = [i]
    box.append(box.pop(0))
s = {1}
for i in range(3):
    s = {i}
    s = s | {9}
same = [[] for _ in range(3)]
same[1] = same[0]
print(xs, d, row, last, box, s, same)
