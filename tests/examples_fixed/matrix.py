"""A few matrix operations on plain lists."""


def identity(size):
    """The matrix with ones on the diagonal and zeros elsewhere.

    >>> identity(2)
    [[1, 0], [0, 1]]
    """
    rows = [[0] * size for _ in range(size)]
    for i in range(size):
        rows[i][i] = 1
    return rows


def multiply(a, b):
    """Product of two matrices."""
    product = []
    inner, columns = range(len(b)), range(len(b[0]))
    for row in a:
        product.append([sum(row[k] * b[k][j] for k in inner) for j in columns])
    return product


def power(matrix, exponent):
    """The matrix multiplied with itself; the power 0 is the identity."""
    result = identity(len(matrix))
    for _ in range(exponent):
        result = multiply(result, matrix)
    return result


def main():
    step = [[1, 1], [1, 0]]
    for exponent in range(5):
        print(exponent, power(step, exponent))
    assert power(step, 1) == step, "the first power is the matrix itself"


if __name__ == "__main__":
    main()
