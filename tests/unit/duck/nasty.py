"""A server that misbehaves in every way a server can: the path of the base address says how."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

WORDS = ["Hello", " wörld", " 🦆", " end"]


def chunk(text: str = "", *, why: str | None = None, **more: Any) -> bytes:
    """One event of a stream."""
    data = {"choices": [{"index": 0, "text": text, "finish_reason": why}], **more}
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


GOOD = b"".join([*map(chunk, WORDS), chunk(why="stop"), b"data: [DONE]\n\n"])


class Nasty:
    """answer: (connection, body, how often asked before) -> None; called for every POST."""

    def __init__(self, answer: Callable[[Asked], None], models: bytes | None = None) -> None:
        self.answer, self.asked = answer, list[Asked]()
        listed = {"data": [{"id": "nasty-1"}]}
        self.models = models if models is not None else head(json.dumps(listed).encode())
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Refuse from now on."""
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            asked = Asked(connection, len([a for a in self.asked if a.method == "POST"]))
            if not asked.read():
                return
            self.asked.append(asked)
            try:
                if asked.path.endswith("/models"):
                    asked.send(self.models)
                else:
                    self.answer(asked)
            except OSError:
                asked.gone = time.monotonic()


class Asked:
    """One request."""

    def __init__(self, connection: socket.socket, before: int) -> None:
        self.connection, self.before = connection, before
        self.method = self.path = ""
        self.headers: dict[str, str] = {}
        self.body: dict[str, Any] = {}
        self.gone = 0.0  # when the asker was found to have left

    def read(self) -> bool:
        """Take in the request; False when it was none."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = self.connection.recv(65536)
            if not more:
                return False
            data += more
        top, _, rest = data.partition(b"\r\n\r\n")
        first, *lines = top.decode("latin-1").split("\r\n")
        self.method, self.path, _ = first.split(" ")
        self.headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        while len(rest) < int(self.headers.get("content-length", "0")):
            rest += self.connection.recv(65536)
        self.body = json.loads(rest) if rest else {}
        return True

    def send(self, data: bytes) -> None:
        """Write all of it."""
        self.connection.sendall(data)

    def stream(self, *pieces: bytes, pause: float = 0.0) -> None:
        """The head of an event stream, and pieces of its body."""
        self.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        for piece in pieces:
            self.send(piece)
            time.sleep(pause)


def head(body: bytes, status: str = "200 OK", kind: str = "application/json", **more: str) -> bytes:
    """A whole answer."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
