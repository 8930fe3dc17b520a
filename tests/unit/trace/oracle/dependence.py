"""Small random programs, and an interpreter for them that carries the slice of every value along.

The slice of a value is the set of executed lines (by their number in the order of execution) that made it. It
is worked out forwards, from the values up, while `Recording.slice` works backwards from a log.
"""

from __future__ import annotations

import ast
import random
from typing import Any

Lines = frozenset[int]
NONE: Lines = frozenset()
HEADERS = (ast.If, ast.While, ast.For)
OPERATORS = {ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b % 97}
ORDER = {ast.Lt: lambda a, b: a < b, ast.Eq: lambda a, b: a == b, ast.Gt: lambda a, b: a > b}


class Jump(Exception):
    """break, continue or return under way."""

    def __init__(self, kind: str, value: Any = None) -> None:
        self.kind, self.value = kind, value


class Cell:
    """A list: (value, slice) of each element."""

    def __init__(self, items: list[tuple[Any, Lines]]) -> None:
        self.items = items


class Frame:
    """Names of a call, and why it runs."""

    def __init__(self, entry: Lines) -> None:
        self.names: dict[str, tuple[Any, Lines]] = {}
        self.entry = entry
        self.ran: list[tuple[ast.stmt, int]] = []  # headers as they ran
        self.why: dict[int, Lines] = {}  # header instance -> its slice


