import copy


seen = []


class N:
    def __init__(self, v):
        self.v = v
        self.kids = []

    def __copy__(self):
        new = N(self.v)
        new.kids = self.kids
        return new

    def __deepcopy__(self, memo):
        new = N("deep")
        memo[id(self)] = new
        seen.append(len(memo))
        new.kids = copy.deepcopy(self.kids, memo)
        kids = new.kids
        del memo

        return new


a = N([1])
a.kids.append(a)
a.kids.append([a.v])
b = copy.copy(a)
c = copy.deepcopy(a)
b.kids.append("both")
c.kids.append("c")
x = [[1], [2]]
y = x[:]
z = copy.deepcopy(x)
y[0].append("shared")
z[0].append("own")
d = {"x": x, "self": None}
d["self"] = d
e = copy.deepcopy(d)
e["x"].append(3)
print(a.v, len(a.kids), b.kids is a.kids, c.kids[0] is c, x, y, z, e["self"] is e)
