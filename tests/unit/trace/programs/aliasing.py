a = [1, 2, 3]
b = a
b.append(4)
c = list(a)
c.append(5)
d = {"a": a, "b": b, "c": c}
d["a"][0] = 100
e = (a, b, c)
e[1].remove(2)
f = a
a = [0]
a += f
f += [9]
g = [[0] * 2] * 3
g[0][1] = 7
h = [[0] * 2 for _ in range(3)]
h[0][1] = 7
print(a, b, c, d, e, f, g, h, sep="\n")
