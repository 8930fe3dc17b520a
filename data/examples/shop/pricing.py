"""Shipping and the bill. Amounts are in cents."""

FREE_SHIPPING_FROM = 5000
SHIPPING = 490


def shipping(total):
    """Orders of 50.00 and more are sent for free.

    >>> shipping(5000)
    0
    >>> shipping(4999)
    490
    """
    if total > FREE_SHIPPING_FROM:
        return 0
    return SHIPPING


def bill(cart):
    """All lines of the bill: the items, the shipping, the sum."""
    total = cart.total()
    cost = shipping(total)
    return [*cart.lines(), ("shipping", cost), ("to pay", total + cost)]
