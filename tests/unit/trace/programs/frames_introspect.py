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


print(caller())
print(inspect.getsource(who).splitlines()[0], inspect.signature(caller))
vars()["injected"] = [1]
injected.append(2)
print(injected)
