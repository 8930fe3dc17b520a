"""Closures whose names change from inside, from outside, from siblings, and while nobody looks."""


def account(start):
    balance, log = start, []

    def add(n):
        nonlocal balance
        balance += n
        log.append(n)
        return balance

    def show():
        return balance, list(log)

    kept = [add, show]
    balance += 1
    log.append("made")
    return kept


first, second = account(10), account(20)
both = [first, second]
first[0](5)
second[0](7)
both[0][0](1)
print(first[1](), second[1]())


def late():
    found = []
    for i in range(3):
        found.append(lambda: i)
    i = 9
    del i
    return found


def forward():
    calls = {"f": lambda: other()}

    def other():
        return 1

    return calls


holders = [late(), forward()]
print(holders[1]["f"]())


def numbers(limit):
    seen = 0

    def tell():
        return seen

    yield tell
    while seen < limit:
        seen += 1
        yield seen


gen = numbers(3)
tell = {"tell": next(gen)}
for n in gen:
    pass
print(tell["tell"]())


def recursive(n):
    def down(k):
        return 0 if k == 0 else 1 + down(k - 1)

    box = [down]
    n = box[0](n)
    return box, n


deep = recursive(3)


class Counter:
    def __init__(self):
        total = 0

        def bump():
            nonlocal total
            total += 1
            return total

        self.bump = bump


counters = [Counter(), Counter()]
for c in counters:
    c.bump()
    c.bump()
print([c.bump() for c in counters])
list(map(counters[0].bump.__call__ if False else lambda _: counters[0].bump(), range(2)))
print("end")
