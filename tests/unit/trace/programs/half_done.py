"""What one part of a statement changes while another part is still to come, or hides where it was."""


class Node:
    def __init__(self, value):
        self.value = value


def into_itself(held):
    held[-1] = held
    held["list"] = [held]
    held["node"] = Node(held)
    kept = [1]
    kept[0] = kept
    return len(held), len(kept)


def hidden_path(outer, inner):
    outer["a"][0], outer["a"] = inner, True
    outer["b"], outer["b"][0] = [5], inner
    return outer


def each(xs):
    for x in list(xs)[:3]:
        got = yield x
        if got:
            xs.append(got)


def drawn_from(store):
    waiting = each([store, 1, 2])
    next(waiting)
    store.setdefault("d", []).append(list(waiting))
    other = each([store, 3])
    for x in other:
        store.setdefault(len(store), []).append(x)
    return store


inner = [0, 1]
alias = {"a": [1], "b": [2]}
also, deep = alias["a"], alias["b"]
print(into_itself({0: 1}))
print(hidden_path(alias, inner) is alias, also, deep)
print(len(drawn_from({"k": 1})))
alias["c"] = alias
alias["c"]["d"], alias["c"] = inner, False
