from contextlib import ExitStack, contextmanager, suppress


class Ctx:
    def __init__(self, name, log, swallow=False):
        self.name, self.log, self.swallow = name, log, swallow

    def __enter__(self):
        self.log.append("+" + self.name)
        return self

    def __exit__(self, t, v, tb):
        self.log.append(f"-{self.name} {t and t.__name__}")
        return self.swallow


@contextmanager
def managed(log):
    log.append("setup")
    try:
        yield log
    finally:
        log.append("teardown")


log = []
with Ctx("a", log) as a, Ctx("b", log):
    log.append("body")
with Ctx("s", log, True):
    raise ValueError("gone")
with managed(log) as m:
    m.append("in")
with suppress(KeyError):
    {}["x"]
with ExitStack() as st:
    for i in range(2):
        st.enter_context(Ctx(str(i), log))
try:
    with managed(log):
        1 / 0
except ZeroDivisionError:
    log.append("out")


def ret():
    with Ctx("r", log):
        return len(log)


n = ret()
print(log, n)
