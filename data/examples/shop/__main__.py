"""Fill a cart and print the bill: python -m shop [ITEM=COUNT ...]"""

import sys

from shop.cart import Cart
from shop.pricing import bill

DEFAULT_ORDER = ["tea=3", "honey=2", "mug=1"]


def main(order):
    cart = Cart()
    for wish in order:
        name, _, count = wish.partition("=")
        cart.add(name, int(count or 1))
    for text, amount in bill(cart):
        print(f"{text:<16} {amount / 100:>7.2f}")


main(sys.argv[1:] or DEFAULT_ORDER)
