xs = [1, 2, 3, 4, 5, 6]
for x in xs:
    if x % 2 == 0:
        xs.remove(x)
while xs:
    last = xs.pop()
    if last == 1:
        break
else:
    print("empty")
stack = [[1, [2, [3]]], 4]
flat = []
while stack:
    top = stack.pop()
    if isinstance(top, list):
        stack.extend(top)
    else:
        flat.append(top)
for i in range(3):
    for j in range(i):
        if j == 1:
            continue
        flat.append((i, j))
    else:
        flat.append("done")
for i in range(0):
    pass
else:
    i = "never"
d = {1: 2, 3: 4}
for k, v in d.items():
    d[k] = [v]
try:
    for k in d:
        d[k * 10] = None
except RuntimeError as e:
    print(e)
n = 3
while n: n -= 1
for flat[0] in "ab": pass
print(xs, flat, i, d, n)
