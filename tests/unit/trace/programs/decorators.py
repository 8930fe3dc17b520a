import functools

log = []


def trace(tag):
    def deco(f):
        @functools.wraps(f)
        def wrapper(*args, **kw):
            log.append((tag, f.__name__, args))
            r = f(*args, **kw)
            log.append((tag, r))
            return r

        wrapper.calls = log
        return wrapper

    return deco


@trace("outer")
@trace("inner")
def add(a, b=2):
    return a + b


class Deco:
    def __init__(self, f):
        self.f = f
        self.n = 0

    def __call__(self, *a):
        self.n += 1
        return self.f(*a)


@Deco
def twice(x):
    return x * 2


def register(cls):
    cls.registered = True
    return cls


@register
class R:
    pass


print(add(1), add(1, b=5), twice(4), twice.n, R.registered, len(log))
