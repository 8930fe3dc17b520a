def gcd(a, b):
    """
    >>> gcd(12, 18)
    6
    >>> gcd(7, 5)
    1
    """
    if b == 0:
        return a
    return gcd(b, a % b)


print(gcd(12, 18))
