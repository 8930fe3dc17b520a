import re
import threading
import json

state = {"hits": 0, "seen": []}


def repl(m):
    state["hits"] += 1
    state["seen"].append(m.group())
    return "<" + m.group() + ">"


text = re.sub(r"\d+", repl, "a1b22c333")


class Visitor(json.JSONEncoder):
    def default(self, o):
        state["seen"].append(type(o).__name__)
        return sorted(o)


js = json.dumps({"s": {1, 2}}, cls=Visitor)
obj = json.loads('{"a": [1, {"b": 2}]}', object_pairs_hook=lambda p: state["seen"].extend(p) or dict(p))
filt = list(filter(lambda x: state["seen"].append(x) or x > 1, [1, 2, 3]))


class It:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        state["hits"] += 1
        return self.n


tot = sum(It(3))
for v in It(2):
    state["seen"].append(v)
t = tuple(It(2))
late = iter(lambda: state["hits"], 99) if False else iter([1])
print(text, js, obj, filt, tot, t, state)
