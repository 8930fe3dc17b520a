"""The user's editor: which one, and how it is told the line."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

AFTER_COLON = ("code", "codium", "subl", "zed", "hx", "helix")


def command(path: Path, line: int) -> list[str] | None:
    """The command that opens `path` at `line`; None when there is no editor."""
    words = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    if not words:
        found = next((name for name in ("sensible-editor", "nano", "vim", "vi") if shutil.which(name)), None)
        if found is None:
            return None
        words = [found]
    name = Path(words[0]).stem
    if name in AFTER_COLON:
        wait = ["--wait", "--goto"] if name in ("code", "codium") else []
        return [*words, *wait, f"{path}:{line}"]
    return [*words, f"+{line}", str(path)]
