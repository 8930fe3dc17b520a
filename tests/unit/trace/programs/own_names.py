import json, sys
def ev(x, f):
    """doc"""
    y = eval("x + 1")
    return f(y)
def pl(y):
    return y * 2
def ev2(y):
    return eval("y") + ev(y, pl)
class A:
    def show(self):
        "text"
        return len(locals())
    def bad(self):
        exec("1/0")
    @property
    def p(self):
        return vars()
for k in range(3):
    print(ev(k, pl), ev2(k), ev(k, ev2), A().show(), A().p.keys())
    try: A().bad()
    except ZeroDivisionError as e: print(e)
def d(n):
    locals()
    return 1 + d(n - 1) if n else 0
print(d(50))
print(d(5), ev.__doc__, sys.gettrace())
def while1(n):
    while n: n -= 1
    return n
print(while1(4))
def exg():
    try: raise ExceptionGroup("a", [ValueError(1)])
    except* ValueError as e: r = len(e.exceptions)
    return r
print(exg())
def nested():
    v = 3
    def inner():
        return eval("1") + v
    def dele():
        nonlocal v
        del v
    r = inner()
    dele()
    return r
print(nested())
def opt(a, b=2, *c, d, **e):
    print(sorted(locals()))
    raise KeyError(a)
try: opt(1, d=4)
except KeyError as e: print(e)
