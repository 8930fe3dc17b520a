"""Suspended generators and coroutines: where they stand and what they hold."""

import itertools


def pairs(xs):
    last = None
    for x in xs:
        yield last, x
        last = x
        xs[-1] += 1


def outer(n):
    held = [n]
    got = yield from pairs(held)
    held.append(got)
    yield held


data = [1, 2, 3]
one = pairs(data)
stored = {"one": one, "two": pairs([7])}
next(one)
next(one)
data[1] = 20
next(stored["two"])
three = outer(5)
for item in three:
    print(item)
squares = (n * n for n in data)
next(squares)
chained = itertools.islice(pairs([4, 5, 6]), 2)
print(list(chained))


class Wait:
    def __await__(self):
        got = yield "waiting"
        return got


async def work(box):
    for n in range(2):
        got = await Wait()
        box.append(got)
    return box


box = []
job = work(box)
jobs = [job]
job.send(None)
job.send(1)
try:
    job.send(2)
except StopIteration as stop:
    print(stop.value)


def thrown():
    tries = 0
    while True:
        try:
            yield tries
        except KeyError:
            tries += 10


odd = thrown()
next(odd)
odd.throw(KeyError("k"))
odd.close()
print(one, "gone") if one is None else None
del stored["two"]
print("end")
