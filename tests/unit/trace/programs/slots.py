class Base:
    __slots__ = ("a", "b")

    def __init__(self, a):
        self.a = a


class Child(Base):
    __slots__ = ("c", "__dict__")


class Grand(Child):
    pass


x = Base([1])
x.a.append(2)
x.b = x.a
del x.a
c = Child(1)
c.c = {"k": c.a}
c.free = "in dict"
c.c["k"] = x
g = Grand(2)
g.more = [g]
g.b = g.more
g.b.append(3)
x.b.clear()
del c.free
print(hasattr(x, "a"), x.b, len(g.more))
