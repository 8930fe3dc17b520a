def to_celsius(fahrenheit):
    """
    >>> to_celsius(212)
    100.0
    >>> to_celsius(32)
    0.0
    """
    return fahrenheit - 32 * 5 / 9


def main():
    for degrees in (32, 50, 212):
        print(f"{degrees} F = {to_celsius(degrees):.1f} C")


main()
