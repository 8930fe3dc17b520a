"""A small hub: what huggingface_hub asks for, over HTTP, with the troubles that a download can have."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

COMMIT, OLDER = "a" * 40, "b" * 40
LARGE = 4096  # bytes; from there on a file is kept as the hub keeps weights


class Hub(ThreadingHTTPServer):
    """files: name -> content, the same in every commit.

    cut: bytes of a large file after which the connection ends, as often as `cuts` says; dies: after that,
    large files are refused. slow: seconds before each kilobyte. gated: the status in place of large files.
    damaged: sends wrong bytes. extra: sends so many more; sent: how many of them.
    ranges: the Range of each request for a large file.
    """

    daemon_threads = True

    def __init__(self, files: dict[str, bytes], name: str = "owner/model") -> None:
        self.files, self.head, self.name = files, COMMIT, name
        self.cut = self.cuts = 0
        self.slow, self.gated = 0.0, 0
        self.damaged = self.dies = False
        self.extra = self.sent = 0
        self.ranges: list[str] = []
        self.asked: list[str] = []
        self.tokens: set[str] = set()
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """For HF_ENDPOINT."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """An asker that went away is no error."""


def serving(
    files: dict[str, bytes], home: Path, monkeypatch: pytest.MonkeyPatch, name: str = "owner/model"
) -> Iterator[Hub]:
    """The only hub there is, with an empty cache in `home`."""
    started = Hub(files, name)
    for variable in [n for n in os.environ if n.startswith("HF_") or n.lower().endswith("_proxy")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("HF_HOME", str(home / "hf"))
    monkeypatch.setenv("HF_ENDPOINT", started.url)
    yield started
    started.shutdown()
    started.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        hub, path = self.server, unquote(urlsplit(self.path).path)
        hub.asked.append(path)
        hub.tokens.add(self.headers.get("Authorization", ""))
        parts = path.strip("/").split("/")
        if parts[0] == "api" and "/".join(parts[2:4]) == hub.name:
            revision = parts[5] if len(parts) > 5 else "main"
            commit = {"main": hub.head, COMMIT: COMMIT, OLDER: OLDER}.get(revision)
            if commit is None:
                return self._refuse(404, "RevisionNotFound")
            return self._json(self._tree() if parts[4:5] == ["tree"] else self._info(commit))
        if parts[0] == "api":
            return self._refuse(401, "RepoNotFound")
        if parts[2:3] == ["resolve"] and parts[-1] in hub.files:
            return self._file(parts[-1], hub.files[parts[-1]], parts[3])
        self._refuse(404, "EntryNotFound")

    do_HEAD = do_GET

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Silent."""

    def _info(self, commit: str) -> dict[str, Any]:
        siblings = [
            {"rfilename": n, "size": len(d), "blobId": _oid(d)}
            | ({"lfs": {"sha256": _sha(d), "size": len(d), "pointerSize": 130}} if len(d) >= LARGE else {})
            for n, d in self.server.files.items()
        ]
        card = {"license": "other", "license_name": "duck-licence"}
        return {"id": self.server.name, "sha": commit, "siblings": siblings, "cardData": card, "tags": []}

    def _tree(self) -> list[dict[str, Any]]:
        return [
            {"type": "file", "path": n, "size": len(d), "oid": _oid(d)}
            | ({"lfs": {"oid": _sha(d), "size": len(d), "pointerSize": 130}} if len(d) >= LARGE else {})
            for n, d in self.server.files.items()
        ]

    def _file(self, name: str, data: bytes, commit: str) -> None:
        hub, large, start = self.server, len(data) >= LARGE, 0
        if large and self.command == "GET":
            hub.ranges.append(self.headers.get("Range", ""))
            if hub.dies and len(hub.ranges) > 1:
                return self._refuse(503, "Unavailable")
            if hub.gated:
                return self._refuse(hub.gated, "GatedRepo")
        if given := self.headers.get("Range"):
            start = int(given.removeprefix("bytes=").partition("-")[0])
        self.send_response(206 if given else 200)
        self.send_header("X-Repo-Commit", commit)
        self.send_header("ETag", f'"{_sha(data) if large else _oid(data)}"')
        length = len(data) - start + (hub.extra if large and self.command == "GET" else 0)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command == "GET":
            self._send(data[start:] if not hub.damaged else bytes(len(data) - start), large)

    def _send(self, data: bytes, large: bool) -> None:
        hub = self.server
        if large and hub.cuts:
            hub.cuts -= 1
            self.wfile.write(data[: hub.cut])
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(2)
            return
        for start in range(0, len(data), 1024):
            if large and hub.slow:
                time.sleep(hub.slow)
            self.wfile.write(data[start : start + 1024])
            self.wfile.flush()
        for _ in range(hub.extra // 100_000 if large else 0):
            self.wfile.write(bytes(100_000))
            hub.sent += 100_000

    def _refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, data: object) -> None:
        body = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _oid(data: bytes) -> str:
    return hashlib.sha1(data).hexdigest()
