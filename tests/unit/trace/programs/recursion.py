def fact(n):
    return 1 if n < 2 else n * fact(n - 1)


def hanoi(n, a, b, c, moves):
    if n:
        hanoi(n - 1, a, c, b, moves)
        moves.append((a, c))
        b, a = a, b
        hanoi(n - 1, a, b, c, moves)


def perms(xs, pre=None, out=None):
    out = [] if out is None else out
    pre = pre or []
    if not xs:
        out.append(pre[:])
    for i in range(len(xs)):
        pre.append(xs[i])
        perms(xs[:i] + xs[i + 1:], pre, out)
        pre.pop()
    return out


def even(n):
    return n == 0 or odd(n - 1)


def odd(n):
    return n != 0 and even(n - 1)


m = []
hanoi(2, "A", "B", "C", m)
print(fact(5), m, perms([1, 2]), even(3))
