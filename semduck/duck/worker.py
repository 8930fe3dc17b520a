"""An engine in its own process. No call here waits for it: words and troubles are picked up by poll()."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from semduck.duck.engine import About, Ask, EngineSpec, Usage

PATIENCE = 0.08  # seconds that a cancelled stream may take to end before its process is killed


@dataclass(frozen=True, slots=True)
class Event:
    """kind: ready | token | done | count | error. request: None when it concerns the engine as a whole.

    text: the words, the engine's name, why it ended ("stop", "cancelled"), or one line of what went wrong.
    n: of a batch, which answer; of a count, how many tokens. usage: with "done".
    """

    kind: str
    request: int | None = None
    text: str = ""
    n: int = 0
    usage: Usage | None = None


class Worker:
    """Starts its process at the first request, and again after a crash."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec, self.about, self.ready = spec, About(""), False
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._orders: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._process: subprocess.Popen[str] | None = None
        self._pending: dict[int, str] = {}
        self._cancelled: set[int] = set()
        self._lock = threading.RLock()
        self._count = 0

    @property
    def busy(self) -> bool:
        """Is an answer still to come?"""
        return bool(self._pending)

    @property
    def name(self) -> str:
        """The engine's own, once it is loaded."""
        return self.about.name

    def start(self) -> None:
        """Start the process (which loads the engine) without waiting for it."""
        with self._lock:
            if self._process is not None:
                return
            self.ready = False
            self._orders = queue.SimpleQueue()
            self._process = process = subprocess.Popen(
                [sys.executable, "-m", "semduck.duck.worker_main", self.spec.to_json()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        last: deque[str] = deque(maxlen=5)
        errors = threading.Thread(target=_drain, args=(process.stderr, last), daemon=True)
        errors.start()
        threading.Thread(target=self._read, args=(process, last, errors), daemon=True).start()
        threading.Thread(target=_write, args=(process, self._orders), daemon=True).start()

    def ask(self, ask: Ask) -> int:
        """Ask for an answer, word by word; the number by which its events are known."""
        return self._order({"op": "stream", "asks": [asdict(ask)]})

    def batch(self, asks: Sequence[Ask]) -> int:
        """Ask several short questions at once; each answer comes whole, as one token event."""
        return self._order({"op": "batch", "asks": [asdict(ask) for ask in asks]})

    def count(self, text: str) -> int:
        """Ask how many tokens `text` has; answered by a "count" event."""
        return self._order({"op": "count", "text": text})

    def _order(self, order: dict[str, Any]) -> int:
        self.start()
        with self._lock:
            self._count += 1
            line = json.dumps({**order, "id": self._count})
            self._pending[self._count] = line
            self._orders.put(line)
            return self._count

    def poll(self) -> list[Event]:
        """What came since the last poll. Never waits."""
        found = []
        while True:
            try:
                found.append(self._events.get_nowait())
            except queue.Empty:
                return found

    def cancel(self, request: int | None = None) -> None:
        """Give up one request, or all. A process that does not stop at once is killed."""
        with self._lock:
            numbers = [
                n for n in ([request] if request is not None else list(self._pending)) if n in self._pending
            ]
            process, loading = self._process, not self.ready
            for number in numbers:
                self._cancelled.add(number)
                self._orders.put(json.dumps({"op": "cancel", "id": number}))
                if loading:  # nothing runs yet that would have to be killed, and loading may take minutes
                    del self._pending[number]
                    self._events.put(Event("done", number, "cancelled"))
        if numbers and process is not None and not loading:
            timer = threading.Timer(PATIENCE, self._enforce, (process, numbers))
            timer.daemon = True
            timer.start()

    def _enforce(self, process: subprocess.Popen[str], numbers: list[int]) -> None:
        with self._lock:
            if self._process is process and any(n in self._pending for n in numbers):
                process.kill()

    def close(self) -> None:
        """End the process now."""
        with self._lock:
            process, self._process = self._process, None
            self._pending.clear()
        if process is not None:
            process.kill()
            process.wait()
        self._orders.put(None)

    # -- threads -----------------------------------------------------------------------------------------

    def _read(self, process: subprocess.Popen[str], last: deque[str], errors: threading.Thread) -> None:
        assert process.stdout is not None
        failed = False
        for line in process.stdout:
            event = self._event(line)
            if event is None:
                continue
            failed = failed or (event.kind == "error" and event.request is None)
            self._take(event)
        process.wait()
        errors.join(1)
        self._ended(process, "" if failed else _obituary(process.returncode, last))

    def _event(self, line: str) -> Event | None:
        try:
            read = json.loads(line)
            if read["event"] == "ready":
                self.about = About.from_data(read)
            text = read.get("text") or read.get("message") or read.get("name") or read.get("reason") or ""
            usage = Usage(**read["usage"]) if "usage" in read else None
            return Event(read["event"], read.get("id"), text, read.get("n", 0), usage)
        except (ValueError, KeyError, AttributeError, TypeError):
            return None

    def _take(self, event: Event) -> None:
        with self._lock:
            if event.kind == "ready":
                self.ready = True
            if event.request is not None and event.request not in self._pending:
                return
            if event.kind in ("done", "count", "error") and event.request is not None:
                self._pending.pop(event.request, None)
                self._cancelled.discard(event.request)
            if event.kind == "token" and event.request in self._cancelled:
                return
            self._events.put(event)

    def _ended(self, process: subprocess.Popen[str], why: str) -> None:
        """The process is gone: end what it was asked; what it was not yet asked goes to a new one."""
        with self._lock:
            if self._process is not process:
                return
            self._process, self.ready = None, False
            self._orders.put(None)
            killed = {n for n in self._pending if n in self._cancelled}
            for number in killed:
                self._events.put(Event("done", number, "cancelled"))
                del self._pending[number]
            self._cancelled -= killed
            if not killed:
                for number in list(self._pending):
                    self._events.put(Event("error", number, why or "the engine could not be loaded"))
                self._pending.clear()
                if why:
                    self._events.put(Event("error", None, why))
                return
            waiting = list(self._pending.values())
        if waiting:
            self.start()
            for line in waiting:
                self._orders.put(line)


def _obituary(code: int, last: deque[str]) -> str:
    """One line on why the process ended."""
    how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    said = next((s for s in reversed(last) if s.strip()), "").strip()
    return f"the engine's process {how}" + (f": {said[:200]}" if said else "")


def _drain(stream: Any, last: deque[str]) -> None:
    last.extend(stream)


def _write(process: subprocess.Popen[str], orders: queue.SimpleQueue[str | None]) -> None:
    assert process.stdin is not None
    try:
        while (line := orders.get()) is not None:
            process.stdin.write(line + "\n")
            process.stdin.flush()
        process.stdin.close()
    except (OSError, ValueError):
        pass  # the process is gone; the reading thread says so
