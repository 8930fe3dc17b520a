tree = {"name": "root", "kids": [{"name": "a", "kids": []}, {"name": "b", "kids": [{"name": "c", "kids": []}]}]}


def add(node, path, name):
    if not path:
        node["kids"].append({"name": name, "kids": []})
        return
    add(node["kids"][path[0]], path[1:], name)


add(tree, [1, 0], "d")
add(tree, [], "e")
add(tree, [0], "f")
mixed = [1, (2, [3, {4: [5, {6, 7}]}])]
mixed[1][1][1][4][1].add(8)
mixed[1][1][1][4][0] = "five"
mixed[1][1].append(mixed[1][1][1][4])
print(tree)
print(mixed[1][1][0], sorted(mixed[1][1][1][4][1]))
