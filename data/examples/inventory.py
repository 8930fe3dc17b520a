"""What is in the store room, and what it is worth."""

STOCK = {"bolt": 250, "nut": 180, "washer": 400, "hinge": 12}
PRICES = {"bolt": 0.2, "nut": 0.1, "washer": 0.05, "hinge": 3.5}


def summary(stock, prices):
    """Number of pieces, their value, and the value of an average piece.

    >>> summary({"bolt": 3, "nut": 1}, {"bolt": 0.5, "nut": 0.5})
    (4, 2.0, 0.5)
    """
    sum = 0.0
    for name, count in stock.items():
        sum += count * prices[name]
    pieces = sum(stock.values())
    return pieces, sum, sum / pieces


def running_low(stock, limit):
    """Names of everything of which there are fewer than `limit` pieces."""
    return sorted(name for name, count in stock.items() if count < limit)


def main():
    pieces, value, average = summary(STOCK, PRICES)
    print(f"{pieces} pieces worth {value:.2f}, {average:.3f} each")
    for name in running_low(STOCK, 50):
        print(f"order more: {name}")


if __name__ == "__main__":
    main()
