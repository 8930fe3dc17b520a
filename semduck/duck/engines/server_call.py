"""One request to a server, in a thread of its own: it can be given up at any moment, and it cannot hang."""

from __future__ import annotations

import contextlib
import queue
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from semduck.duck.engine import EngineError
from semduck.duck.engines.server_events import shown

TRIES = 5
LONGEST_WAIT = 30.0  # seconds that we wait because a server asks us to
MUCH = 200_000  # bytes of an error page that are read


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds. read: between two pieces (a long prompt takes a CPU minutes). budget: all of one answer."""

    connect: float = 5.0
    read: float = 300.0
    budget: float = 900.0
    first_wait: float = 0.25  # before the second try; each further one waits twice as long

    def small(self) -> Limits:
        """For a question that takes a server no time."""
        return replace(self, read=min(self.read, 30.0), budget=min(self.budget, 60.0))


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of an answer that is not refused."""

    content_type: str


Refused = Callable[[int, Mapping[str, str], str], str]  # status, headers, body -> one line


class Call:
    """where: "http://host:port", for messages. refused: makes the line for a status that is not 200."""

    def __init__(self, where: str, request: Mapping[str, Any], limits: Limits, refused: Refused) -> None:
        self.where, self.request, self.limits, self.refused = where, request, limits, refused
        self.deadline = time.monotonic() + limits.budget
        self._items: queue.Queue[Head | bytes | EngineError | None] = queue.Queue(maxsize=256)
        self._cancelled = threading.Event()
        self._stream: Any = None  # what httpx reads from, once it is connected
        self._begun = False  # a byte of the answer was handed on: no second try
        threading.Thread(target=self._run, daemon=True).start()

    def cancel(self) -> None:
        """End it now, from any thread: close the connection under the reader."""
        self._cancelled.set()
        with contextlib.suppress(queue.Full):
            self._items.put_nowait(None)
        if self._stream is not None:
            raw = self._stream.get_extra_info("socket")
            with contextlib.suppress(OSError, AttributeError, ValueError):
                raw.shutdown(socket.SHUT_RDWR)

    def items(self) -> Iterator[Head | bytes]:
        """The head, then bytes as they come. Raises EngineError; ends silently when it was cancelled."""
        try:
            while not self._cancelled.is_set():
                item = self._next()
                if item is None:
                    return
                if isinstance(item, EngineError):
                    raise item
                yield item
        finally:
            self.cancel()

    def _next(self) -> Head | bytes | EngineError | None:
        try:
            return self._items.get(timeout=max(0.0, self.deadline - time.monotonic()))
        except queue.Empty:
            return EngineError(f"{self.where} did not end its answer within {self.limits.budget:g} s")

    # -- the thread ----------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            for attempt in range(TRIES):
                trouble, wait = self._attempt()
                if trouble is None or attempt == TRIES - 1 or wait is None or self._begun:
                    break
                if self._cancelled.wait(wait or self._backoff(attempt)):
                    return
            self._put(trouble)
        except Exception as error:  # a thread must not end without a word
            self._put(EngineError(f"{self.where}: {type(error).__name__}: {shown(str(error), quoted=False)}"))

    def _backoff(self, attempt: int) -> float:
        return float(self.limits.first_wait * 2**attempt * random.uniform(0.8, 1.2))

    def _attempt(self) -> tuple[EngineError | None, float | None]:
        """One try. (None, None) when all was handed on; else what went wrong, and seconds to wait before the
        next try: 0 for the usual, None when another try makes no sense."""
        limits = self.limits
        timeout = httpx.Timeout(limits.connect, read=limits.read)
        try:
            with (
                httpx.Client(timeout=timeout, trust_env=False, verify=_verify(self.request["url"])) as client,
                client.stream(**self.request, extensions={"trace": self._trace}) as response,
            ):
                return self._hand_on(response)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if "SSL" in str(error):
                return EngineError(
                    f"{self.where} cannot be trusted, or speaks no TLS ({_reason(error)})"
                ), None
            again = None if isinstance(error, httpx.ConnectTimeout) else 0
            return EngineError(f"no server answers at {self.where} ({_reason(error)}); is it running?"), again
        except httpx.ReadTimeout:
            return EngineError(f"{self.where} was silent for {limits.read:g} s"), None
        except (httpx.TransportError, httpx.StreamError, OSError):
            return EngineError(f"{self.where} closed the connection in mid-answer"), 0
        except (httpx.InvalidURL, httpx.DecodingError, UnicodeError, ValueError) as error:
            return EngineError(f"{self.where}: {shown(str(error), quoted=False)}"), None

    def _hand_on(self, response: httpx.Response) -> tuple[EngineError | None, float | None]:
        if response.status_code != 200:
            line = self.refused(response.status_code, response.headers, _body(response))
            again = response.status_code == 429 or response.status_code >= 500
            return EngineError(line), self._asked_wait(response) if again else None
        self._put(Head(response.headers.get("content-type", "").lower()))
        for data in response.iter_bytes():
            self._begun = True
            self._put(data)
            if self._cancelled.is_set():
                break
        return None, None

    def _asked_wait(self, response: httpx.Response) -> float | None:
        """Seconds of Retry-After, 0 when it asks for nothing, None when it asks for more than we wait."""
        seconds = retry_after(response.headers.get("retry-after", ""))
        patience = min(LONGEST_WAIT, self.deadline - time.monotonic())
        return None if seconds > patience else seconds

    def _put(self, item: Head | bytes | EngineError | None) -> None:
        while not self._cancelled.is_set():
            with contextlib.suppress(queue.Full):
                return self._items.put(item, timeout=0.1)

    def _trace(self, name: str, info: Mapping[str, Any]) -> None:
        if name in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._stream = info.get("return_value")
            if self._cancelled.is_set():
                self.cancel()


def retry_after(text: str) -> float:
    """Seconds that a Retry-After header asks for, a number or a date; 0 for none."""
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return 0.0


def _body(response: httpx.Response) -> str:
    data = b""
    for piece in response.iter_bytes():
        data += piece
        if len(data) > MUCH:
            break
    return data.decode("utf-8", "replace")


def _verify(url: str) -> ssl.SSLContext | bool:
    """The system's certificates (and SSL_CERT_FILE), where there is anything to verify."""
    return ssl.create_default_context() if url.startswith("https:") else False


def _reason(error: Exception) -> str:
    return "timeout" if isinstance(error, httpx.TimeoutException) else shown(str(error), quoted=False)
