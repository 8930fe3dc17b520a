class D:
    def __init__(self, name):
        self.name = name
        print("new", name)

    def __del__(self):
        print("del", self.name)


a = D("a")
a = D("a2")
b = a
a = None
print("still")
b = None
print("gone")


def f():
    x = D("local")
    y = [D("in list")]
    print("leaving")
    return len(y)


f()
print("after f")
for i in range(2):
    t = D(f"loop{i}")
del t
D("temp")
print("end of temps")
box = {"k": D("boxed")}
box["k"] = 1
print("unboxed")
box = [D("one"), D("two")]
box.pop()
print("popped")
box.clear()
print("cleared")


def g():
    try:
        z = D("raising")
        raise ValueError(z.name)
    finally:
        print("finally")


try:
    g()
except ValueError as e:
    print("caught")
print("after except")
