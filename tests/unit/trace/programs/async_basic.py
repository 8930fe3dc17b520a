import asyncio

log = []


async def child(name, n, box):
    for i in range(n):
        box.append((name, i))
        await asyncio.sleep(0)
    return name


async def agen(n):
    for i in range(n):
        yield i
        await asyncio.sleep(0)


class Ctx:
    async def __aenter__(self):
        log.append("enter")
        return self

    async def __aexit__(self, *a):
        log.append("exit")


async def main():
    box = []
    r = await child("solo", 1, box)
    t = asyncio.create_task(child("a", 2, box))
    u = asyncio.create_task(child("b", 2, box))
    got = await asyncio.gather(t, u)
    async with Ctx() as c:
        async for x in agen(2):
            log.append(x)
    sq = [x * x async for x in agen(2)]
    try:
        await fail()
    except ValueError as e:
        log.append(str(e))
    q = asyncio.Queue()
    await q.put([1])
    item = await q.get()
    item.append(2)
    return r, got, box, sq, item


async def fail():
    await asyncio.sleep(0)
    raise ValueError("async")


print(asyncio.run(main()), log)
