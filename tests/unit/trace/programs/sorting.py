words = ["pear", "fig", "apple", "kiwi"]
seen = []


def key(w):
    seen.append(w)
    return len(w), w


words.sort(key=key)
words.sort(reverse=True)
people = [{"n": "b", "a": 2}, {"n": "a", "a": 2}, {"n": "c", "a": 1}]
people.sort(key=lambda p: (p["a"], p["n"]))
ordered = sorted(people, key=lambda p: p["n"], reverse=True)
ordered[0]["n"] = "changed"


class V:
    def __init__(self, v):
        self.v = v
        self.compared = 0

    def __lt__(self, o):
        self.compared += 1
        return self.v < o.v


vs = [V(3), V(1), V(2)]
vs.sort()
lo = min(vs, key=lambda v: v.v)
during = []
mut = [3, 1, 2]


def peek(x):
    during.append(len(mut))
    return x


mut.sort(key=peek)
print(words, people, [v.v for v in vs], lo.compared > 0, during, mut)
