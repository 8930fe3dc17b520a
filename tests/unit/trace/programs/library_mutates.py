import bisect
import heapq
import itertools
import random
import shutil
import string
from array import array

heap = [5, 1, 4]
heapq.heapify(heap)
heapq.heappush(heap, 0)
small = heapq.heappop(heap)
rows = [(2, ["b"]), (1, ["a"])]
heapq.heapify(rows)
best = heapq.heappushpop(rows, (3, ["c"]))
best[1].append("out")
s = [1, 3, 5]
bisect.insort(s, 4)
random.seed(3)
random.shuffle(s)
n = len(s)
arr = array("i", [1, 2, 3])
arr.append(4)
arr[0] = 9
arr.reverse()
groups = {k: list(g) for k, g in itertools.groupby([1, 1, 2], key=lambda x: x)}
acc = list(itertools.accumulate([1, 2, 3], lambda a, b: a * 10 + b))
buf = bytearray(3)
from io import BytesIO
BytesIO(b"xyz").readinto(buf)
got = []
list(map(got.append, [1, 2]))
any(map(got.extend, [[3], [4]]))
print(heap, small, rows, best, n, arr, groups, acc, buf, got)
