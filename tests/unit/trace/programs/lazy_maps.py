from collections import defaultdict


def take(p1):
    v1 = p1 = p1["a"]
    return v1


held = defaultdict(list, k=[1])
take(held)
other = held
other = other["b"]
for word in ["k", "c"]:
    other = held
    other = other[word]
print(sorted(held), other)
