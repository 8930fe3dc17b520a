class A:
    kind = "a"

    def __init__(self):
        self.log = ["A"]

    def run(self, n):
        self.log.append(n)
        return n


class B(A):
    def __init__(self):
        super().__init__()
        self.log.append("B")

    def run(self, n):
        return super().run(n + 1) * 2


class C(A):
    def run(self, n):
        return super().run(n * 10)


class D(B, C):
    kind = "d"

    def __init__(self):
        super().__init__()
        self.name = self.kind + A.kind


d = D()
r = d.run(1)
objs = [A(), B(), C(), d]
print([o.run(i) for i, o in enumerate(objs)], r, d.log, d.name)
