"""One line for each way in which a server refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping

from semduck.duck.engines.server_events import message, shown

PAGE = "answers with a web page, not as a model's server; does the address end in /v1?"


def line(
    status: int, headers: Mapping[str, str], body: str, *, model: str, key_variable: str, has_key: bool
) -> str:
    """What a status other than 200 means, and what to do; to be put behind the server's address."""
    said = _said(headers, body)
    if 300 <= status < 400:
        return f"sends us elsewhere, to {shown(headers.get('location', '?'))}; give that address with --url"
    if status == 401:
        return (
            f"refuses the key in ${key_variable}" if has_key else f"wants a key; put it into ${key_variable}"
        )
    if status == 403:
        return _with("forbids this (403)", said)
    if status == 404 and "model" in said.lower():
        return _with(f"has no model {model!r}", said)
    if status == 404:
        return _with("does not know this address (404); it should end in /v1", said)
    if status == 429:
        return _with(f"takes no more questions now (429){_after(headers)}", said)
    if status == 503:
        return _with(f"is not ready (503){_after(headers)}", said)
    return _with(f"failed ({status})" if status >= 500 else f"refuses the question ({status})", said)


def _said(headers: Mapping[str, str], body: str) -> str:
    """The server's own words; "" for a page."""
    if "html" in headers.get("content-type", "").lower() or body.lstrip().startswith("<"):
        return "with a web page"
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return shown(body, quoted=False)
    return message(read) if isinstance(read, dict) else shown(body, quoted=False)


def _after(headers: Mapping[str, str]) -> str:
    after = headers.get("retry-after", "")
    return f", it asks to wait {after} s" if after.isdigit() else ""


def _with(line: str, said: str) -> str:
    return f"{line}: {said}" if said else line
