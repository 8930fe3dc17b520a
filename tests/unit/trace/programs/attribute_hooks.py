log = []


class Hook:
    def __setattr__(self, k, v):
        log.append(("set", k))
        object.__setattr__(self, k, [v])

    def __getattr__(self, k):
        log.append(("missing", k))
        if k.startswith("__"):
            raise AttributeError(k)
        return k

    def __delattr__(self, k):
        log.append(("del", k))
        object.__delattr__(self, k)


class Every:
    def __init__(self):
        self.x = 1

    def __getattribute__(self, k):
        log.append(("any", k))
        return object.__getattribute__(self, k)

    @property
    def __class__(self):
        log.append("class asked")
        return int


h = Hook()
h.a = 1
b = h.nothing
h.a.append(b)
del h.a
e = Every()
e.x += 1
e.y = [e.x]
h.z = e


def use(o):
    o.k = 1
    return o


use(h)
print(log)
