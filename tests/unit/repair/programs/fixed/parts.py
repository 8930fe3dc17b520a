price = "12"
count = 3


def label(total):
    return "total: " + str(total)


total = int(price) * count
print(label(total))
