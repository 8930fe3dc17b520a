a = list(range(10))
a[2:5] = ["x"]
a[0:0] = [-2, -1]
a[::3] = ["s"] * len(a[::3])
del a[1:3]
del a[::-2]
b = a
b[:] = b[::-1]
a[len(a):] = [a[:]]
a[-1].append("inner")
c = a[1:]
c[-1].append("shared")
s = slice(0, 2)
a[s] = []
m = bytearray(b"hello world")
m[0:5] = b"HOWDY!"
del m[-3:]
view = memoryview(m)
view[0] = 33
view.release()
d = [[1, 2], [3, 4]]
d[0][:] = [9]
d[1][1:1] = [7, 7]
d[0], d[1] = d[1], d[0]
print(a, b is a, c, m, d)
