"""What a customer wants to buy."""

from shop.catalogue import price_of


class Cart:
    """Counts by item name."""

    def __init__(self):
        self.counts = {}

    def add(self, name, count=1):
        self.counts[name] = self.counts.get(name, 0) + count

    def lines(self):
        """Pairs of a text and its amount in cents."""
        return [(f"{count} x {name}", count * price_of(name)) for name, count in self.counts.items()]

    def total(self):
        return sum(amount for _, amount in self.lines())
