"""Classes of libraries that the program has imported, found without importing anything.

Runs inside the recorded process.
"""

from __future__ import annotations

import sys

from ..kinds import in_c, module_dict, mro
from .parts import is_a

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def library(module: str, name: str) -> Any:
    """A name of a module that the program has imported, else None."""
    modules = sys.modules
    found = modules.get(module) if type(modules) is dict else None
    if found is None or type(sys) not in mro(type(found)):
        return None
    return module_dict(found).get(name)


def closed(module: str, name: str) -> Any:
    """The same, only when it is a class written in C: then its methods are not the program's."""
    found = library(module, name)
    return found if found is not None and is_a(found, type) and in_c(found) else None
