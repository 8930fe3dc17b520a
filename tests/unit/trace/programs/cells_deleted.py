def f():
    later = None

    def use():
        return later

    later = [1]
    r = use()
    later.append(2)
    del later
    try:
        use()
    except NameError as e:
        print(e)
    later = {"back": r}
    return use()


def unbound():
    if False:
        x = 1
    try:
        x
    except UnboundLocalError as e:
        print(type(e).__name__)
    x = 2
    del x
    x = 3
    return x


def args(a, /, b, *rest, c=4, **kw):
    rest += (a,)
    kw["new"] = rest
    c = kw
    a = b = None
    return c


print(f(), unbound(), args(1, 2, 3, c=5, d=6))
