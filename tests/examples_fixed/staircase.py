"""In how many ways can a staircase be climbed, one or two steps at a time?"""


def ways(steps):
    """Count the ways to climb exactly `steps` steps.

    >>> ways(4)
    5
    """
    if steps < 0:
        return 0
    if steps == 0:
        return 1
    return ways(steps - 1) + ways(steps - 2)


def describe(steps):
    count = ways(steps)
    plural = "way" if count == 1 else "ways"
    return f"{steps} steps: {count} {plural}"


def main():
    for steps in range(1, 7):
        print(describe(steps))


if __name__ == "__main__":
    main()
