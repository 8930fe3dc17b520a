import threading

go = threading.Semaphore(0)
back = threading.Semaphore(0)
ready = threading.Semaphore(0)
jobs = []
board = []


def worker():
    ready.release(); go.acquire()  # no step between, at which the main thread goes on
    while jobs:
        job = jobs.pop()
        job.append("seen")
        board.append(job)
        del job
        back.release(); go.acquire()
        board[-1].append("twice")
        back.release(); go.acquire()


t = threading.Thread(target=worker)
t.start()
ready.acquire()
sizes = []
for i in range(3):
    job = [i]
    jobs.append(job)
    go.release(); back.acquire()
    sizes.append(len(job))
    job.append("between")
    go.release(); back.acquire()
    job.append("back")
go.release()
t.join()
print(board, sizes)
