price = "12"
count = 3


def label(total):
    return "total: " + total


total = int(price) * count
print(label(total))
