class AppError(Exception):
    def __init__(self, msg, data):
        super().__init__(msg)
        self.data = data


def low(xs):
    try:
        return xs[10]
    except IndexError:
        xs.append("low")
        raise


def mid(xs):
    try:
        low(xs)
    except IndexError as e:
        xs.append("mid")
        raise AppError("mid failed", xs) from e


def ctx():
    try:
        raise KeyError("first")
    except KeyError:
        try:
            int("x")
        except ValueError as second:
            return second.__context__


xs = []
try:
    mid(xs)
except AppError as e:
    e.data.append("top")
    e.add_note("a note")
    notes = e.__notes__
    kept = e
print(xs, notes, kept.data is xs, repr(ctx()))
try:
    try:
        raise TypeError("a")
    finally:
        xs.clear()
except TypeError as e:
    r = e.with_traceback(None)
err = ValueError("later", [1])
try:
    raise err
except ValueError as e2:
    e2.args[1].append(2)
    assert e2 is err
try:
    assert xs, "no xs"
except AssertionError as e:
    print(e, err.args)
