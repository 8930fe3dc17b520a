class Tree:
    def __init__(self):
        self.root = None

    def insert(self, key):
        if self.root is None:
            self.root = {"k": key, "l": None, "r": None}
            return
        n = self.root
        while True:
            side = "l" if key < n["k"] else "r"
            if n[side] is None:
                n[side] = {"k": key, "l": None, "r": None}
                return
            n = n[side]

    def walk(self, n, out):
        if n:
            self.walk(n["l"], out)
            out.append(n["k"])
            self.walk(n["r"], out)


t = Tree()
for k in [5, 2, 8, 1]:
    t.insert(k)
out = []
t.walk(t.root, out)
left = t.root["l"]
left["k"] = 99
t.root["r"] = left
print(out, t.root["r"] is t.root["l"])
