class Matrix:
    def __init__(self, rows):
        self.rows = rows

    def __getitem__(self, rc):
        r, c = rc
        return self.rows[r][c]

    def __setitem__(self, rc, v):
        r, c = rc
        self.rows[r][c] = v

    def __delitem__(self, r):
        del self.rows[r]

    def __contains__(self, v):
        return any(v in row for row in self.rows)

    def __len__(self):
        return len(self.rows)

    def __add__(self, o):
        return Matrix([a + b for a, b in zip(self.rows, o.rows)])

    def __neg__(self):
        return Matrix([[-v for v in r] for r in self.rows])

    def __call__(self, f):
        self.rows = [[f(v) for v in r] for r in self.rows]
        return self


m = Matrix([[1, 2], [3, 4]])
m[0, 1] = 20
m[1, 0] += 5
k = -(m + m)
del m[0]
m(lambda v: v * 10)
print(m.rows, k.rows, len(m), 40 in m)
