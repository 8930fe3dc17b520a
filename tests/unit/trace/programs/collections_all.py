from collections import Counter, OrderedDict, defaultdict, deque

q = deque([1, 2, 3], maxlen=4)
q.append(4)
q.append(5)
q.appendleft(0)
q.rotate(1)
r = q
r.popleft()
q.extend([7, 8])
q[1] = "x"
del q[0]
d = defaultdict(list)
d["a"].append(1)
x = d["missing"]
x.append("later")
dd = defaultdict(lambda: defaultdict(int))
dd["p"]["q"] += 2
c = Counter("mississippi")
c["m"] += 5
c.subtract("sss")
c.update({"z": 2})
top = c.most_common(2)
o = OrderedDict(a=1, b=2, c=3)
o.move_to_end("a")
o.move_to_end("c", last=False)
first = o.popitem(last=False)
print(q, dict(d), dict(dd["p"]), c, top, o, first)
