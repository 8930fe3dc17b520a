class Cart:
    def __init__(self):
        self.items, self.total = [], 0
    def add(self, price):
        self.items.append(price)
        if len(self.items) > 10:
            self.items.pop(0)
        self.total += price
early = ["never", "changed", "again"]
cart, rounds = Cart(), 0
while True:
    rounds += 1
    cart.add(rounds % 17)
    last = cart.items[-3:]
    print("round", rounds)
