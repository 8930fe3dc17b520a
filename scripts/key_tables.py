"""Write the key tables of README.md and docs/keys.md from semduck.keys.

python3 scripts/key_tables.py           write them
python3 scripts/key_tables.py --check   exit 1 when one is not what would be written
"""

from __future__ import annotations

import sys
from pathlib import Path

from semduck.keys import Key, bindings, markdown, shown

ROOT = Path(__file__).parents[1]
README, FULL = ROOT / "README.md", ROOT / "docs" / "keys.md"
BEGIN, END = "<!-- keys: written by scripts/key_tables.py -->\n", "<!-- keys end -->\n"
HEAD = """# Keys

Written by `scripts/key_tables.py` from `semduck/keys.py`. Give a binding other keys by its id, in
`[keys]` of the [configuration](config.md): `"step.over" = "ctrl+n,f10"`.

"""


def short() -> str:
    """One row a group, the first key of each binding only."""
    groups: dict[str, list[str]] = {}
    for key in (*bindings("main"), *bindings("app")):
        groups.setdefault(key.group, []).append(entry(key))
    groups["In repairs"] = [entry(key) for key in bindings("repair")]
    rows = [f"| {group} | {' · '.join(entries)} |" for group, entries in groups.items()]
    return "\n".join(["| | keys |", "|---|---|", *rows]) + "\n"


def entry(key: Key) -> str:
    """E.g. "`n` over"."""
    first = key.keys.split(",")[0]
    return f"`{shown(first)}` {key.label.lower()}"


def written() -> dict[Path, str]:
    """Each file with the text it should have."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    return {README: f"{before}{BEGIN}\n{short()}\n{END}{after}", FULL: HEAD + markdown()}


def main() -> int:
    """Write or check."""
    stale = [
        path
        for path, text in written().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale:
        print(f"{path.name} is stale: run scripts/key_tables.py")
        if "--check" not in sys.argv[1:]:
            path.write_text(written()[path], encoding="utf-8")
    return 1 if stale and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
