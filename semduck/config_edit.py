"""Change the user's config file without touching anything else in it: comments, order and spacing stay."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from semduck.exits import Problem


def set_values(path: Path, section: str, values: Mapping[str, str]) -> None:
    """Set keys of one section; the file and its folder are made when they are missing. Raises Problem."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        data = path.read_bytes() if path.exists() else b""  # as bytes: its ends of lines stay as they are
        document = tomlkit.parse(data.decode("utf-8-sig"))
        if section not in document:
            document[section] = tomlkit.table()
        table = document[section]
        if not isinstance(table, dict):
            raise Problem(f"{section!r} in {path} is not a table")
        table.update(values)
        _write(path, tomlkit.dumps(document))
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise Problem(f"{path} is not valid TOML: {error}") from error
    except OSError as error:
        raise Problem(f"cannot write {path}: {error.strerror}") from error


def _write(path: Path, text: str) -> None:
    """All or nothing; a link stays a link, the permissions stay."""
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=target.parent, prefix=".config")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        if target.exists():
            os.chmod(part, target.stat().st_mode & 0o777)
        os.replace(part, target)
    except BaseException:
        os.unlink(part)
        raise
