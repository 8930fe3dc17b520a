"""Class bodies that begin with names: a metaclass has put them there."""
import enum


class Colour(enum.Enum):
    RED = 1
    BLUE = enum.auto()

    def darker(self):
        return self.value - 1


class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases, **options):
        return {"given": [name], "shared": options}

    def __new__(mcs, name, bases, names, **options):
        return super().__new__(mcs, name, bases, names)


class Made(metaclass=Meta, wide=3):
    given.append("more")
    local = len(given)


print(Colour.BLUE.darker(), Made.given, Made.local, Made.shared)
