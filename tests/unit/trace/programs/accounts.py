class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        self.history = []

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self.balance += amount
        self.history.append(("deposit", amount))

    def transfer(self, other, amount):
        if amount > self.balance:
            raise RuntimeError(f"{self.owner} has only {self.balance}")
        self.balance -= amount
        other.deposit(amount)
        self.history.append(("transfer", other, amount))


bank = {name: Account(name, 10 * i) for i, name in enumerate(["ann", "bob", "eve"])}
bank["eve"].transfer(bank["ann"], 15)
errors = []
for giver, taker, amount in [("ann", "bob", 100), ("bob", "eve", 0), ("bob", "ann", 3)]:
    try:
        bank[giver].transfer(bank[taker], amount)
    except (RuntimeError, ValueError) as problem:
        errors.append(problem)
print({n: a.balance for n, a in bank.items()}, [str(e) for e in errors])
