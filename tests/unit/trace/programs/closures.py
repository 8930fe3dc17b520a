def counter(start):
    n = start
    calls = []

    def inc(by=1):
        nonlocal n
        n += by
        calls.append(by)
        return n

    def get():
        return n, calls

    return inc, get


inc, get = counter(10)
inc()
inc(5)
other, _ = counter(0)
other()
fs = []
for i in range(3):
    fs.append(lambda x, i=i: x + i)
late = [lambda: j for j in range(3)]
total = 0


def bump():
    global total, made
    total += 1
    made = ["global", total]


bump()
bump()


def outer():
    x = "outer"

    def mid():
        def inner():
            nonlocal x
            x = x + "!"
            return x

        return inner()

    a = mid()
    b = mid()
    del a
    return x, b


print(get(), [f(1) for f in fs], [f() for f in late], total, made, outer())
