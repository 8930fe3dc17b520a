"""Write docs/report.schema.json from the dataclasses of semduck.report_data (JSON Schema 2020-12).

python3 scripts/report_schema.py           write the file
python3 scripts/report_schema.py --check   exit 1 when the file is not what would be written
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import sys
import types
import typing
from pathlib import Path
from typing import Any

from semduck import report_data

OUT = Path(__file__).parents[1] / "docs" / "report.schema.json"
PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def schema() -> dict[str, Any]:
    """The schema of what `semduck --json` prints."""
    definitions: dict[str, Any] = {}
    root = of_class(report_data.Report, definitions)
    root["properties"] = {"schema": {"const": report_data.SCHEMA}, **root["properties"]}
    root["required"] = ["schema", *root["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "semduck report",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def of_class(cls: type, definitions: dict[str, Any]) -> dict[str, Any]:
    """An object with every field required and no other allowed."""
    hints = typing.get_type_hints(cls)
    names = [field.name for field in dataclasses.fields(cls)]
    return {
        "description": inspect.cleandoc(cls.__doc__ or ""),
        "type": "object",
        "properties": {name: of_type(hints[name], definitions) for name in names},
        "required": names,
        "additionalProperties": False,
    }


def of_type(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of one annotation: plain, X | None, tuple[X, ...] or one of our dataclasses."""
    if hint in PLAIN:
        return {"type": PLAIN[hint]}
    if isinstance(hint, types.UnionType):
        return {"anyOf": [of_type(part, definitions) for part in typing.get_args(hint)]}
    if typing.get_origin(hint) is tuple:
        return {"type": "array", "items": of_type(typing.get_args(hint)[0], definitions)}
    definitions[hint.__name__] = of_class(hint, definitions)
    return {"$ref": f"#/$defs/{hint.__name__}"}


def main() -> int:
    """Write or check."""
    text = json.dumps(schema(), indent=2) + "\n"
    if "--check" in sys.argv[1:]:
        same = OUT.is_file() and OUT.read_text(encoding="utf-8") == text
        print(f"{OUT.name} is {'up to date' if same else 'stale: run scripts/report_schema.py'}")
        return 0 if same else 1
    OUT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
