"""A savings account that prints its statement."""


class Account:
    """Money of one owner; every movement is remembered."""

    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        self.movements = []

    def deposit(self, amount):
        self.balance += amount
        self.movements.append(("deposit", amount))

    def withdraw(self, amount):
        """Take money out. Raises ValueError when there is not enough."""
        if amount > self.balance:
            raise ValueError(f"{self.owner} has only {self.balance}")
        self.balance -= amount
        self.movements.append(("withdrawal", -amount))

    def statement(self):
        """The movements and the balance, as lines of text."""
        lines = [f"Account of {self.owner}"]
        for kind, amount in self.moves:
            lines.append(f"  {kind:<10} {amount:>6}")
        lines.append(f"  {'balance':<10} {self.balance:>6}")
        return "\n".join(lines)


def main():
    account = Account("Noor", 50)
    account.deposit(200)
    account.withdraw(30)
    print(account.statement())


if __name__ == "__main__":
    main()
