"""Small pieces of syntax tree: what probes look like in the program.

Runs inside the recorded process, so it builds `_ast` nodes itself instead of importing `ast`. The objects a
probe works with stand in its code as constants (placeholders until the code is compiled), so that no name of
ours can be seen, shadowed or overwritten.
"""

from __future__ import annotations

import _ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Placeholders: tuples too short for the places in them that are asked for, so that the compiler cannot work
# out what is there.
BUFFER, HELPERS, STACK, GATE = (("\0semduck " + name,) for name in ("buffer", "helpers", "stack", "gate"))
MARK = "\0semduck code"

# Places in the list of helpers.
(TYPE, INT, LEN, VALUE, RESULT, BOUND, FAILED, LEFT, HANDLED, AGAIN, EFFECTS, EFFECTS_LOCALS, OUTSIDE, PARENT,
 CLASS_NAMES, FREE, MODULE, STAR, WAITS, EXOTIC, FLYING, PENDING, DEEP, SHALLOW,
 DRAIN, FULL, PAUSE, FROZEN, HOLD, HALF, CHANGED, QUIET,
 SHARED, YIELDED, RESUMED, LATER, ENDED, BEGAN, CLOSED, BODY, BODY_ENDS, TRACED, DRAWN,
 IMPORTED) = range(1, 45)
LAST = IMPORTED
LOAD, STORE = _ast.Load(), _ast.Store()


def constant(value: Any) -> Any:
    return _ast.Constant(value=value)


def load(name: str) -> Any:
    return _ast.Name(id=name, ctx=LOAD)


def helper(number: int) -> Any:
    return _ast.Subscript(value=constant(HELPERS), slice=constant(number), ctx=LOAD)


def call(number: int, *arguments: Any) -> Any:
    """A call of one of our helpers."""
    return _ast.Call(func=helper(number), args=list(arguments), keywords=[])


def method(owner: tuple[str, ...], name: str, *arguments: Any) -> Any:
    return _ast.Call(func=_ast.Attribute(value=constant(owner), attr=name, ctx=LOAD), args=list(arguments),
                     keywords=[])


def method_of(place: int, name: str, *arguments: Any) -> Any:
    """A method of one of the lists among the helpers."""
    function = _ast.Attribute(value=helper(place), attr=name, ctx=LOAD)
    return _ast.Call(func=function, args=list(arguments), keywords=[])


def expression(node: Any) -> Any:
    return _ast.Expr(value=node)


def append(value: Any) -> Any:
    """BUFFER.append(value): an opcode of its own, which needs no stack and cannot fail."""
    return method(BUFFER, "append", value)


def mark(site: str) -> Any:
    """The mark of a probe, as an expression. A str, so that it is never taken for a value."""
    return append(constant(site))


def emit(value: Any) -> Any:
    """A mark (see Sites.add) or a value, as a statement."""
    return expression(mark(value) if isinstance(value, str) else append(value))


def is_same(left: Any, right: Any) -> Any:
    return _ast.Compare(left=left, ops=[_ast.Is()], comparators=[right])


def seen(name: str, how: int = VALUE) -> Any:
    """The value of a name as it goes to the log: an int as it is, all else through a helper."""
    exact = is_same(call(TYPE, load(name)), helper(INT))
    return _ast.IfExp(test=exact, body=load(name), orelse=call(how, load(name)))


def guarded(flag: int, action: Any) -> Any:
    """flag and action: the action runs only when that list among the helpers has something in it."""
    return _ast.BoolOp(op=_ast.And(), values=[helper(flag), action])


def breath() -> Any:
    """Once a round of a loop: wait for the list of probes to be emptied, when it is long."""
    return expression(guarded(FULL, call(PAUSE)))


def unless(flags: int, number: int, action: Any) -> Any:
    """flags[number] or action, of a list among the helpers"""
    flag = _ast.Subscript(value=helper(flags), slice=constant(number), ctx=LOAD)
    return _ast.BoolOp(op=_ast.Or(), values=[flag, action])


def after(value: Any, action: Any) -> Any:
    """(value, action)[0]: the action runs when the value is there."""
    return _ast.Subscript(value=_ast.Tuple(elts=[value, action], ctx=LOAD), slice=constant(0), ctx=LOAD)


def before(action: Any, value: Any) -> Any:
    """(action, value)[1]"""
    return _ast.Subscript(value=_ast.Tuple(elts=[action, value], ctx=LOAD), slice=constant(1), ctx=LOAD)


def attempt(body: list[Any], failed: list[Any], finally_: list[Any] | None = None) -> Any:
    """try: body / except: failed; raise / finally: finally_"""
    handler = _ast.ExceptHandler(type=None, name=None, body=[*failed, _ast.Raise(exc=None, cause=None)])
    return _ast.Try(body=body, handlers=[handler] if failed else [], orelse=[], finalbody=finally_ or [])


def at_line(line: int) -> Any:
    """A statement that stands there alone."""
    return _ast.Pass(lineno=line, end_lineno=line, col_offset=0, end_col_offset=0)


def place(nodes: Any, like: Any) -> Any:
    """Give every new node the position of `like`; nodes of the program keep theirs."""
    work = list(nodes) if isinstance(nodes, list) else [nodes]
    line, last, column, end = like.lineno, like.end_lineno, like.col_offset, like.end_col_offset
    while work:
        node: Any = work.pop()
        held = node.__dict__
        if held.get("lineno") is not None:
            continue
        if "lineno" in node._attributes:
            node.lineno, node.end_lineno, node.col_offset, node.end_col_offset = line, last, column, end
        for value in list(held.values()):
            if type(value) is list:
                work += [item for item in value if isinstance(item, _ast.AST)]
            elif isinstance(value, _ast.AST):
                work.append(value)
    return nodes
