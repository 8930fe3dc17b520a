class LyingList(list):
    def __len__(self):
        return 1000

    def __iter__(self):
        print("list iter")
        return iter(["lie"])

    def __getitem__(self, k):
        print("list item")
        return "lie"

    def __repr__(self):
        print("list repr")
        return "lie"

    def __eq__(self, o):
        print("list eq")
        return True

    __hash__ = None


class LyingDict(dict):
    def keys(self):
        print("dict keys")
        return ["lie"]

    def items(self):
        print("dict items")
        return [("lie", 1)]

    def __iter__(self):
        print("dict iter")
        return iter(["lie"])

    def __getitem__(self, k):
        print("dict item")
        return "lie"


class Loud(str):
    def __repr__(self):
        print("str repr")
        return "loud"

    def __eq__(self, o):
        print("str eq")
        return False

    def __hash__(self):
        print("str hash")
        return 3


class Num(int):
    def __repr__(self):
        print("int repr")
        return "num"

    def __eq__(self, o):
        print("int eq")
        return True

    __hash__ = int.__hash__


xs = LyingList([1, 2])
xs.append(3)
xs.note = ["attr"]
d = LyingDict(a=1)
d["b"] = xs
s = Loud("text")
n = Num(5)
box = [xs, d, s, n]
box.append(n)
xs.extend([s])
xs.note.append(d)
d.pop("a")
t = (n, s)
print("done")
