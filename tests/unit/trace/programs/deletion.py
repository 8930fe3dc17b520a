x = [1, 2, 3]
y = x
del x
del y[0]
d = {"a": [1], "b": [2]}
keep = d["a"]
del d["a"], d["b"]
keep.append(2)


class O:
    pass


o = O()
o.a = o.b = y
del o.a
o.b.append("via o")
setattr(o, "c", 3)
delattr(o, "b")
vars(o)["d"] = 4
o.__dict__["e"] = []
o.__dict__.update(f=6)
o.__dict__ = {"fresh": 1}
o.more = 2


def f():
    a, b = [1], 2
    del a
    (c, d) = (b, b)
    del (c, d)
    return b


print(y, keep, f(), vars(o))
globals()["dynamic"] = [1]
dynamic.append(2)
del dynamic
try:
    dynamic
except NameError as e:
    print(e)
