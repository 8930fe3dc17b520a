"""Averages and grades of a class, from the lines of a spreadsheet."""

TABLE = """\
Ines,18,14,20
Omar,9,12,15
Lea,17,19,16
"""


def read_table(text):
    """Map each name to the points of its tests."""
    book = {}
    for line in text.splitlines():
        name, *points = line.split(",")
        book[name] = points
    return book


def average(points):
    total = 0
    for point in points:
        total += int(point)
    return total / len(points)


def grade(mean):
    """A from 17 points, B from 14, C from 10, else D."""
    for letter, lowest in (("A", 17), ("B", 14), ("C", 10)):
        if mean >= lowest:
            return letter
    return "D"


def main():
    for name, points in read_table(TABLE).items():
        mean = average(points)
        print(f"{name:<6} {mean:5.2f}  {grade(mean)}")


if __name__ == "__main__":
    main()
