import threading

lock = threading.Lock()
shared = {"n": 0, "by": []}


def work(name, turns):
    mine = []
    for i in range(turns):
        with lock:
            shared["n"] += 1
            mine.append(i)
    shared["by"].append((name, mine))
    return mine


for name in "ab":
    t = threading.Thread(target=work, args=(name, 2), name=name)
    t.start(); t.join()


class W(threading.Thread):
    def __init__(self):
        super().__init__()
        self.result = None

    def run(self):
        x = [1]
        self.result = x
        x.append(2)


w = W()
w.start(); w.join()
local = threading.local()
local.x = [1]
ev = threading.Event()
tm = threading.Timer(0, ev.set)
tm.start(); tm.join()
print(shared, w.result, local.x)
