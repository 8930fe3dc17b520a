registry = {}


class Meta(type):
    def __new__(mcs, name, bases, ns, **kw):
        cls = super().__new__(mcs, name, bases, ns)
        registry[name] = sorted(k for k in ns if not k.startswith("__"))
        return cls

    def __init__(cls, name, bases, ns, tag=None):
        super().__init__(name, bases, ns)
        cls.tag = tag

    def __call__(cls, *args):
        obj = super().__call__(*args)
        obj.made_by = cls.tag
        return obj

    def __eq__(cls, other):
        print("class ==")
        return cls is other

    __hash__ = type.__hash__

    def __instancecheck__(cls, x):
        print("isinstance asked")
        return True

    def __getattribute__(cls, name):
        if name == "__name__":
            print("class name asked")
        return super().__getattribute__(name)


class Plain(metaclass=Meta, tag="p"):
    x = 1

    def f(self):
        return self.x


class Sub(Plain, tag="s"):
    def __init__(self, v):
        self.v = v


o = Plain()
s = Sub([1])
s.v.append(o)
s.x = 2
print(registry, o.made_by, s.made_by, s.f(), isinstance(3, Sub))
