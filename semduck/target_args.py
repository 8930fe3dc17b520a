"""From what was typed to a Target, or to one line that says what is wrong with it."""

from __future__ import annotations

import ast
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from semduck import interpreter
from semduck.config import Settings
from semduck.exits import Problem, nearest
from semduck.trace.target import Limits, Target

MARKERS = ("pyproject.toml", "setup.cfg", "setup.py", ".git", ".hg")


def script(spec: str, args: tuple[str, ...], settings: Settings, root: Path | None = None) -> Target:
    """`semduck FILE ARGS`. Raises Problem when FILE is not a readable file."""
    path = Path(spec)
    check_file(path)
    return _target("script", spec, args, settings, root or project_root(path.absolute().parent))


def module(spec: str, args: tuple[str, ...], settings: Settings, root: Path | None = None) -> Target:
    """`semduck -m MODULE ARGS`. Raises Problem when this cannot be a module's name."""
    if not all(part.isidentifier() for part in spec.split(".")):
        raise Problem(f"{spec} is not a module name", f"without -m for a file: semduck {spec}")
    return _target("module", spec, args, settings, root or project_root(Path.cwd()))


def tests(words: tuple[str, ...], settings: Settings, root: Path | None = None) -> Target:
    """`semduck test WORDS`. Raises Problem when pytest is not there, or what the first node id names."""
    spec = words[0] if words and not words[0].startswith("-") else ""
    if spec:
        name, _, inner = spec.partition("::")
        if not Path(name).is_dir():
            check_file(Path(name))
            _check_node(Path(name), inner)
    args = words[1:] if spec else words
    target = _target("pytest", spec, args, settings, root or tests_root(words))
    interpreter.demand_pytest(target.python)
    return target


def first_folder(words: Sequence[str]) -> Path:
    """Folder of the first word that names a file or folder with tests; else the one we are in."""
    return next(iter(_folders(words)), Path.cwd())


def tests_root(words: Sequence[str]) -> Path:
    """Root of the project to which all the tests named belong."""
    folders = _folders(words) or [Path.cwd()]
    found = project_root(folders[0])
    if all(folder.is_relative_to(found) for folder in folders):
        return found
    return project_root(Path(os.path.commonpath(folders)))


def _folders(words: Sequence[str]) -> list[Path]:
    """Of the files and folders among words that may be node ids or options."""
    paths = [Path(word.partition("::")[0]).absolute() for word in words if not word.startswith("-")]
    return [path if path.is_dir() else path.parent for path in paths if path.exists()]


def limits(settings: Settings) -> Limits:
    """The bounds of the run."""
    return Limits(
        settings.limits_max_steps,
        settings.limits_max_seconds,
        settings.limits_max_bytes,
        settings.limits_keep_first,
        settings.limits_keep_last,
    )


def check_file(path: Path) -> None:
    """Raises Problem unless `path` is a file that can be read."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise Problem(f"no file {path}", _nearest_file(path)) from None
    except OSError as error:
        raise Problem(f"cannot open {path}: {error.strerror}") from error
    if stat.S_ISDIR(mode):
        raise Problem(f"{path} is a directory", _inside(path))
    if not stat.S_ISREG(mode):
        raise Problem(f"{path} is not a regular file")
    if not os.access(path, os.R_OK):
        raise Problem(f"no permission to read {path}", f"chmod u+r {path} if it is yours")


def project_root(start: Path) -> Path:
    """The nearest folder from `start` up that looks like a project, never home or /; else `start`."""
    home = Path.home()
    for folder in (start, *start.parents):
        if folder == home or folder == folder.parent:
            break
        if any((folder / marker).exists() for marker in MARKERS):
            return folder
    return start


def project_file(start: Path) -> Path | None:
    """The nearest pyproject.toml from `start` up; it may hold [tool.semduck]."""
    found = (folder / "pyproject.toml" for folder in (start, *start.parents))
    return next((path for path in found if path.is_file()), None)


def _target(kind: str, spec: str, args: tuple[str, ...], settings: Settings, root: Path) -> Target:
    if not root.is_dir():
        raise Problem(f"no folder {root}", "--root takes the folder of your project")
    root = root.resolve()
    python = interpreter.choose(settings.python, root)
    return Target(kind, spec, args, Path.cwd(), python, root, settings.include, settings.exclude)


def _nearest_file(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"there is no folder {folder}"
    lead = "did you mean " + (f"{folder}{os.sep}" if str(folder) != "." else "")
    hint = nearest(path.stem, [entry.stem for entry in folder.iterdir() if entry.suffix == ".py"], lead)
    if hint:
        return f"{hint[:-1]}.py?"
    return "type -m before the name of a module" if path.name.isidentifier() else ""


def _inside(path: Path) -> str:
    """What to type instead of a directory."""
    if (path / "__main__.py").is_file() and not path.is_absolute() and ".." not in path.parts:
        return f"to run it as a module: semduck -m {'.'.join(path.parts)}"
    files = sorted(entry.name for entry in path.glob("*.py") if entry.name != "__init__.py")
    first = [name for name in ("__main__.py", "main.py", "app.py", "cli.py") if name in files] or files
    return f"name a file in it, e.g. {path / first[0]}" if first else "name a Python file"


def _check_node(path: Path, inner: str) -> None:
    """Refuse a test name that the file cannot define. Says nothing where names are made at run time."""
    wanted = inner.partition("::")[0].partition("[")[0]
    known = _top_names(path) if wanted else None
    if known is None or wanted in known:
        return
    tests = [name for name in known if name.lower().startswith("test")]
    listed = f"the tests there are {', '.join(tests[:5])}" if tests else "the file defines no test"
    raise Problem(f"no test {wanted} in {path}", nearest(wanted, tests) or listed)


def _top_names(path: Path) -> list[str] | None:
    """Names bound by def, class, import or = at the top level; None when that cannot be said."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return None
    names: list[str] = []
    for item in tree.body:
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.append(item.name)
        elif isinstance(item, (ast.Import, ast.ImportFrom)):
            names += [(alias.asname or alias.name).partition(".")[0] for alias in item.names]
        elif isinstance(item, ast.Assign):
            names += [target.id for target in item.targets if isinstance(target, ast.Name)]
        elif isinstance(item, (ast.If, ast.Try, ast.With, ast.For)):
            return None
    return None if "*" in names else names