class Interpreter:
    """`lines`: of every executed statement; `names`: (value, slice) of the module's names at the end."""

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)
        self.lines: list[int] = []
        self.functions: dict[str, ast.FunctionDef] = {}
        self.module = Frame(NONE)
        self.block(self.tree.body, self.module, NONE)

    @property
    def names(self) -> dict[str, tuple[Any, Lines]]:
        return self.module.names

    # -- statements ----------------------------------------------------------------------------------------

    def block(self, body: list[ast.stmt], frame: Frame, control: Lines) -> None:
        """Statements one after the other; what might have jumped away is a reason for what follows."""
        for node in body:
            since = len(frame.ran)
            self.statement(node, frame, control)
            control |= self.guards(node, frame, since, outside=True)

    def guards(self, node: ast.stmt, frame: Frame, since: int, outside: bool) -> Lines:
        """Why the jumps in a statement were not taken: the headers around them, as they ran last."""
        pending = {id(h): h for h in jump_headers(node, outside)}
        found = NONE
        for header, instance in reversed(frame.ran[since:]):
            if id(header) in pending:
                found |= frame.why[instance]
            for inner in ast.walk(header):
                pending.pop(id(inner), None)
        return found

    def begin(self, node: ast.stmt) -> int:
        self.lines.append(node.lineno)
        return len(self.lines) - 1

    def statement(self, node: ast.stmt, frame: Frame, control: Lines) -> None:
        if isinstance(node, ast.While):
            return self.loop_while(node, frame, control)
        if isinstance(node, ast.For):
            return self.loop_for(node, frame, control)
        at = self.begin(node)
        why = control | frame.entry | {at}
        if isinstance(node, ast.If):
            value, made = self.value(node.test, frame, why)
            frame.ran.append((node, at))
            frame.why[at] = made | why
            self.block(node.body if value else node.orelse, frame, control | frame.why[at])
        elif isinstance(node, ast.FunctionDef):
            self.functions[node.name] = node
        elif isinstance(node, (ast.Break, ast.Continue)):
            raise Jump(type(node).__name__)
        elif isinstance(node, ast.Return):
            value, made = self.value(node.value, frame, why)
            raise Jump("Return", (value, made | why))
        else:
            self.simple(node, frame, why)
        return None

    def simple(self, node: ast.stmt, frame: Frame, why: Lines) -> None:
        if isinstance(node, ast.Assign):
            target = node.targets[0]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                values = [self.value(v, frame, why) for v in node.value.elts]
                for part, (value, made) in zip(target.elts, values, strict=True):
                    self.store(part, value, made | why, frame, why)
                return
            value, made = self.value(node.value, frame, why)
            self.store(target, value, made | why, frame, why)
        elif isinstance(node, ast.AugAssign):
            old, before = self.value(as_load(node.target), frame, why)
            value, made = self.value(node.value, frame, why)
            self.store(node.target, OPERATORS[type(node.op)](old, value), before | made | why, frame, why)
        elif isinstance(node, ast.Expr):
            self.value(node.value, frame, why)

    def store(self, target: ast.expr, value: Any, made: Lines, frame: Frame, why: Lines) -> None:
        if isinstance(target, ast.Name):
            frame.names[target.id] = (value, made)
            return
        assert isinstance(target, ast.Subscript)
        held, way = self.value(target.value, frame, why)
        index, chosen = self.value(target.slice, frame, why)
        held.items[index] = (value, made | way | chosen)

    def loop_while(self, node: ast.While, frame: Frame, control: Lines) -> None:
        carried = NONE
        while True:
            at = self.begin(node)
            why = control | frame.entry | carried | {at}
            value, made = self.value(node.test, frame, why)
            frame.ran.append((node, at))
            frame.why[at] = made | why
            if not value or not self.turn(node, frame, control | frame.why[at]):
                return
            carried = self.guards(node, frame, len(frame.ran) - self.since(frame, at), outside=False)

    def loop_for(self, node: ast.For, frame: Frame, control: Lines) -> None:
        carried = start = NONE
        values: Any = None
        while True:
            at = self.begin(node)
            why = control | frame.entry | carried | {at}
            if values is None:
                count, made = self.value(node.iter.args[0], frame, why)  # type: ignore[attr-defined]
                values, start = iter(range(count)), made | why
            frame.ran.append((node, at))
            frame.why[at] = start | why
            value = next(values, None)
            if value is None:
                return
            frame.names[node.target.id] = (value, frame.why[at])  # type: ignore[attr-defined]
            if not self.turn(node, frame, control | frame.why[at]):
                return
            carried = self.guards(node, frame, len(frame.ran) - self.since(frame, at), outside=False)

    @staticmethod
    def since(frame: Frame, at: int) -> int:
        """How many headers ran after instance `at`."""
        return sum(1 for _, instance in frame.ran if instance > at)

    def turn(self, node: ast.While | ast.For, frame: Frame, control: Lines) -> bool:
        try:
            self.block(node.body, frame, control)
        except Jump as jump:
            if jump.kind == "Return":
                raise
            return jump.kind == "Continue"
        return True

    # -- expressions ---------------------------------------------------------------------------------------

    def value(self, node: Any, frame: Frame, why: Lines) -> tuple[Any, Lines]:
        if isinstance(node, ast.Constant):
            return node.value, NONE
        if isinstance(node, ast.Name):
            found = frame.names.get(node.id) or self.module.names[node.id]
            return found
        if isinstance(node, (ast.BinOp, ast.Compare)):
            right = node.right if isinstance(node, ast.BinOp) else node.comparators[0]
            one, first = self.value(node.left, frame, why)
            other, second = self.value(right, frame, why)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
                return one % other, first | second
            table: Any = OPERATORS if isinstance(node, ast.BinOp) else ORDER
            operator = node.op if isinstance(node, ast.BinOp) else node.ops[0]
            return table[type(operator)](one, other), first | second
        if isinstance(node, ast.List):
            values = [self.value(e, frame, why) for e in node.elts]
            made = why.union(*(m for _, m in values))  # a statement makes all its elements
            return Cell([(v, made) for v, _ in values]), NONE
        if isinstance(node, ast.Subscript):
            held, way = self.value(node.value, frame, why)
            index, chosen = self.value(node.slice, frame, why)
            value, made = held.items[index]
            return value, made | way | chosen
        return self.call(node, frame, why)

    def call(self, node: ast.Call, frame: Frame, why: Lines) -> tuple[Any, Lines]:
        name = node.func.id  # type: ignore[attr-defined]
        values = [self.value(a, frame, why) for a in node.args]
        if name == "sum":
            held, way = values[0]
            return sum(v for v, _ in held.items), way.union(*(m for _, m in held.items))
        function = self.functions[name]
        inner = Frame(why)
        for parameter, (value, made) in zip(function.args.args, values, strict=True):
            inner.names[parameter.arg] = (value, made | why)
        try:
            self.block(function.body, inner, NONE)
        except Jump as jump:
            return jump.value
        return None, NONE


def as_load(target: ast.expr) -> Any:
    return target


def jump_headers(node: ast.stmt, outside: bool) -> list[ast.stmt]:
    """Headers in a statement around a jump that leaves it (outside), or that leaves this loop."""
    found = []
    for header in ast.walk(node):
        if isinstance(header, HEADERS) and (outside or header is not node):
            if any(leaves(header, jump, node, outside) for jump in ast.walk(header)):
                found.append(header)
    return found


