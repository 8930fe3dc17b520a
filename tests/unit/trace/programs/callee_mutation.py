def fill(box, n):
    for i in range(n):
        box.append(i)
    box = ["local"]
    box.append("only")
    return box


def deep(d):
    d["x"]["y"].append("deep")
    fill(d["x"]["y"], 2)
    d["z"] = d["x"]
    del d["x"]


items = []
other = fill(items, 3)
data = {"x": {"y": []}}
inner = data["x"]
deep(data)
print(items, other, data, inner)


def swap(xs, i, j):
    xs[i], xs[j] = xs[j], xs[i]


def outer():
    mine = [3, 1, 2]
    swap(mine, 0, 2)
    keep = mine
    swap(keep, 0, 1)
    return mine


print(outer())
