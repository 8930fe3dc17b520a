# ruff: noqa: E501 - program texts and tables read better on long lines
"""Random small programs that mutate and alias everything they have. The same seed gives the same text."""

from __future__ import annotations

import random
from collections.abc import Callable

HEADER = """\
import functools
import heapq
from collections import defaultdict, deque

errors = []


class Node:
    made = []
    count = 0

    def __init__(self, value, kids=None):
        self.value = value
        self.kids = [] if kids is None else kids
        Node.count += 1

    def add(self, kid):
        self.kids.append(kid)
        return self

    def swap(self, other):
        self.kids, other.kids = other.kids, self.kids


class Slim:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a = a
        self.b = b


class Pile(list):
    def push(self, x):
        self.last = x
        self.append(x)


def each(xs):
    for x in list(xs)[:3]:
        got = yield x
        if got:
            xs.append(got)


def counter(store):
    n = 0

    def bump(by):
        nonlocal n
        n += by
        store.append(n)
        return store

    return bump
"""


class Writer:
    """Writes one program: functions that use earlier ones, then module code that calls them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.functions: list[tuple[str, int]] = []
        self.names: list[str] = []
        self.kinds: dict[str, str] = {}
        self.depth = 0
        self.indent = 0
        self.loops = 0
        self.fresh = 0

    def text(self) -> str:
        """The whole program."""
        for number in range(self.random.randint(2, 4)):
            self.function(f"f{number}")
        self.names, self.indent = [], 0
        self.opening()
        for _ in range(self.random.randint(8, 16)):
            self.statement()
        self.emit("print(len(errors), sorted(set(map(str, errors))), Node.count)")
        return HEADER + "\n".join(self.lines) + "\n"

    def emit(self, line: str) -> None:
        self.lines.append("    " * self.indent + line)

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def name(self) -> str:
        return self.random.choice(self.names)

    def like(self, kind: str) -> str:
        """A name that probably holds this kind of value; now and then any other, for the errors."""
        fitting = [n for n in self.names if self.kinds.get(n) == kind]
        return self.random.choice(fitting) if fitting and self.random.random() < 0.9 else self.name()

    def guess(self, text: str) -> str:
        """Kind of the value of an expression, by how it is written."""
        if text in self.kinds:
            return self.kinds[text]
        starts = {"[": "list", "{'k'": "dict", "{": "set", "Node": "node", "Slim": "slim", "Pile": "list",
                  "deque": "deque", "defaultdict": "dict", "list": "list"}  # fmt: skip
        return next((kind for start, kind in starts.items() if text.startswith(start)), "")

    def new_name(self) -> str:
        if len(self.names) > 6 or (self.names and self.random.random() < 0.4):
            return self.name()
        self.fresh += 1
        return f"v{self.fresh}"

    def bind(self, name: str) -> None:
        if name not in self.names:
            self.names.append(name)

    def opening(self) -> None:
        """A few names of each kind, so that the rest has something to work on."""
        for value in ("[1, 2, 3]", "{'a': [1], 'b': 2}", "Node(1)"):
            self.fresh += 1
            name = f"v{self.fresh}"
            self.emit(f"{name} = {value}")
            self.bind(name)
            self.kinds[name] = self.guess("{'k'" if value[0] == "{" else value)

    def function(self, name: str) -> None:
        """`def` with one to three parameters, a body and a return."""
        count = self.random.randint(1, 3)
        self.names = [f"p{i}" for i in range(count)]
        self.kinds = {name: self.pick("list", "dict", "node") for name in self.names}
        defaults = ["=[]"] if self.random.random() < 0.3 else []
        parameters = [*self.names[: count - len(defaults)], *(self.names[-1] + d for d in defaults)]
        self.emit("")
        self.emit("")
        self.emit(f"def {name}({', '.join(parameters)}):")
        self.indent = 1
        for _ in range(self.random.randint(2, 5)):
            self.statement()
        self.emit(f"return {self.expression()}")
        self.indent = 0
        self.functions.append((name, count))

    # -- expressions ---------------------------------------------------------------------------------------

    def atom(self) -> str:
        return self.pick("0", "1", "-2", "2.5", "'s'", "'key'", "None", "True", "10**20", "b'x'")

    def expression(self, depth: int = 0) -> str:
        if depth > 2 or not self.names or self.random.random() < 0.25:
            return self.atom()
        sub: Callable[[], str] = lambda: self.expression(depth + 1)  # noqa: E731
        x = self.name()
        return self.pick(
            x, x, x,
            f"[{sub()}, {sub()}]", f"({sub()}, {sub()})", f"{{'k': {sub()}, {self.random.randint(0, 3)}: {sub()}}}",
            f"{{{self.random.randint(0, 9)}, 'm', {self.random.randint(0, 9)}}}",
            f"Node({sub()})", f"Node({sub()}, [{sub()}])", f"Slim({sub()}, {sub()})", f"Pile([{sub()}])",
            f"deque([{sub()}], 3)", f"defaultdict(list, k=[{sub()}])", f"[{sub()} for _ in range(2)]",
            f"[w for w in {x}]", f"list({x})", f"{x}[:]", f"{x}[0]", f"{x}['a']", f"{x}.kids", f"{x}.value",
            f"len({x})", f"{x} + [{sub()}]", f"({sub()} if {x} else {sub()})", f"{x}.copy()", "bytearray(b'ab')",
            self.leaf(), self.call(),
        )  # fmt: skip

    def leaf(self) -> str:
        """What has no content of its own that is followed, and often no room for a weak reference."""
        number = self.random.randint(0, 9)
        return self.pick(f"range({number})", f"slice({number})", f"(lambda q={number}: q)", f"ValueError({number})")

    def call(self) -> str:
        if not self.functions:
            return self.atom()
        name, count = self.random.choice(self.functions)
        return f"{name}({', '.join(self.name() for _ in range(count))})"

    def place(self) -> str:
        """Something that can be assigned to."""
        lst, dct, node, slim = (self.like(k) for k in ("list", "dict", "node", "slim"))
        return self.pick(self.name(), f"{lst}[0]", f"{lst}[-1]", f"{dct}['a']", f"{node}.value", f"{node}.kids",
                         f"{slim}.a", f"{lst}[0:1]", f"{node}.kids[0]", f"{dct}['a'][0]", f"{node}.extra",
                         "Node.made", f"{dct}['k']", f"{lst}[1:]", f"{dct}[1]")  # fmt: skip

    # -- statements ----------------------------------------------------------------------------------------

    def statement(self) -> None:
        """One statement; what may raise is guarded."""
        self.depth += 1
        compound = [self.loop, self.branch, self.comprehension, self.generator, self.closure, self.guarded]
        if self.depth < 3 and self.random.random() < 0.3:
            self.random.choice(compound)()
        elif self.random.random() < 0.35:
            self.assign()
        else:
            self.guard([self.mutation() for _ in range(self.random.randint(1, 2))])
        self.depth -= 1

    def guard(self, lines: list[str]) -> None:
        self.emit("try:")
        if (
            len(lines) > 1
            and not any(line.startswith(("for ", "raise")) for line in lines)
            and self.random.random() < 0.4
        ):
            lines = ["; ".join(lines)]
        self.block(lines)
        self.emit("except Exception as e:")
        self.block(
            [self.pick("errors.append(type(e).__name__)", "errors.append(type(e).__name__); e = None")]
        )
        if self.random.random() < 0.2:
            self.emit("finally:")
            self.block([f"errors[:] = errors[-{self.random.randint(1, 4)}:]"])

    def block(self, lines: list[str]) -> None:
        self.indent += 1
        for line in lines:
            self.emit(line)
        self.indent -= 1

    def assign(self) -> None:
        target, value = self.new_name(), self.expression()
        self.emit(f"{target} = None" if target not in self.names else "pass")
        lines = [f"{target} = {value}"]
        if self.names and self.random.random() < 0.2:
            lines = [f"{target} = {self.name()} = {value}"]
        elif len(self.names) > 1 and self.random.random() < 0.2:
            lines = [f"{target}, {self.name()} = {self.name()}, {value}"]
        self.guard(lines)
        self.bind(target)
        self.kinds[target] = self.guess(value)

    def mutation(self) -> str:
        """A statement that changes something in place, or tries to."""
        kind = self.random.choice(("list", "list", "dict", "node", "other", "place"))
        x, y, value = self.like(kind), self.name(), self.expression(1)
        if kind == "list":
            return self.pick(
                f"{x}.append({value})", f"{x}.append({y})", f"{x}.insert(0, {value})", f"{x}.pop()", f"{x}.reverse()",
                f"{x}.extend([{value}])", f"{x}.clear()", f"del {x}[0]", f"del {x}[:1]", f"{x}.push({value})",
                f"{x}[0], {x}[-1] = {x}[-1], {x}[0]", f"list(map({x}.append, [1, {y}]))", f"{x}.remove({y})",
                f"heapq.heappush({x}, 0)", f"functools.reduce(lambda a, b: a.append(b) or a, [1, 2], {x})",
                f"[{x}.append(q) for q in (1, {value})]", f"exec('{x}.append(5)')", f"next(each({x}))", f"{x} *= 2",
                f"getattr({x}, 'append')({value})", f"list.append({x}, {value})", f"{x}[0].append({value})",
                f"max([{x}, {y}], key=lambda w: w.append(0) or 0)", f"{x}[{x}.index({y})] = {value}",
                f"{x}.sort(key=lambda w: len({x}))", f"{x}[::2] = [{value}]", f"{x} += [{y}]", f"{x}[-1] = {y}",
            )  # fmt: skip
        if kind == "dict":
            return self.pick(
                f"{x}.update(z={value})", f"{x}.setdefault('d', []).append({value})", f"{x}['n'] = [{y}]",
                f"del {x}['a']", f"{x}['n'].append({value})", f"{x} |= {{'u': {value}}}", f"{x}.pop('k')", f"{x}.popitem()",
                f"{x}.update({y})", f"{x}[{self.atom()}] = {y}", f"{x}.clear()", f"{x}['k'] += [{value}]",
                f"{x}.get('k').append({y})", f"for q in {x}.values(): q.append({value})", f"{x}.setdefault('me', {x})",
            )  # fmt: skip
        if kind == "node":
            return self.pick(
                f"{x}.kids.append({y})", f"{x}.add({y})", f"{x}.add({x})", f"{x}.swap({self.like('node')})",
                f"del {x}.value", f"setattr({x}, 'extra', {value})", f"{x}.__dict__['direct'] = {y}", f"{x}.value = {value}",
                f"vars({x}).update(more={value})", f"{x}.kids[0].add({y})", f"{x}.value.append({y})", f"{x}.kids = {y}",
                f"{x}.kids.clear()", f"delattr({x}, 'extra')", f"{x}.count += 1", "Node.count += 1", f"{x}.made.append(1)",
            )  # fmt: skip
        if kind == "other":
            return self.pick(
                f"{self.like('set')}.add({self.atom()})", f"{self.like('set')}.discard(1)", f"{self.like('slim')}.a = {y}",
                f"{self.like('deque')}.rotate(1)", f"{self.like('deque')}.appendleft({value})", f"Node.made.append({y})",
                f"Node.made = {x}", f"any({self.like('list')}.append(q) for q in [{value}])", f"assert {x}, 'empty'",
                f"raise KeyError({y})", self.call(), self.call(), self.call(), self.call(),
                f"print(len({self.like('list')}))", f"del {self.like('slim')}.b", "errors.append(len(errors))",
            )  # fmt: skip
        return self.pick(f"{self.place()} = {value}", f"{self.place()} = {y}", f"{self.place()} += [{value}]",
                         f"{self.place()} += 1", f"{self.place()} = {self.place()} = {value}",
                         f"{self.place()}, {self.place()} = {y}, {value}", f"for {self.place()} in [1, {y}]: pass")  # fmt: skip

    def loop(self) -> None:
        if self.loops > 1:
            return
        self.loops += 1
        name = self.new_name()
        if self.random.random() < 0.7:
            self.emit(f"{name} = None")
            self.bind(name)
            self.emit(
                f"for {name} in {self.pick('range(3)', '[[1], [2]]', '[Node(0), {}]', 'ab'.__repr__())}:"
            )
        else:
            name = f"n{len(self.lines)}"  # never a name the body could assign to: loops must end
            self.emit(f"{name} = 0")
            self.emit(f"while {name} < 2:")
            self.block([f"{name} += 1"])
        self.indent += 1
        kept = list(self.names)
        for _ in range(self.random.randint(1, 3)):
            self.statement()
        if self.random.random() < 0.3:
            self.emit(self.pick("continue", "break", f"if {self.name()}: break"))
        self.names = kept
        self.indent -= 1
        self.loops -= 1

    def branch(self) -> None:
        kept = list(self.names)
        self.emit(f"if {self.pick(self.name(), f'not {self.name()}', f'{self.name()} is {self.name()}')}:")
        self.nested()
        self.names = list(kept)
        self.emit("else:")
        self.nested()
        self.names = kept

    def nested(self) -> None:
        self.indent += 1
        for _ in range(self.random.randint(1, 2)):
            self.statement()
        self.indent -= 1

    def guarded(self) -> None:
        kept = list(self.names)
        self.emit("try:")
        self.nested()
        self.block([self.mutation()])
        self.names = kept
        self.emit("except (KeyError, IndexError) as e:")
        self.block([f"errors.append('key'); {self.name()}"])
        self.emit("except Exception:")
        self.block(["errors.append('other')"])
        self.emit("else:")
        self.block(["errors.append('fine')"])

    def comprehension(self) -> None:
        target, x = self.new_name(), self.name()
        self.emit(f"{target} = {target if target in self.names else None}")
        self.guard([self.pick(
            f"{target} = [[w, {x}] for w in range(2)]",
            f"{target} = {{w: {self.expression(2)} for w in range(2)}}",
            f"{target} = list({x} for w in range(2) if w)",
            f"{target} = [{x}.append(w) for w in range(2)]",
        )])  # fmt: skip
        self.bind(target)

    def generator(self) -> None:
        target, x = self.new_name(), self.name()
        self.emit(f"{target} = each({x} if isinstance({x}, list) else [{self.expression(2)}, {x}])")
        self.bind(target)
        self.guard([f"next({target})", self.pick(f"{target}.send({self.name()})", f"{target}.close()",
                                                 f"{target}.throw(KeyError('thrown'))", f"next({target})")])  # fmt: skip

    def closure(self) -> None:
        target, x = self.new_name(), self.name()
        self.emit(f"{target} = counter({x} if isinstance({x}, list) else [])")
        self.bind(target)
        self.guard([f"{target}(1)", f"{target}(2).append({self.name()})"])


def program(seed: int) -> str:
    """Text of the program for `seed`."""
    return Writer(seed).text()
