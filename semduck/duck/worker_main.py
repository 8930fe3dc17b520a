"""The worker process: makes one engine and answers JSON lines on stdin with JSON lines on stdout.

In: {"op": "stream", "id", "asks": [one Ask]} | {"op": "batch", "id", "asks"} |
{"op": "count", "id", "text"} | {"op": "cancel", "id"} | {"op": "quit"}.
Out: {"event": "ready" | "token" | "done" | "count" | "error", ...}; a token of a batch is a whole answer and
says which one ("n").
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO, Any

from semduck.duck.engine import Ask, Engine, EngineError, EngineSpec


class _Server:
    def __init__(self, engine: Engine, out: IO[str]) -> None:
        self.engine, self.out = engine, out
        self.jobs: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self.cancelled: set[int] = set()
        self.current: int | None = None
        self.told = engine.about
        self._lock = threading.Lock()

    def say(self, **event: Any) -> None:
        """One line to the host."""
        with self._lock:
            self.out.write(json.dumps(event) + "\n")
            self.out.flush()

    def listen(self) -> None:
        """Take orders (in a thread of its own, so that a cancel arrives while the engine works)."""
        for line in sys.stdin:
            order = json.loads(line)
            if order["op"] == "quit":
                break
            if order["op"] == "cancel":
                self.cancelled.add(order["id"])
                if self.current == order["id"]:
                    self.engine.cancel()
                else:  # it waits for another one: the host need not
                    self.say(event="done", id=order["id"], reason="cancelled")
            else:
                self.jobs.put(order)
        os._exit(0)  # the host is gone or wants us gone; the engine may be busy

    def serve(self) -> None:
        """Work through the orders."""
        while (job := self.jobs.get()) is not None:
            try:
                if job["op"] == "count":
                    self.say(event="count", id=job["id"], n=self.engine.count_tokens(job["text"]))
                else:
                    self._answer(job)
            except (
                Exception
            ) as error:  # an engine may raise anything: it becomes one line, the worker lives on
                self.say(event="error", id=job["id"], message=_line(error))

    def _answer(self, job: dict[str, Any]) -> None:
        self.current = number = job["id"]
        if number not in self.cancelled:
            asks = [Ask(**{**each, "stop": tuple(each.get("stop", ()))}) for each in job["asks"]]
            for n, piece in self._pieces(asks) if job["op"] == "batch" else self._words(asks[0]):
                if number in self.cancelled:
                    break
                self.say(event="token", id=number, text=piece, n=n)
        self.current = None
        if self.engine.about != self.told:  # it had to fall back to something smaller
            self.told = self.engine.about
            self.say(event="ready", **self.told.to_data())
        why = "cancelled" if number in self.cancelled else "stop"
        self.say(event="done", id=number, reason=why, usage=asdict(self.engine.usage))

    def _words(self, ask: Ask) -> Iterator[tuple[int, str]]:
        return ((0, piece) for piece in self.engine.stream(ask))

    def _pieces(self, asks: list[Ask]) -> Iterator[tuple[int, str]]:
        """Whole answers; one after the other where the engine cannot do better."""
        together = getattr(self.engine, "batch", None)
        if together is not None:
            yield from together(asks)
            return
        for n, ask in enumerate(asks):
            yield n, "".join(self.engine.stream(ask))
            if self.current in self.cancelled:
                return


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if isinstance(error, EngineError) else f"{type(error).__name__}: {text}"


def main() -> int:
    """Serve until stdin ends."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not get between the lines
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    server = None
    try:
        engine = EngineSpec.from_json(sys.argv[1]).make()
        engine.load()
        server = _Server(engine, out)
    except Exception as error:  # loading runs foreign code: say why in one line
        out.write(json.dumps({"event": "error", "id": None, "message": _line(error)}) + "\n")
        out.flush()
        return 4
    server.say(event="ready", **engine.about.to_data())
    threading.Thread(target=server.listen, daemon=True).start()
    server.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
