"""numpy arrays: in place, through views, through functions, inside containers and instances."""

import numpy as np


def clear(xs, where):
    xs[where] = 0
    return xs


class Net:
    def __init__(self, n):
        self.weights = np.ones((n, n))
        self.bias = np.zeros(n)

    def step(self, rate):
        self.weights -= rate
        self.bias[:] = self.weights.sum(axis=0)


a = np.arange(12).reshape(3, 4)
row, column, back = a[1], a[:, 0], a[::-1]
a[0, 0] = 100
row *= 2
column[:] = -1
back[0, 1] = 55
clear(a, a > 50)
net = Net(2)
for n in range(2):
    net.step(0.25)
held = {"net": net, "list": [a, row], "same": net.bias}
held["list"][1][0] = 8
held["same"] += 1
flags = np.zeros(3, dtype=bool)
flags[1] = True
things = np.empty(3, dtype=object)
things[0] = [1]
things[1] = things[0]
things[0].append(2)
np.copyto(net.bias, [3, 4])
np.put(row, [0, 1], [5, 6])
a.sort(axis=1)
a.fill(7)
np.add.at(net.bias, [0, 0], 1)
x = np.array([1.5, np.nan, -0.0], dtype=np.float32)
x[1] = np.inf
y = x.copy()
y[0] = 0
small = np.array(5)
small += 1
complex_ones = np.array([1 + 2j, 0])
complex_ones.real[1] = 4
windows = np.lib.stride_tricks.sliding_window_view(np.arange(5), 2)
flat = a.flat
flat[3] = 11
a = a[:2]
print(a.tolist(), net.bias, things, flags)
