def work(i):
    if i % 2:
        raise ValueError(i)
    raise TypeError(i)


errs = []
for i in range(3):
    try:
        work(i)
    except Exception as e:
        errs.append(e)
caught = []
try:
    raise ExceptionGroup("many", errs)
except* ValueError as eg:
    caught.append(("v", len(eg.exceptions)))
except* TypeError as eg:
    caught.append(("t", len(eg.exceptions)))
else:
    caught.append("else")
finally:
    caught.append("finally")
try:
    try:
        raise ExceptionGroup("g", [OSError(1), KeyError(2)])
    except* OSError:
        caught.append("os")
except ExceptionGroup as rest:
    left = rest.exceptions
print(caught, left)
