größe = 3
日本 = ["値"]
日本.append(größe)


def añadir(número, *, δ=1):
    número += δ
    ñ = [número]
    return ñ


class Café:
    ключ = 1

    def __init__(self):
        self.naïve = []


ﬁ = 5
c = Café()
c.naïve.append(añadir(größe))
print(日本, c.naïve, Café.ключ, fi)
__private = 1
_ = [__private]


class M:
    __secret = []

    def __init__(self):
        self.__x = [1]
        self.__secret.append(self.__x)
        __local = 2
        self.y = __local


m = M()
print(_, m._M__x, m.y)
