groups = {}
words = "the cat the dog a cat sat the mat".split()
for i, w in enumerate(words):
    groups.setdefault(w, []).append(i)
for k in list(groups):
    if len(groups[k]) == 1:
        del groups[k]
    else:
        groups[k].reverse()
groups.update(new=[1], other=groups["cat"])
popped = groups.pop("the")
popped.append("popped")
groups |= {"merged": popped}
last = groups.popitem()
copy = groups.copy()
copy["cat"].append("shared")
copy["own"] = 1
groups.clear()
print(groups, copy, popped, last)
