"""The address of a server, as typed and as used."""

from __future__ import annotations

from urllib.parse import urlsplit

from semduck.duck.engine import EngineError

EXAMPLE = "write it like http://localhost:8000/v1"


def base(typed: str) -> str:
    """The base address of an API, "http://host:port/v1". Raises EngineError on what is no address.

    Without a scheme it is http, without a path it is /v1. A password in it is refused: it would be shown.
    """
    text = typed.strip()
    if "://" not in text:
        text = f"http://{text}"
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise EngineError(f"{typed!r} is no address of a server; {EXAMPLE}") from None
    if parts.username or parts.password:
        raise EngineError("the address of a server holds a password; put the key into the variable instead")
    odd = any(c.isspace() or not c.isprintable() for c in text)
    if parts.scheme not in ("http", "https") or not host or odd or parts.query or parts.fragment:
        raise EngineError(f"{typed!r} is no address of a server; {EXAMPLE}")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or '/v1'}"


def origin(url: str) -> str:
    """ "http://host:port" of a base address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def is_here(url: str) -> bool:
    """Is the server on this machine?"""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")
