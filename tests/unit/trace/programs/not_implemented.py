"""Values whose truth must not be asked, objects whose dict must not be made."""

import functools
import warnings

warnings.simplefilter("error")


def kept(value):
    held = value
    held = held if held is NotImplemented else None
    xs, held = [held], held
    held = xs.sort(key=id) or held
    return held


one = functools.partial(int, base=2)
two = functools.partial(one, base=3)
print(kept(NotImplemented), two.func is int, two.args)
