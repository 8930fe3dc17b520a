from dataclasses import dataclass, field, replace


@dataclass
class Point:
    x: int
    y: int = 0
    tags: list = field(default_factory=list)

    def move(self, dx):
        self.x += dx
        self.tags.append(dx)
        return self


@dataclass(frozen=True)
class Frozen:
    a: int
    b: list


@dataclass(slots=True)
class Slotted:
    a: int
    b: object = None


p = Point(1)
q = p.move(2).move(3)
r = replace(p, y=9)
r.tags.append("shared")
f = Frozen(1, [p])
f.b.append(q)
try:
    f.a = 2
except Exception as e:
    print(type(e).__name__)
s = Slotted(5)
s.b = s
s.a = [f]
print(p, r, f.a, s.a[0].b[0] is p)
