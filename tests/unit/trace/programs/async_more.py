import asyncio, contextlib
@contextlib.asynccontextmanager
async def res(n):
    yield n
class Count:
    def __init__(self, n): self.n = n
    def __aiter__(self): return self
    async def __anext__(self):
        if self.n == 0: raise StopAsyncIteration
        self.n -= 1
        await asyncio.sleep(0)
        return self.n
async def agen(n):
    for i in range(n):
        yield i
        await asyncio.sleep(0)
async def worker(q, out):
    while True:
        x = await q.get()
        if x is None: break
        out.append([y async for y in agen(x)])
        async for z in Count(x): out.append(z)
async def main():
    q = asyncio.Queue(2); out = []
    t = asyncio.create_task(worker(q, out))
    for i in (1, 2, None):
        await q.put(i)
    await t
    async with res(3) as r:
        out.append(r)
    slow = asyncio.create_task(asyncio.sleep(10))
    async def waits():
        try:
            await slow
        except asyncio.CancelledError:
            return 'cancelled'
    w = asyncio.create_task(waits())
    await asyncio.sleep(0)
    slow.cancel()
    out.append(await w)
    try:
        async with asyncio.TaskGroup() as g:
            g.create_task(asyncio.sleep(0))
            raise ValueError(1)
    except* ValueError as e:
        out.append(len(e.exceptions))
    print(out)
asyncio.run(main())
def g():
    try:
        x = yield 1
        while x: x -= 1
        yield from [1, 2]
    except KeyError:
        yield 'k'
    finally:
        print('fin')
def h():
    r = yield from g()
a = h(); next(a); a.send(2); print(a.throw(KeyError())); a.close()
b = h(); 
try: b.throw(ValueError('x'))
except ValueError as e: print(e)
def d(n):
    exec("n")
    return 1 + d(n - 1) if n else 0
print(d(30))
class K:
    v = [k for k in range(3)]
    def f(self): return sorted(locals())
print(K().f(), d(5))
f = lambda: (yield 1)
print(list(f()))
