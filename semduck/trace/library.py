"""What functions of the standard library do to what they are given, where that is known: mostly nothing.

Runs inside the recorded process. Without this, a call of library code makes the recorder look again at
whatever its arguments lead to: `random.choice(nodes)` at every node. Code of the program that such a function
calls is recorded by itself. A function is what its code object says, so that nobody can pass for one.
"""

from __future__ import annotations

import os

from .kinds import Function, in_c, type_dict, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOLDER = os.path.dirname(os.__file__) + os.sep  # of the library's own code
FROZEN = "<frozen "
# Modules, by the names of their functions and methods; "*": all but the further ones.
_KNOWN = """
base64: * encode decode
calendar: *
colorsys: *
copy: copy
dataclasses: replace asdict astuple fields is_dataclass field
difflib: *
fnmatch: *
fractions: *
genericpath: *
glob: *
hashlib: * file_digest
heapq: nlargest nsmallest
html: *
inspect: *
json: * load
json.decoder: *
json.encoder: *
logging: debug info warning error critical exception log getLogger isEnabledFor
math: *
ntpath: *
numbers: *
os: *
pathlib: *
pathlib._local: *
pathlib._abc: *
platform: *
posixpath: *
pprint: *
random: * shuffle seed setstate
re: *
reprlib: *
shlex: split join quote
statistics: *
string: *
textwrap: *
typing: *
urllib.parse: *
uuid: *
"""
FUNCTIONS = {line.partition(":")[0]: frozenset(line.partition(":")[2].split())
             for line in _KNOWN.split("\n") if line}
FIRST = {"random": frozenset({"shuffle"})}  # change their first argument, and nothing below it
ASSERTS = "unittest.case"
# Classes that keep what they are made from, and do not change it.
MAKERS = frozenset("""
datetime decimal fractions itertools operator pathlib pathlib._local random re string uuid
""".split())
# Callable objects of C code, by module and class: Python may make these classes anew for the program.
HARMLESS = frozenset(
    {("functools", "_lru_cache_wrapper"), ("operator", "itemgetter"), ("operator", "attrgetter")})
PARTIAL = "functools", "partial"


def of_function(function: Any) -> str:
    """What a function written in Python does to its arguments: nothing, first (to the first one), deep."""
    code = function.__code__
    if not _is_library(code):
        return "deep"
    module, name = dict.get(function.__globals__, "__name__"), code.co_name
    if type(module) is not str:
        return "deep"
    if name in FIRST.get(module, ()):
        return "first"
    names = FUNCTIONS.get(module)
    if names is None:
        return "nothing" if module == ASSERTS and name.startswith("assert") else "deep"
    return "nothing" if (name in names) != ("*" in names) else "deep"


def of_class(cls: type) -> str:
    """What making an instance of a class that is not the program's does to the arguments."""
    module = type_dict(cls).get("__module__")
    if type(module) is not str or module not in MAKERS:
        return "deep"
    return "nothing" if in_c(cls) or _made_by_library(cls) else "deep"


def _made_by_library(cls: type) -> bool:
    """Is a method of it of the library's code?"""
    for value in list(type_dict(cls).values()):
        if type(value) is Function:
            return _is_library(value.__code__)
    return False


def _is_library(code: Any) -> bool:
    return str.startswith(code.co_filename, (FOLDER, FROZEN))


def of_other(function: Any) -> Any:
    """The same for what else can be called; of functools.partial, the function it is made of."""
    kind = type(function)
    if not in_c(kind):
        return "deep"
    names = type_dict(kind)
    what = names.get("__module__"), type_name(kind)
    if what == PARTIAL:
        return names["func"].__get__(function)
    return "nothing" if what in HARMLESS else "deep"
