"""Short answers to "what did this statement change?", one for each statement, made when it first runs.

Runs inside the recorded process. A plan looks only at the element, key or attribute the statement wrote. It
answers False when it cannot: then the whole question is asked (Absorber.look).
"""

from __future__ import annotations

import _ast

from ..effects import path
from ..kinds import ATOM_IDS, Builtin, Function, Module, module_dict
from ..resolve import LAZY, MISSING
from ..tail import text_of
from . import writes
from .stores import Stores

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from ..effects import Effect, Path
    from .asks import Statement
    from .told import Told

    Values = tuple[Any, ...]  # of Statement.names
    Find = Callable[[Values, Mapping[str, Any]], Any]
    Action = Callable[[Values, Mapping[str, Any]], bool]


def stores(node: Any) -> list[tuple[str, Path, Any]] | None:
    """What a statement writes inside objects: ("item", path, index) | ("attr", path, name).

    None when some of it cannot be said so.
    """
    found: list[tuple[str, Path, Any]] = []
    for target in _targets(node):
        kind = type(target)
        if kind is _ast.Name:
            continue
        made = path(target)
        if made is None or made[0] == "n":
            return None
        base, last = made[1], made[2]
        if made[0] == "a":
            found.append(("attr", base, last))
        else:
            found.append(("item", base, ("k", last) if made[0] == "i" else last))
    return found


def _targets(node: Any) -> list[Any]:
    kind = type(node)
    work: list[Any] = list(node.targets) if kind is _ast.Assign else []
    if kind in (_ast.AugAssign, _ast.AnnAssign):
        work.append(node.target)
    found = []
    while work:
        target = work.pop(0)
        if type(target) in (_ast.Tuple, _ast.List):
            work[:0] = target.elts
        else:
            found.append(target)
    return found


BUILTINS: dict[str, Any] = globals()["__builtins__"]


