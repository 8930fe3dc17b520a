"""A python process that a followed program has started joins in: startup/sitecustomize.py calls `join`.

Runs inside the recorded process. Python has been started as the program wanted it, so the main program is
followed by sys.settrace; the modules it imports have probes.
"""

from __future__ import annotations

import os
import sys

from semduck.trace import child, forks
from semduck.trace.offspring import Offspring

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def join(value: str) -> None:
    """Record this process. value: folder of the recordings, number of the parent's, number of the start."""
    folder, parent, start = value.rsplit(os.pathsep, 2)
    offspring = Offspring(folder)
    try:
        config = offspring.config()
        row = offspring.claim(os.getpid(), int(parent), int(start))
    except OSError:
        return  # the run is over
    if row is None:
        return  # there are enough
    config = {**config, "children": folder, "out": offspring.path(row), **_program(config)}
    starts = child.begin(config, row)
    recorder = starts.recorder
    recorder.on_stop = forks.ending(recorder)
    if config["probes"]:
        from semduck.trace.probes import launch

        launch.prepare(recorder, config)
        recorder.needs_tracing()
        recorder.probes.stream.prompt = True
    starts.hook()
    recorder.start()


def _program(config: dict[str, Any]) -> dict[str, Any]:
    """What was typed, and the main program where it is one of the user's files."""
    first = sys.argv[0] if sys.argv else ""
    if first in ("", "-", "-c", "-m"):
        return {"main": [], "shown": sys.orig_argv[1:]}
    path = os.path.realpath(first)
    installed = not path.endswith((".py", ".pyw")) or "/site-packages/" in path or "/dist-packages/" in path
    library = os.path.dirname(os.path.realpath(os.__file__)) + "/"
    return {"main": [] if installed or path.startswith(library) else [path], "shown": list(sys.argv)}
