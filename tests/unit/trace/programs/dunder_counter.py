counts = {}


def count(name):
    def method(self, *args):
        counts[name] = counts.get(name, 0) + 1
        return RESULTS[name](self, *args)

    return method


RESULTS = {
    "__repr__": lambda s: "r", "__str__": lambda s: "s", "__eq__": lambda s, o: s is o, "__ne__": lambda s, o: s is not o,
    "__hash__": lambda s: 1, "__len__": lambda s: 3, "__bool__": lambda s: True, "__iter__": lambda s: iter(()),
    "__getitem__": lambda s, k: k, "__contains__": lambda s, o: False, "__call__": lambda s: None,
    "__getattr__": lambda s, n: (_ for _ in ()).throw(AttributeError(n)), "__dir__": lambda s: [], "__sizeof__": lambda s: 1,
    "__format__": lambda s, f: "f", "__lt__": lambda s, o: False, "__le__": lambda s, o: False, "__gt__": lambda s, o: False,
    "__ge__": lambda s, o: False, "__int__": lambda s: 1, "__index__": lambda s: 1, "__float__": lambda s: 1.0,
    "__reduce__": lambda s: "x", "__reduce_ex__": lambda s, p: "x", "__copy__": lambda s: s, "__deepcopy__": lambda s, m: s,
    "__getstate__": lambda s: {}, "__reversed__": lambda s: iter(()), "__length_hint__": lambda s: 0, "__bytes__": lambda s: b"",
    "__enter__": lambda s: s, "__exit__": lambda s, *a: None, "__next__": lambda s: 1, "__await__": lambda s: iter(()),
    "__fspath__": lambda s: "p", "__add__": lambda s, o: s, "__radd__": lambda s, o: s, "__get__": lambda s, o, t=None: s,
    "__set__": lambda s, o, v: None, "__delete__": lambda s, o: None, "__instancecheck__": lambda s, o: True,
    "__missing__": lambda s, k: k, "__setattr__": object.__setattr__, "__delattr__": object.__delattr__,
}
Counting = type("Counting", (), {name: count(name) for name in RESULTS})
CountingList = type("CountingList", (list,), {name: count(name) for name in RESULTS})
CountingDict = type("CountingDict", (dict,), {name: count(name) for name in RESULTS})
CountingError = type("CountingError", (Exception,), {name: count(name) for name in RESULTS})


class Property:
    @property
    def never(self):
        counts["property"] = counts.get("property", 0) + 1

    def __getattribute__(self, name):
        counts["getattribute"] = counts.get("getattribute", 0) + 1
        return object.__getattribute__(self, name)


c = Counting()
xs = CountingList([c])
d = CountingDict(k=xs)
p = Property()
object.__setattr__(c, "inner", [c, xs, d])
list.append(xs, d)
dict.__setitem__(d, "m", p)
box = [c, xs, d, p]
box.append(box)
held = Counting
t = (c, p)


def use(a, b=c):
    local = a
    list.append(xs, local)
    return b


r = use(p)
try:
    raise CountingError(c)
except CountingError as e:
    kept = e
for item in [c, xs]:
    last = item
del last, item
print(sorted(counts.items()))
