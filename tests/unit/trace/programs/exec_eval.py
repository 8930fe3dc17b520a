ns = {"x": [1]}
exec("x.append(2)\ny = x[:]\nfor i in range(2):\n    y.append(i)", ns)
del ns["__builtins__"]
v = eval("[a * 2 for a in x]", {"x": ns["x"]})
exec("made = {'k': 1}\nmade['k'] += 1")
made["k"] = [made]


def f():
    a = [1]
    eval("a.append(2)")
    exec("b = a")
    loc = locals()
    loc["zzz"] = 1
    return a, "zzz" in locals()


code = compile("q = 5\ndef g(n):\n    n.append(q)\n    return n\n", "<made>", "exec")
exec(code)
r = g([0])
print(ns, v, made["k"][0] is made, f(), r)


class Spy(dict):
    def __missing__(self, k):
        return k.upper()


w = eval("foo + bar", {}, Spy())
print(w)
