"""Answers kept on disk by what was asked of whom. Several apps may share the folder."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

from semduck.duck.engine import EngineSpec


class Answers:
    """folder: None keeps them for this process only. A folder that cannot be written is no trouble."""

    def __init__(self, folder: Path | None, spec: EngineSpec) -> None:
        name = spec.path.rpartition(":")[2].lower()
        whose = hashlib.sha256(spec.to_json().encode()).hexdigest()[:12]
        self.folder = folder / f"{name}-{whose}" if folder is not None else None
        self._known: dict[str, str] = {}

    def find(self, key: str) -> str | None:
        """The answer to a question; None when it was never answered, or the file is damaged."""
        if key in self._known or self.folder is None:
            return self._known.get(key)
        try:
            read = json.loads((self.folder / f"{key}.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        text = read.get("text") if isinstance(read, dict) else None
        return text if isinstance(text, str) else None

    def keep(self, key: str, text: str) -> None:
        """Remember an answer. Other readers see the whole file or none."""
        self._known[key] = text
        if self.folder is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=".part")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"text": text}, file)
            os.replace(name, self.folder / f"{key}.json")
        except (OSError, ValueError):
            self.folder = None  # full, read-only or gone: this process still remembers