class Plans:
    """Makes plans. `of(statement)` is called once for each."""

    def __init__(self, runtime: Told) -> None:
        self.runtime, self.resolver, self.heap = runtime, runtime.resolver, runtime.heap
        self.writes, self.stores = writes.Writes(runtime), Stores(runtime)

    def of(self, statement: Statement) -> Action | None:
        """A function of the values the question comes with, or None."""
        if statement.info.complex or statement.stores is None or statement.info.globals:
            return None
        used = {n for _, base, index in statement.stores for n in (*_names(base), *_names(index))}
        if used & statement.info.bound:
            return None
        actions: list[Action] = []
        for effect in statement.sure:
            if effect[0] == "shallow":
                continue  # one of the stores
            action = self._reading(statement, effect)
            if action is None:
                return None
            actions.append(action)
        # `a[i] += v` writes a[i], and may change what was there: plain values it cannot.
        writes = 2 if statement.augmented else len(statement.stores)
        if sum(1 for e in statement.sure if e[0] == "shallow") != writes:
            return None
        actions += [self._store(statement, store) for store in statement.stores]
        return _all(actions) if len(actions) > 1 else actions[0] if actions else None

    # -- finding -------------------------------------------------------------------------------------------

    def find(self, statement: Statement, where: Path) -> Find:
        """The object a path leads to, from the values of names; MISSING."""
        if where[0] == "n":
            return self._name(statement, where[1])
        if where[0] == "k":
            return lambda values, names, constant=where[1]: constant  # type: ignore[misc]
        if where[0] == "b":
            return self._arithmetic(statement, where)
        base = self.find(statement, where[1])
        if where[0] == "a":
            name, attribute = where[2], self.writes.attribute
            return lambda values, names: attribute(base(values, names), name)
        index = self.find(statement, ("k", where[2]) if where[0] == "i" else where[2])
        item = self.resolver._item
        return lambda values, names: item(base(values, names), index(values, names))

    def _name(self, statement: Statement, name: str) -> Find:
        if name in statement.names:
            place = statement.names.index(name)
            return lambda values, names: values[place]
        builtin = BUILTINS.get(name, MISSING)
        return lambda values, names: names.get(name, builtin)

    def _arithmetic(self, statement: Statement, where: Path) -> Find:
        left, right = self.find(statement, where[2]), self.find(statement, where[3])
        operation, index = where[1], self.resolver._index
        return lambda values, names: index(
            ("b", operation, ("k", left(values, names)), ("k", right(values, names))), {}, {})

    # -- actions -------------------------------------------------------------------------------------------

    def _store(self, statement: Statement, store: tuple[str, Path, Any]) -> Action:
        kind, base, last = store
        owner = self.find(statement, base)
        if kind == "attr":
            if last[:2] == "__" and last[-2:] != "__":  # python knows it under another name
                return lambda values, names: False
            attribute, plain, key = self.writes.set_attribute, statement.augmented, text_of(last)
            return lambda values, names: attribute(owner(values, names), last, key, plain)
        index, item, put = self.find(statement, last), self.writes.set_item, self.stores.put
        sure = self._surely(statement, base)
        if statement.augmented:  # an object that was there may have been changed in place
            return lambda values, names: item(owner(values, names), index(values, names))

        def action(values: Values, names: Mapping[str, Any]) -> bool:
            found, at = owner(values, names), index(values, names)
            return item(found, at) or (sure(values, names, found) and put(found, at))

        return action

    def _surely(self, statement: Statement, where: Path) -> Callable[[Values, Mapping[str, Any], Any], bool]:
        """Is what the path leads to the object that was seen there before?"""
        if where[0] == "n":
            return lambda values, names, found: True
        if where[0] == "a" and where[1][0] == "n":
            holder, holds, name = self.find(statement, where[1]), self.stores.holds, where[2]
            return lambda values, names, found: holds(holder(values, names), name, found)
        return lambda values, names, found: False

    def _reading(self, statement: Statement, effect: Effect) -> Action | None:
        """Calls, of which most change nothing here."""
        if effect[1] is None:
            return None
        kind, owner = effect[0], self.find(statement, effect[1])
        if kind == "method":
            return self._method(statement, effect, owner)
        if kind == "call":
            return _both(self._nothing_hidden(statement), self._call(owner))
        if kind == "bound":
            known: set[int] = set()
            return lambda values, names: self._bound(owner(values, names), effect[2], known)
        return None

    def _method(self, statement: Statement, effect: Effect, owner: Find) -> Action | None:
        name, alone = effect[2], len(statement.sure) == 1
        known: set[int] = set()
        writing = self._writing(statement, effect, owner) if alone else None
        hidden, state = self._nothing_hidden(statement), self.heap

        def action(values: Values, names: Mapping[str, Any]) -> bool:
            found = owner(values, names)
            cls = type(found)
            if id(cls) in known and statement.classes == state.class_changes:
                return True
            if writing is not None and (cls is list or cls is set):
                return writing(values, names)
            if cls is Module:
                return hidden(values, names) and self._module(found, name, known)
            if found is MISSING or self.resolver.method(found, name) != "nothing":
                return False
            if statement.classes != state.class_changes:
                known.clear()
                statement.classes = state.class_changes
            if id(cls) in state.layouts or id(cls) in ATOM_IDS:  # which keep the class alive
                known.add(id(cls))
            return True

        return action

    def _writing(self, statement: Statement, effect: Effect, owner: Find) -> Action | None:
        name, argument = effect[2], effect[3]
        if name == "append":
            return lambda values, names: self.writes.append(owner(values, names))
        if name == "pop" and argument is None and statement.no_arguments:
            return lambda values, names: self.writes.pop(owner(values, names))
        if name == "add" and argument is not None:
            element = self.find(statement, argument)
            return lambda values, names: self.writes.add(owner(values, names), element(values, names))
        return None

    def _module(self, module: Any, name: str, known: set[int]) -> bool:
        function = module_dict(module).get(name, MISSING)
        if id(function) in known:
            return True
        if self.resolver.method(module, name) != "nothing":
            return False
        if type(function) is Builtin:
            known.add(id(function))
            self.runtime.kept.append(function)
        return True

    def _call(self, function: Find) -> Action:
        known: list[Any] = [None]

        def action(values: Values, names: Mapping[str, Any]) -> bool:
            found = function(values, names)
            what = found.__code__ if type(found) is Function else found
            if what is known[0]:
                return True
            if found is MISSING or self.resolver.call(found) != "nothing":
                return False
            if type(found) is Function or id(found) in self.heap.layouts:
                known[0] = what
            return True

        return action

    def _bound(self, owner: Any, name: str, known: set[int]) -> bool:
        if id(type(owner)) in known:
            return True
        if owner is MISSING or self.resolver.method(owner, name) in ("append", "shallow"):
            return False
        if id(type(owner)) in self.heap.layouts:
            known.add(id(type(owner)))
        return True

    @staticmethod
    def _nothing_hidden(statement: Statement) -> Action:
        """Is none of the names a lazy map or a bound method of C code, which hide what they change?"""
        others = [r for r in statement.info.roots if r not in statement.names]

        def action(values: Values, names: Mapping[str, Any]) -> bool:
            for value in (*values, *(names.get(n) for n in others)):
                kind = type(value)
                if id(kind) in LAZY or (kind is Builtin and type(value.__self__) is not Module):
                    return False
            return True

        return action


def _both(one: Action, other: Action) -> Action:
    return lambda values, names: one(values, names) and other(values, names)


def _all(actions: list[Action]) -> Action:
    return lambda values, names: all([action(values, names) for action in actions])


def _names(where: Any) -> set[str]:
    """Names in a path or an index."""
    if type(where) is not tuple:
        return set()
    if where[0] == "n":
        return {where[1]}
    return {n for part in where[1:] for n in _names(part)}
