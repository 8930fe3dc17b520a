def risky(k):
    seen = []
    try:
        seen.append("try")
        if k == 0:
            raise ValueError("zero")
        if k == 1:
            {}["missing"]
        if k == 2:
            return seen
    except ValueError as e:
        seen.append(e.args)
    except (KeyError, IndexError) as e:
        seen.append(str(e))
        raise RuntimeError("wrapped") from e
    else:
        seen.append("else")
    finally:
        seen.append("finally")
    return seen


for k in range(4):
    try:
        print(k, risky(k))
    except RuntimeError as err:
        cause = err.__cause__
        print(k, err, repr(cause))


def swallow():
    for i in range(3):
        try:
            raise OSError(i)
        except OSError:
            continue
        finally:
            if i == 1:
                break
    return i


def override():
    try:
        1 / 0
    finally:
        return "override"


def deep(n):
    if n == 0:
        raise LookupError("deep")
    deep(n - 1)


try:
    deep(3)
except LookupError as e:
    depth = 0
    tb = e.__traceback__
    while tb:
        depth += 1
        tb = tb.tb_next
print(swallow(), override(), depth)
