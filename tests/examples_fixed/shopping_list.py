"""Shopping lists for several people in one household."""


def add_item(name, basket=None):
    """Put one item into a basket; without a basket, start an empty one."""
    if basket is None:
        basket = []
    if name not in basket:
        basket.append(name)
    return basket


def show(person, basket):
    print(f"{person} buys {len(basket)} items: {', '.join(basket)}")


def main():
    anna = add_item("bread")
    add_item("milk", anna)
    add_item("apples", anna)
    ben = add_item("coffee")
    add_item("milk", ben)
    show("Anna", anna)
    show("Ben", ben)


if __name__ == "__main__":
    main()
