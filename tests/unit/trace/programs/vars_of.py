import argparse
def main(argv):
    p = argparse.ArgumentParser(); p.add_argument("-n", type=int, default=3)
    args = p.parse_args(argv)
    o = vars(args)
    o["extra"] = [1]
    vars(args)["more"] = o["extra"]
    o["extra"].append(2)
    names = [n for n in dir(args) if not n.startswith("_")]
    g = {"k": o["extra"]}
    z = eval("k + [3]", g)
    exec("k.append(9); m = 5", g)
    eval("k.append(10)", None, g)
    return args.n, names, z, g["m"], o
print(main([]))


class Node:
    def __init__(self, **names):
        self.__dict__.update(names)

    def names(self):
        return self.__dict__


node = Node(a=1, b=[2])
held = node.names()
held["c"] = 3
node.d = 4
node.b.append(5)
del held["a"]
del node.d
held |= {"e": node}
setattr(node, "f", 6)
held.pop("c")
copy = dict(held)
node.__dict__ = {"z": 1}
held["lost"] = 1
node.y = 2
new = vars(node)
new["x"] = 3
for k in range(3):
    node.x += 1
    new["y"] += 1
print(vars(node), held.keys(), copy.keys())
