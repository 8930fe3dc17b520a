def numbers(n, log):
    for i in range(n):
        log.append(i)
        got = yield i
        if got is not None:
            log.append(got)
    return "done"


def delegating(log):
    result = yield from numbers(2, log)
    log.append(result)
    try:
        yield "mid"
    except ValueError as e:
        log.append(str(e))
        yield "caught"
    finally:
        log.append("finally")


log = []
g = delegating(log)
a = next(g)
b = g.send("hello")
c = next(g)
d = g.throw(ValueError("thrown"))
try:
    next(g)
except StopIteration as stop:
    value = stop.value
h = numbers(5, log)
next(h)
h.close()
k = numbers(3, [])
total = 0
for x in k:
    total += x
m = numbers(1, log)
next(m)
try:
    m.throw(KeyError("out"))
except KeyError as e:
    print("out", e)
print(a, b, c, d, log, total)
