from dataclasses import dataclass


@dataclass
class P:
    x: int
    y: int


def what(v):
    match v:
        case 0 | 1:
            return "small"
        case int(n) if n > 100:
            return f"big {n}"
        case [a, b]:
            return ("pair", a, b)
        case [first, *rest]:
            rest.append(first)
            return rest
        case {"kind": kind, **others}:
            others["kind_was"] = kind
            return others
        case P(x=0, y=yy):
            return ("axis", yy)
        case P(x, y) as p:
            p.x = y
            p.y = x
            return p
        case str() | None as s:
            return s
        case _:
            return "other"


out = []
for v in [0, 500, 7, [1, 2], [1, 2, 3], {"kind": "k", "z": 1}, P(0, 5), P(2, 3), "s", None, 2.5]:
    out.append(what(v))
print(out)
