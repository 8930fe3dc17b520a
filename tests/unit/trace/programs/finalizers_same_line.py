class D:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


def f():
    a = D("a"); del a; print("after del a")
    b = D("b"); b = None; print("after rebinding b")
    c = [D("c")]; c.clear(); print("after clear")
    for i in range(2): x = D(i); print("loop", i)
    del x; print("after x")


f()
m = D("m"); del m; print("after m")
n = D("n"); n = 1; print("after n")


def order():
    for i in range(2):
        if i == 1:
            first = D("first name")
        else:
            second = D("second name")


order()
print("end")
