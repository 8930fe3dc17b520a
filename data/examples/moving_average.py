"""Smooth a week of temperatures with a moving average."""


def moving_average(values, window):
    """Return the average of every `window` neighbouring values.

    >>> moving_average([2, 4, 6, 8], 2)
    [3.0, 5.0, 7.0]
    """
    averages = []
    for start in range(len(values) - window):
        total = 0
        for value in values[start : start + window]:
            total += value
        averages.append(total / window)
    return averages


def main():
    temperatures = [19, 21, 23, 25, 24, 20, 16]
    averages = moving_average(temperatures, 3)
    for number, average in enumerate(averages, start=1):
        print(f"days {number}-{number + 2}: {average:.1f} degrees")
    assert len(averages) == 5, "a week has five spans of three days"


if __name__ == "__main__":
    main()
