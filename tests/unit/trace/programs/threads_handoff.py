import queue
import threading

jobs = queue.Queue()
done = queue.Queue()
board = []


def worker():
    while True:
        job = jobs.get()
        if job is None:
            break
        job.append("seen")
        board.append(job)
        done.put(len(job))


t = threading.Thread(target=worker)
t.start()
sizes = []
for i in range(3):
    job = [i]
    jobs.put(job)
    sizes.append(done.get())
    job.append("back")
jobs.put(None)
t.join()
print(board, sizes)
