"""Exceptions raised while others are handled: context, cause, and neither."""

kept = []


def fail(kind, handled):
    try:
        raise handled
    except type(handled):
        raise kind("second")


for kind in (KeyError, ValueError):
    try:
        fail(kind, TypeError("first"))
    except Exception as error:
        kept.append(error)
try:
    try:
        1 / 0
    except ZeroDivisionError:
        raise OSError(2, "none") from None
except OSError as error:
    kept.append(error)
try:
    try:
        {}["k"]
    except KeyError as inner:
        raise ValueError("outer") from inner
except ValueError as error:
    kept.append(error)
    error.__cause__ = None
    error.__suppress_context__ = False
    error.add_note("note")
made = ValueError("loose")
made.__context__ = kept[0]
kept[0].extra = [1]
kept[0].extra.append(2)
made.__context__ = None
print(len(kept), made)
