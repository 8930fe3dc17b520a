class Typed:
    def __set_name__(self, owner, name):
        self.name = name
        self.uses = 0

    def __get__(self, obj, owner=None):
        self.uses += 1
        if obj is None:
            return self
        return obj.__dict__[self.name]

    def __set__(self, obj, value):
        self.uses += 1
        if not isinstance(value, int):
            raise TypeError(f"{self.name} wants int")
        obj.__dict__[self.name] = value


class Box:
    w = Typed()
    h = Typed()

    def __init__(self, w, h):
        self.w = w
        self.h = h

    def area(self):
        return self.w * self.h


b = Box(2, 3)
area = b.area()
try:
    b.w = "x"
except TypeError as e:
    message = str(e)
print(area, message)
print(Box.__dict__["w"].uses, Box.__dict__["h"].uses)
