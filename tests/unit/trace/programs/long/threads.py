import threading
results = {}
def work(number, rounds):
    seen = []
    for i in range(rounds):
        seen.append((number, i))
        if len(seen) > 5:
            del seen[0]
        results[number] = list(seen)
    return seen
workers = [threading.Thread(target=work, args=(n, 700)) for n in range(3)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
total = 0
for i in range(500):
    total += i
print(sorted(results), total)
