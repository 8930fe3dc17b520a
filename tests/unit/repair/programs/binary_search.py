def position(items, wanted):
    low, high = 0, len(items)
    while low < high:
        middle = (low + high) // 2
        if items[middle] < wanted:
            low = middle
        else:
            high = middle
    return low


for wanted in (2, 5, 12):
    print(wanted, position([1, 2, 4, 5, 9], wanted))
