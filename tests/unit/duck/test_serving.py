"""`semduck serve-model` in a process of its own, asked by the engine for servers and by plain requests."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from semduck.duck.choose import Wanted, choose
from semduck.duck.engine import Ask, EngineError
from semduck.duck.engines.openai import OpenAI
from semduck.duck.engines.scripted import Scripted, Troubled
from semduck.duck.forecast import Forecaster
from semduck.duck.serving import ModelServer
from semduck.trace.recording import Recording

ANSWERS = {"f": "one two\nthrée [/ANSWER] four", "long": "word " * 2000}
SCRIPT = ["--engine", "scripted:answers.json", "--port", "0"]
Serve = Callable[..., str]

# A shell's background jobs ignore ctrl+c, and so would what they start.
HEARS = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("serve")
    (folder / "answers.json").write_text(json.dumps(ANSWERS))
    command = [sys.executable, "-m", "semduck", "serve-model", *SCRIPT]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe, text=True, preexec_fn=HEARS)
    assert process.stdout is not None and process.stderr is not None
    yield process.stdout.readline().strip()
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    said = process.stderr.read()
    assert said.startswith("semduck: loading scripted answers") and said.endswith("semduck: stopped\n")


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[ModelServer] = []

    def start(engine: Any, key: str = "") -> str:
        servers.append(ModelServer(engine, port=0, key=key))
        threading.Thread(target=servers[-1].serve_forever, args=(0.02,), daemon=True).start()
        return servers[-1].url

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def engine_for(url: str, **options: Any) -> OpenAI:
    engine = OpenAI(url, key_variable=options.pop("key_variable", ""), **options)
    engine.load()
    return engine


def post(url: str, body: object, path: str = "/completions", **headers: str) -> httpx.Response:
    return httpx.post(f"{url}{path}", json=body, headers=headers, trust_env=False)


def test_our_engine_asks_our_server(url: str) -> None:
    engine = engine_for(url)
    assert engine.about.shape == Scripted.about.shape == "semcoder"  # though its name does not say so
    assert engine.about.line == f"scripted at {url.removesuffix('/v1')}"
    assert "".join(engine.stream(Ask("assert f(1) == ??", ("[/ANSWER]",)))) == "one two\nthrée "
    assert (engine.usage.prompt_tokens, engine.usage.tokens) == (4, 4)
    assert "".join(engine.stream(Ask("assert f(1) == ??", max_tokens=2))) == "one two"
    assert "".join(engine.stream(Ask("assert f(1) == ??", chat=True))) == ANSWERS["f"]
    assert dict(engine.batch([Ask("assert f(1) == ??"), Ask("nothing")])) == {0: ANSWERS["f"], 1: ""}
    assert engine.count_tokens("a b c") == 3


def test_forecasts_of_a_recorded_call_come_through_a_server(recorded: Callable[[str], Recording]) -> None:
    recording = recorded("def twice(n):\n    m = n * 2\n    return m\n\n\ntwice(4)\n")
    said = "The function starts with n = 4. [L6] m is set to 8. [L7] It returns 8."
    server = ModelServer(Scripted({"twice": said}), port=0)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    forecaster = Forecaster(choose(Wanted(url=server.url, key_variable="")).spec or Scripted().spec)
    frame = next(call.frame for call in recording.calls() if call.function == "twice")
    try:
        assert forecaster.ask(recording, frame) is None
        end = time.monotonic() + 20
        while forecaster.busy and time.monotonic() < end:
            forecaster.poll()
            time.sleep(0.01)
        assert forecaster.error == "" and forecaster.name == "scripted"
        assert " ".join(u.text for u in forecaster.utterances(recording, frame)).endswith("It returns 8.")
    finally:
        forecaster.close()
        server.shutdown()
        server.server_close()


def test_an_answer_in_one_piece_says_why_it_ended(url: str) -> None:
    body = post(url, {"prompt": ["assert f(1) == ??"], "max_tokens": 2, "model": "scripted"}).json()
    assert body["choices"] == [{"index": 0, "text": "one two", "finish_reason": "length"}]
    assert body["usage"]["completion_tokens"] == 2
    messages = [{"role": "system", "content": "Be f."}, {"role": "user", "content": [{"text": "f"}]}]
    body = post(url, {"messages": messages, "stop": "two"}, "/chat/completions").json()
    assert body["object"] == "chat.completion"
    assert body["choices"][0]["message"] == {"role": "assistant", "content": "one "}
    assert body["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"prompt": 5}, 400, "prompt must be one text"),
        ({"prompt": "f", "max_tokens": 0}, 400, "max_tokens must be a number between 1 and 1e+06"),
        ({"prompt": "f", "temperature": "hot"}, 400, "temperature must be a number between 0 and 2"),
        ({"prompt": "f", "seed": True}, 400, "seed must be a number"),
        ({"prompt": "f", "stop": [1]}, 400, "stop must be a text or a list of texts"),
        ({"prompt": "f", "n": 2}, 400, "n must be 1"),
        ({"prompt": "f", "model": "gpt"}, 404, "no model 'gpt' here; there is 'scripted'"),
        ([1], 400, "the question is no JSON object"),
    ],
)
def test_what_is_wrong_with_a_question_is_said(url: str, body: object, status: int, said: str) -> None:
    answer = post(url, body)
    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]


def test_what_is_wrong_with_a_request_is_said(url: str) -> None:
    plain = httpx.Client(trust_env=False)
    assert (
        plain.post(f"{url}/completions", content=b"{oops").json()["error"]["message"].endswith("is no JSON")
    )
    assert plain.get(f"{url}/nothing").status_code == 404
    assert post(url, {}, "/nothing").status_code == 404
    assert (
        post(url, {"messages": [{"role": "assistant", "content": ""}]}, "/chat/completions").status_code
        == 400
    )
    assert post(url, {"prompt": "f"}, Origin="https://page.example").status_code == 403
    assert plain.get(f"{url.removesuffix('/v1')}/health").json() == {"status": "ok"}


def test_a_wrong_model_is_told_when_loading(url: str) -> None:
    with pytest.raises(EngineError, match="has no model 'scriptd'; did you mean scripted"):
        engine_for(url, model="scriptd")


def test_a_key_can_be_asked_for(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    url = serve(Scripted(ANSWERS), key="open sesame")
    monkeypatch.setenv("DUCK_KEY", "open sesame")
    assert engine_for(url, key_variable="DUCK_KEY").about.name == "scripted"
    with pytest.raises(EngineError, match="wants a key; put it into"):
        engine_for(url)


class Counting(Scripted):
    """Says how many answers it is asked for at the same time, and whether it was cancelled."""

    def __init__(self) -> None:
        super().__init__(ANSWERS, delay=0.005)
        self.now = self.most = 0
        self.cancelled = threading.Event()

    def stream(self, ask: Ask) -> Iterator[str]:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            yield from super().stream(ask)
        finally:
            self.now -= 1

    def cancel(self) -> None:
        super().cancel()
        self.cancelled.set()


def test_one_answer_at_a_time(serve: Serve) -> None:
    engine = Counting()
    client = engine_for(serve(engine))
    assert dict(client.batch([Ask("assert f(1) == ??")] * 6)) == dict.fromkeys(range(6), ANSWERS["f"])
    assert engine.most == 1


@pytest.mark.parametrize("stream", [True, False])
def test_an_asker_that_leaves_ends_the_answer(serve: Serve, stream: bool) -> None:
    engine = Counting()
    host, port = serve(engine).removeprefix("http://").removesuffix("/v1").split(":")
    body = json.dumps({"prompt": "assert long(1) == ??", "stream": stream}).encode()
    with socket.create_connection((host, int(port))) as asker:
        asker.sendall(b"POST /v1/completions HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        end = time.monotonic() + 5
        while not engine.now and time.monotonic() < end:
            time.sleep(0.005)
    assert engine.cancelled.wait(10)


def test_our_cancel_reaches_the_engine_behind_the_server(serve: Serve) -> None:
    engine = Counting()
    client = engine_for(serve(engine))
    stream = client.stream(Ask("assert long(1) == ??"))
    next(stream)
    client.cancel()
    assert list(stream) == []
    assert engine.cancelled.wait(2)


def test_an_engine_that_fails_is_one_line_for_the_asker(serve: Serve) -> None:
    client = engine_for(serve(Troubled("fail")))
    words = client.stream(Ask("x"))
    assert next(words) == "well"
    with pytest.raises(EngineError, match=r"says: out of memory and more$"):
        list(words)


def test_too_many_in_line_are_sent_away(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semduck.duck.serving.WAITING", 0)
    answer = post(serve(Scripted(ANSWERS)), {"prompt": "f"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")


def complaint(*words: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "semduck", "serve-model", *words]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "EMPTY": ""})
    assert done.stdout == ""
    return done.returncode, done.stderr.splitlines()[-1]


def test_what_cannot_be_served_is_one_line(tmp_path: Path) -> None:
    assert complaint() == (
        4,
        "semduck: there is no model to serve; name one with --model, see semduck models list",
    )
    assert complaint("--model", str(tmp_path / "gone"))[0] == 4
    assert complaint("--ask-key", "EMPTY")[1].endswith("variable EMPTY is empty; put a key into it")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, said = complaint("--engine", "scripted", "--port", str(taken.getsockname()[1]))
    assert code == 2 and said.endswith("choose another with --port")
