"""What a process is that the program starts: its words, read from the calls that start it.

Runs inside the recorded process, and runs none of the program's code: only exact str and bytes are read as
they are, and a Process object by the slots of multiprocessing's own class.
"""

from __future__ import annotations

from .kinds import Builtin, Function, Member, Method, mro, type_dict, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

MOST = 300  # characters
FAR = 25  # frames of the standard library between a fork and who asked for it
FORK, RUN, POOL, SYSTEM, BECOMES = "fork", "subprocess", "multiprocessing", "system", "exec"
TRACKER, SERVER = "resource tracker", "fork server"
OPTIMIZED = 1


def origin(frame: FrameType | None) -> tuple[str, str]:
    """(how, what) of a process that is about to be forked: from the standard library's calls below it."""
    for _ in range(FAR):
        if frame is None:
            break
        found = _told_by(frame, frame.f_code.co_filename, frame.f_code.co_name)
        if found is not None:
            return found
        frame = frame.f_back
    return FORK, ""


def _told_by(frame: FrameType, file: str, name: str) -> tuple[str, str] | None:
    if "multiprocessing/" in file:
        if name == "_launch" and "/popen_" in file:
            return POOL, process(_local(frame, "process_obj"))
        if file.endswith("/resource_tracker.py"):
            return POOL, TRACKER
        if file.endswith("/forkserver.py") and name == "ensure_running":
            return POOL, SERVER
    if name == "_spawnvef" and file.endswith(("/os.py", "<frozen os>")):
        return BECOMES, command(_local(frame, "args"))
    return None


def _local(frame: FrameType, name: str) -> Any:
    """A local name of a running frame. Before 3.13 python keeps the dict it gives: it is emptied again."""
    given = frame.f_locals
    value = given.get(name)
    if type(given) is dict and frame.f_code.co_flags & OPTIMIZED:
        given.clear()
    return value


def process(value: Any) -> str:
    """A multiprocessing.Process: its name and what it runs."""
    base = next((k for k in mro(type(value)) if type_name(k) == "BaseProcess"), None)
    slot = type_dict(base).get("__dict__") if base is not None else None
    if slot is None:
        return ""
    names = slot.__get__(value)
    target, name = dict.get(names, "_target"), dict.get(names, "_name")
    what = callee(target) if target is not None else str.__str__(type_name(type(value)))
    return f"{name[:MOST]}: {what}" if type(name) is str else what


def callee(value: Any) -> str:
    """The name of what is called."""
    if type(value) is Method:
        value = value.__func__
    if type(value) is Function or type(value) is Builtin:
        name: str = value.__qualname__
        return name[:MOST]
    return str.__str__(type_name(type(value)))


def command(arguments: Any) -> str:
    """A command as a shell would take it, its program without folders."""
    if type(arguments) not in (list, tuple):
        return word(arguments)
    words = [word(a) for a in arguments[:50]]
    if words and words[0][:1] == "/":
        words[0] = words[0].rpartition("/")[2]
    text = " ".join(words)
    return text if len(text) <= MOST else text[:MOST] + "…"


def line(value: str | bytes) -> str:
    """A command line that a shell is given."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    text = text.encode("utf-8", "replace").decode().replace("\n", " ")
    return text if len(text) <= MOST else text[:MOST] + "…"


def word(value: Any) -> str:
    """One word of it."""
    if type(value) is bytes:
        text = value[: MOST + 1].decode("utf-8", "replace")
    elif type(value) is str:
        text = value[: MOST + 1].encode("utf-8", "replace").decode()
    else:
        return path(value)
    plain = text and not any(c in " \t\n'\"$`\\|&;<>()*?#~" for c in text)
    return text if plain else "'" + text.replace("\n", " ").replace("'", "'\\''") + "'"


def path(value: Any) -> str:
    """A pathlib path, whose text python has just put into its slot; else the name of its type."""
    for kind in mro(type(value)):
        slot: Any = type_dict(kind).get("_str") if type_name(kind) == "PurePath" else None
        if type(slot) is Member:
            try:
                found = slot.__get__(value)
            except AttributeError:
                break
            if type(found) is str:
                return word(found)
    return f"<{str.__str__(type_name(type(value)))}>"
