import inspect
import sys


def who():
    caller = sys._getframe(1)
    names = sorted(caller.f_locals)
    return caller.f_code.co_name, names


def caller():
    a = [1]
    b = who()
    a.append(b)
    snapshot = dict(locals())
    return sorted(snapshot)


def writes():
    x = 1
    locals()["x"] = 2
    loc = locals()
    y = [x]
    return x, sorted(loc)


print(caller(), writes())
print(inspect.getsource(who).splitlines()[0], inspect.signature(caller))
print([f.function for f in inspect.stack() if f.filename == __file__])
vars()["injected"] = [1]
injected.append(2)
print(injected, sys.gettrace() is None)
