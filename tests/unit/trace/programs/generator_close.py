def res(name, log):
    log.append("open " + name)
    try:
        while True:
            yield name
    except GeneratorExit:
        log.append("exit " + name)
        raise
    finally:
        log.append("closed " + name)


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2


log = []
a = res("a", log)
b = res("b", log)
next(a)
next(b)
a.close()
del b
s = stubborn()
next(s)
try:
    s.close()
except RuntimeError as e:
    print(e)


def early():
    for x in res("loop", log):
        if x:
            return x


print(early(), log)
never = res("never", log)
never.close()
