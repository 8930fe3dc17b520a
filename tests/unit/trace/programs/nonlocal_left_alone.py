def outer():
    v = 1
    def inner():
        nonlocal v
        v = eval("v + 1")
        v += 1
    inner()
    w = v
    inner()
    return v + w
print(outer())
def gone():
    v = 3
    def dele():
        nonlocal v
        del v
    dele()
    w = 1
    v = 4
    return w
print(gone())
