# What a statement changes and unbinds is looked at, also when a call in it catches an exception.
def f0(p1):
    try:
        p1.nothing
    except Exception as e:
        e = None
    return p1[:]
v = [1, 2, 3]
w = [v]
v[1:] = f0(v)
w
v = [1, 2, 3]
w = [v]
v[0] = v = f0(v)
w
v = [1, 2, 3]
w = [v]
v.append(f0(v))
w
v = [1, 2, 3]
w = [v]
v[0], v = f0(v)[:2]
w
v = [1, 2, 3]
w = [v]
v[1:] = q = f0(v)
w
v = [1, 2, 3]
w = [v]
v[1:], v = f0(v), 1
w
v = [1, 2, 3]
w = [v]
v[0] = v = f0(v)
w