def leaves(header: ast.AST, jump: ast.AST, node: ast.stmt, outside: bool) -> bool:
    if isinstance(jump, ast.Return):
        return True
    if not isinstance(jump, (ast.Break, ast.Continue)) or (isinstance(jump, ast.Continue) and not outside):
        return False
    loops = [n for n in ast.walk(node) if isinstance(n, (ast.For, ast.While)) and jump in ast.walk(n)]
    return len(loops) == (0 if outside else 1)


# -- programs ----------------------------------------------------------------------------------------------


class Generator:
    """Random programs of one statement a line that end."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.text: list[str] = []
        self.counters = 0

    def program(self) -> str:
        for name in ("f", "g"):
            self.text.append(f"def {name}(a, b):")
            self.names = ["a", "b"]
            self.body(1, 3, False, True)
            self.text.append(f"    return {self.expression()}")
        self.names = ["a", "b", "c"]
        wrapped = self.random.random() < 0.5
        if wrapped:
            self.text.append("def h(a, b, c):")
        depth = int(wrapped)
        self.text += [
            "    " * depth + "xs = [a, 1, b]" if wrapped else line
            for line in (["xs"] if wrapped else ["a = 1", "b = 2", "c = 3", "xs = [a, 4, b]"])
        ]
        self.lists = True
        self.body(depth, 7, False, wrapped)
        if wrapped:
            self.text += ["    return a + xs[1]", "a = h(3, 1, 2)", "b = a", "c = b + 1", "xs = [a, b, 0]"]
        return "\n".join([*self.text, "done = 1", ""])

    lists = False

    def expression(self, deep: int = 2) -> str:
        pick = self.random.random()
        if deep == 0 or pick < 0.35:
            return self.random.choice([*self.names, str(self.random.randrange(6))])
        if pick < 0.5 and self.lists:
            return f"xs[{self.index()}]" if self.random.random() < 0.8 else "sum(xs)"
        if pick < 0.62 and len(self.text) > 12 and self.lists:
            return f"{self.random.choice('fg')}({self.expression(deep - 1)}, {self.expression(0)})"
        return f"{self.expression(deep - 1)} {self.random.choice('+-')} {self.expression(deep - 1)}"

    def index(self) -> str:
        return self.random.choice(["0", "1", "2", f"{self.random.choice(self.names)} % 3"])

    def test(self) -> str:
        return f"{self.expression(1)} {self.random.choice(['<', '==', '>'])} {self.expression(1)}"

    def body(self, depth: int, count: int, loop: bool, function: bool) -> None:
        for _ in range(self.random.randint(2, count) if count > 2 else 2):
            self.statement(depth, count, loop, function)

    def statement(self, depth: int, count: int, loop: bool, function: bool) -> None:
        pad, pick = "    " * depth, self.random.random()
        name = self.random.choice(self.names)
        if pick < 0.3 or depth > 3:
            self.text.append(f"{pad}{name} = {self.expression()}")
        elif pick < 0.4:
            self.text.append(f"{pad}{name} += {self.expression(1)}")
        elif pick < 0.5 and self.lists:
            self.text.append(f"{pad}xs[{self.index()}] = {self.expression()}")
        elif pick < 0.57:
            one, other = self.random.sample(self.names, 2)
            self.text.append(f"{pad}{one}, {other} = {other}, {self.random.choice(self.names)}")
        elif pick < 0.77:
            self.branch(depth, count, loop, function)
        elif pick < 0.88:
            self.counters += 1
            self.text.append(f"{pad}for i{self.counters} in range({name} % 4):")
            self.body(depth + 1, count - 1, True, function)
        else:
            self.counters += 1
            self.text.append(f"{pad}w{self.counters} = 0")
            self.text.append(f"{pad}while w{self.counters} < {self.random.choice(['3', name + ' % 4'])}:")
            self.text.append(f"{pad}    w{self.counters} += 1")
            self.body(depth + 1, count - 1, True, function)

    def branch(self, depth: int, count: int, loop: bool, function: bool) -> None:
        pad = "    " * depth
        self.text.append(f"{pad}if {self.test()}:")
        self.body(depth + 1, count - 1, loop, function)
        if self.random.random() < 0.3 and (loop or function):
            jumps = ["break", "continue"] if loop else []
            jumps += [f"return {self.expression(1)}"] if function else []
            self.text.append(f"{pad}    {self.random.choice(jumps)}")
        elif self.random.random() < 0.5:
            self.text.append(f"{pad}else:")
            self.body(depth + 1, count - 1, loop, function)
