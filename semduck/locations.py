"""Where semduck keeps its files. SEMDUCK_HOME puts all of them below one folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import platformdirs

APP = "semduck"
NAMES = ("config", "themes", "state", "cache", "recordings")


def config() -> Path:
    """The user's config file; it need not exist."""
    return _home("config", platformdirs.user_config_path) / "config.toml"


def themes() -> Path:
    """Folder of the user's own themes."""
    return _home("config", platformdirs.user_config_path) / "themes"


def state() -> Path:
    """Folder of what must last: the undo journal and the expectations of each program."""
    return _home("state", platformdirs.user_state_path)


def journal() -> Path:
    """Folder of the undo journal of every file ever written to."""
    return state() / "journal"


def models() -> Path:
    """File that remembers which models were pulled and used."""
    return state() / "models.json"


def cache() -> Path:
    """Folder of what may be deleted at any time."""
    return _home("cache", platformdirs.user_cache_path)


def recordings() -> Path:
    """Folder of the recordings of runs that were not given a place with `record -o`."""
    return cache() / "recordings"


def locate(name: str) -> Path:
    """The path called `name`, one of NAMES. KeyError on any other."""
    return {
        "config": config,
        "themes": themes,
        "state": state,
        "cache": cache,
        "recordings": recordings,
    }[name]()


def _home(part: str, default: Callable[..., Path]) -> Path:
    root = os.environ.get("SEMDUCK_HOME")
    if root:
        return Path(root).expanduser().absolute() / part
    return default(APP, appauthor=False)
