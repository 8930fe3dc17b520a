class Account:
    count = 0
    history = []

    def __init__(self, owner):
        self.owner = owner
        self._balance = 0
        Account.count += 1

    @property
    def balance(self):
        print("get")
        return self._balance

    @balance.setter
    def balance(self, v):
        print("set", v)
        self.history.append((self.owner, v))
        self._balance = v

    @balance.deleter
    def balance(self):
        del self._balance

    @classmethod
    def make(cls, n):
        return [cls(str(i)) for i in range(n)]

    @staticmethod
    def help():
        local = "static"
        return local


a, b = Account.make(2)
a.balance = 5
a.balance += 10
b.count = 77
del a.balance
Account.history = Account.history[:]
Account.extra = {"x": a}
print(Account.count, b.count, a.history, Account.help())
