"""Test modules that pytest rewrites get their probes before it rewrites their asserts.

Runs inside the recorded process. What pytest keeps in its cache of compiled test modules stays its own.
"""

from __future__ import annotations

import sys

from . import tested

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any

    from .install import Probes

WHEN = "_pytest.assertion.truncate"  # the module pytest loads after the one that rewrites


def hook(probes: Probes) -> bool:
    """Join in when pytest loads a test module. False when this pytest cannot be joined."""
    rewrite: Any = sys.modules.get("_pytest.assertion.rewrite")
    names = ("_read_pyc", "_write_pyc", "_rewrite_test", "rewrite_asserts")
    tested.watch(probes.recorder, probes.runs_pytest)
    if rewrite is None or any(not callable(getattr(rewrite, name, None)) for name in names):
        return False
    Joined(probes, rewrite)
    return True


class Joined:
    """Stands in for three functions of pytest's rewriter."""

    def __init__(self, probes: Probes, rewrite: Any) -> None:
        self.probes, self.rewrite = probes, rewrite
        self.plain: dict[int, tuple[CodeType, CodeType]] = {}  # by address: code with probes, without
        self.read, self.write, self.test = rewrite._read_pyc, rewrite._write_pyc, rewrite._rewrite_test
        rewrite._read_pyc, rewrite._write_pyc = self.read_pyc, self.write_pyc
        rewrite._rewrite_test = self.rewrite_test

    def read_pyc(self, source: Any, *rest: Any) -> CodeType | None:
        """Compiled code from pytest's cache, or rather the same with probes."""
        found: CodeType | None = self.read(source, *rest)
        return None if found is None else self._with_probes(source, found, self._config())

    def rewrite_test(self, source: Any, config: Any) -> tuple[Any, CodeType]:
        """Compiled code of a test module that is not in the cache."""
        about, found = self.test(source, config)
        return about, self._with_probes(source, found, config)

    def write_pyc(self, state: Any, code: CodeType, *rest: Any) -> Any:
        """Into the cache goes what pytest made."""
        return self.write(state, self.plain.pop(id(code), (code, code))[1], *rest)

    def _with_probes(self, source: Any, plain: CodeType, config: Any) -> CodeType:
        name = str(source)
        if not self.probes.recorder.register.is_user_file(name):
            return plain
        with open(name, "rb") as file:
            data = file.read()

        def asserts(tree: Any) -> Any:
            self.rewrite.rewrite_asserts(tree, data, name, config)
            return tree

        code = self.probes.instrument(data, name, asserts)
        if code is None:
            return plain
        self.plain[id(code)] = code, plain
        return code

    def _config(self) -> Any:
        """pytest's settings, as its import hook has them."""
        hooks = (h for h in sys.meta_path if type(h) is self.rewrite.AssertionRewritingHook)
        return getattr(next(hooks, None), "config", None)
