"""A small OpenAI-compatible server over one of our engines. One answer at a time; others wait in line."""

from __future__ import annotations

import contextlib
import hmac
import json
import select
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from semduck.duck.engine import Ask, Engine
from semduck.duck.serving_answers import Frame, error_body, usage_of
from semduck.duck.serving_asks import Refused, asked

WAITING = 8  # questions in line; further ones are sent away
LARGEST = 10_000_000  # bytes of a question
LOOK = 0.05  # seconds between two looks whether the asker is still there


class ModelServer(ThreadingHTTPServer):
    """engine: loaded. key: what askers must show, "" for nothing. Raises OSError when the port is taken."""

    daemon_threads = True

    def __init__(self, engine: Engine, host: str = "127.0.0.1", port: int = 8000, key: str = "") -> None:
        self.engine, self.key = engine, key
        self.turn = threading.Lock()
        self.line = threading.Semaphore(WAITING)
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Handler)

    @property
    def url(self) -> str:
        """Base address of the API."""
        host, port = str(self.server_address[0]), self.server_address[1]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """An asker that went away is no error."""


class Handler(BaseHTTPRequestHandler):
    """One asker."""

    server: ModelServer
    protocol_version = "HTTP/1.1"
    timeout = 60  # seconds for a question to come in

    def do_GET(self) -> None:
        """/health and /v1/models."""
        name = self.server.engine.about.name
        if self.path == "/health":
            self._reply(200, {"status": "ok"})
        elif not self._may():
            return
        elif self.path == "/v1/models":
            about = self.server.engine.about
            entry = {"id": name, "object": "model", "owned_by": "semduck", "max_model_len": about.context}
            entry["shape"] = about.shape  # ours alone: which prompts it was trained on
            self._reply(200, {"object": "list", "data": [entry]})
        else:
            self._refuse(Refused(404, f"no {self.path} here"))

    def do_POST(self) -> None:
        """/v1/completions, /v1/chat/completions and /tokenize."""
        if not self._may():
            return
        try:
            body = self._body()
            if self.path == "/tokenize":
                text = body.get("prompt", body.get("content"))
                if not isinstance(text, str):
                    raise Refused(400, "prompt must be a text")
                with self.server.turn:
                    return self._reply(200, {"count": self.server.engine.count_tokens(text)})
            if self.path not in ("/v1/completions", "/v1/chat/completions"):
                raise Refused(404, f"no {self.path} here")
            chat = "chat" in self.path
            ask = asked(body, chat=chat, name=self.server.engine.about.name)
            self._in_turn(ask, chat=chat, stream=body.get("stream") is True)
        except Refused as refused:
            self._refuse(refused)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class's name)
        """Silent: stderr belongs to the command."""

    # -- answering -----------------------------------------------------------------------------------------

    def _in_turn(self, ask: Ask, *, chat: bool, stream: bool) -> None:
        server = self.server
        if not server.line.acquire(blocking=False):
            raise Refused(429, "too many questions are waiting", {"Retry-After": "5"})
        try:
            while not server.turn.acquire(timeout=LOOK):
                if self._is_gone():
                    return
        finally:
            server.line.release()
        try:
            self._answer(ask, chat=chat, stream=stream)
        finally:
            server.turn.release()

    def _answer(self, ask: Ask, *, chat: bool, stream: bool) -> None:
        """Ask the engine. A failure before the first word is a status, a later one an event of the stream."""
        frame, ended = Frame(self.server.engine.about.name, chat), threading.Event()
        watcher = threading.Thread(target=self._watch, args=(ended,), daemon=True)
        watcher.start()
        begun, text = False, ""
        try:
            for piece in self.server.engine.stream(ask):
                if stream and not begun:
                    begun = self._begin_stream()
                if stream:
                    self._event(frame.piece(piece))
                text += piece
            usage = usage_of(self.server.engine.usage)
            why = "length" if usage["completion_tokens"] >= ask.max_tokens else "stop"
            if not stream:
                return self._reply(200, frame.whole(text, why, usage))
            begun = begun or self._begin_stream()
            self._event(frame.piece("", why))
            self._event({**frame.piece(""), "choices": [], "usage": usage})
            self._send(b"data: [DONE]\n\n")
        except OSError:
            self.server.engine.cancel()  # the asker is gone
            self.close_connection = True
        except Exception as error:  # an engine may raise anything: it becomes one line for the asker
            line = " ".join(str(error).split()) or type(error).__name__
            self._event(error_body(line, 500)) if begun else self._refuse(Refused(500, line))
        finally:
            ended.set()
            watcher.join()

    def _watch(self, ended: threading.Event) -> None:
        """Stop the engine as soon as nobody listens any more."""
        while not ended.wait(LOOK):
            if self._is_gone():
                self.server.engine.cancel()
                return

    def _is_gone(self) -> bool:
        try:
            readable, _, _ = select.select([self.connection], [], [], 0)
            return bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""
        except (OSError, ValueError):
            return True

    # -- the wire ------------------------------------------------------------------------------------------

    def _may(self) -> bool:
        """Refuses web pages (they can reach a server on this machine) and, where one is set, a wrong key."""
        if self.headers.get("Origin"):
            self._refuse(Refused(403, "web pages may not ask"))
            return False
        given = self.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if self.server.key and not hmac.compare_digest(given.encode(), self.server.key.encode()):
            self._refuse(Refused(401, "the key is missing or wrong"))
            return False
        return True

    def _body(self) -> dict[str, Any]:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            raise Refused(411, "the length of the question is missing")
        if int(length) > LARGEST:
            raise Refused(413, f"a question may have {LARGEST:,} bytes")
        try:
            read = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            raise Refused(400, "the question is no JSON") from None
        if not isinstance(read, dict):
            raise Refused(400, "the question is no JSON object")
        return read

    def _begin_stream(self) -> bool:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Connection", "close")
        self.end_headers()
        return True

    def _event(self, data: dict[str, Any]) -> None:
        self._send(f"data: {json.dumps(data)}\n\n".encode())

    def _send(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def _refuse(self, refused: Refused) -> None:
        self.close_connection = True  # what is left of the question must not be taken for the next one
        self._reply(refused.status, error_body(str(refused), refused.status), refused.headers)

    def _reply(self, status: int, data: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        with contextlib.suppress(OSError):
            self._send(body)
