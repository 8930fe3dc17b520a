"""The engine for servers: against one that misbehaves in every way, and against a real one of ours."""

from __future__ import annotations

import email.utils
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from nasty import GOOD, WORDS, Asked, Nasty, chunk, head

from semduck.duck import address
from semduck.duck.engine import Ask, EngineError, EngineSpec
from semduck.duck.engines.openai import OpenAI
from semduck.duck.engines.server_call import retry_after
from semduck.duck.engines.server_events import Cleaner, Lines
from semduck.duck.worker import Worker

QUICK = {"connect": 1.0, "read": 5.0, "budget": 20.0, "first_wait": 0.02}
ASK = Ask("what?", max_tokens=50)
Make = Callable[..., tuple[OpenAI, Nasty]]


@pytest.fixture
def make() -> Iterator[Make]:
    servers: list[Nasty] = []

    def made(answer: Callable[[Asked], None], **options: object) -> tuple[OpenAI, Nasty]:
        models = options.pop("models", None)
        servers.append(Nasty(answer, models))  # type: ignore[arg-type]
        engine = OpenAI(servers[-1].url, **{"key_variable": "NO_KEY", **QUICK, **options})  # type: ignore[arg-type]
        engine.load()
        return engine, servers[-1]

    yield made
    for server in servers:
        server.close()


def trouble(engine: OpenAI, ask: Ask = ASK) -> str:
    """The one line of a failing question."""
    with pytest.raises(EngineError) as caught:
        list(engine.stream(ask))
    said = str(caught.value)
    assert "\n" not in said and said.startswith((engine.where, "no server answers at")), said
    return said


def test_words_arrive_as_they_come(make: Make) -> None:
    engine, server = make(lambda asked: asked.stream(GOOD))
    assert "".join(engine.stream(Ask("q", ("STOP",), 9, 7, 0.5))) == "".join(WORDS)
    asked = server.asked[-1]
    assert asked.path == "/v1/completions"
    assert {k: asked.body[k] for k in ("model", "prompt", "max_tokens", "stop", "seed", "temperature")} == {
        "model": "nasty-1",
        "prompt": "q",
        "max_tokens": 9,
        "stop": ["STOP"],
        "seed": 7,
        "temperature": 0.5,
    }
    assert "authorization" not in asked.headers
    assert (engine.about.name, engine.about.line) == ("nasty-1", f"nasty-1 at {engine.where}")
    assert engine.usage.tokens == 4 and 0 < engine.usage.first <= engine.usage.seconds


def test_a_chat_question_is_a_message(make: Make) -> None:
    delta = b'data: {"choices": [{"delta": {"role": "assistant"}}]}\n\n'
    delta += b'data: {"choices": [{"delta": {"content": "hi"}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
    engine, server = make(lambda asked: asked.stream(delta))
    assert list(engine.stream(Ask("q", chat=True))) == ["hi"]
    assert server.asked[-1].path == "/v1/chat/completions"
    assert server.asked[-1].body["messages"] == [{"role": "user", "content": "q"}]
    assert "seed" not in server.asked[-1].body


def test_a_server_that_does_not_stream_is_understood(make: Make) -> None:
    body = {"choices": [{"message": {"content": "all at once"}}], "usage": {"completion_tokens": 3}}
    engine, _ = make(lambda asked: asked.send(head(json.dumps(body).encode())))
    assert list(engine.stream(ASK)) == ["all at once"]
    assert engine.usage.tokens == 3


def test_characters_in_halves_become_whole(make: Make) -> None:
    def one_byte_at_a_time(asked: Asked) -> None:
        asked.stream(*(GOOD[i : i + 1] for i in range(len(GOOD))))

    engine, _ = make(one_byte_at_a_time)
    assert "".join(engine.stream(ASK)) == "".join(WORDS)
    halves = (
        b'data: {"choices": [{"text": "a\\ud83e"}]}\n\ndata: {"choices": [{"text": "\\udd86b\\ud83e"}]}\n\n'
    )
    engine, _ = make(lambda asked: asked.stream(halves, b"data: [DONE]\n\n"))
    assert "".join(engine.stream(ASK)) == "a🦆b\ufffd"


def test_control_codes_do_not_reach_the_screen(make: Make) -> None:
    engine, _ = make(lambda asked: asked.stream(chunk("a\x1b[31m\x07\u202eb\r\n\tc\x9b"), chunk(why="stop")))
    assert "".join(engine.stream(ASK)) == "a[31mb\n\tc"


def test_a_stop_string_is_cut_off_even_where_the_server_ignores_it(make: Make) -> None:
    engine, _ = make(lambda asked: asked.stream(*map(chunk, ["one [/AN", "SW", "ER] two"])))
    assert "".join(engine.stream(Ask("q", ("[/ANSWER]",)))) == "one "
    engine, _ = make(lambda asked: asked.stream(chunk("one [/AN"), chunk(why="stop"), b"data: [DONE]\n\n"))
    assert "".join(engine.stream(Ask("q", ("[/ANSWER]",)))) == "one [/AN"


def test_a_missing_done_is_no_harm_and_no_wait(make: Make) -> None:
    def stays_open(asked: Asked) -> None:
        asked.stream(chunk("word"), chunk(why="stop"))
        asked.connection.recv(1)

    engine, _ = make(stays_open)
    start = time.monotonic()
    assert list(engine.stream(ASK)) == ["word"]
    assert time.monotonic() - start < 3
    engine, _ = make(lambda asked: asked.stream(chunk("word"), chunk(why="stop")))
    assert list(engine.stream(ASK)) == ["word"]


def test_an_endless_stream_is_ended_by_us(make: Make) -> None:
    def endless(asked: Asked) -> None:
        asked.stream(chunk("first"))
        while True:
            asked.send(chunk(" more"))

    engine, server = make(endless)
    assert "".join(engine.stream(Ask("q", max_tokens=20))) == "first" + " more" * 19
    end = time.monotonic() + 5
    while not server.asked[-1].gone and time.monotonic() < end:
        time.sleep(0.01)
    assert server.asked[-1].gone  # the connection was closed, the server can stop working


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda a: a.stream(chunk("one")), "closed the connection in mid-answer"),
        (lambda a: a.stream(b"data: {not json}\n\n"), "sent what is no answer: '{not json}'"),
        (lambda a: a.stream(b"complete garbage \xff\xfe\n"), "sent what is no answer: 'complete garbage"),
        (lambda a: a.stream(b"data: [1, 2]\n\n"), "sent what is no answer: '[1, 2]'"),
        (lambda a: a.stream(b"data: " + b"[" * 100_000 + b"\n\n"), "sent what is no answer: '[[["),
        (lambda a: a.stream(b'data: {"choices": [{"text": 5}]}\n\n'), "sent what is no answer: "),
        (lambda a: a.stream(b"data: " + b"x" * 1_100_000), "a line without an end"),
        (lambda a: a.stream(b'data: {"error": {"message": "cuda\\noom"}}\n\n'), "says: cuda oom"),
        (lambda a: a.send(head(b"<html>hi</html>", kind="text/html")), "answers with a web page"),
        (
            lambda a: a.send(head(b"<html>hi</html>", "502 Bad Gateway", "text/html")),
            "(502): with a web page",
        ),
        (lambda a: a.send(head(b"", "401 Unauthorized")), "wants a key; put it into $NO_KEY"),
        (lambda a: a.send(head(b'{"detail": "no"}', "403 Forbidden")), "forbids this (403): no"),
        (
            lambda a: a.send(head(b'{"error": {"message": "model gone"}}', "404 Not Found")),
            "has no model 'nasty-1': model gone",
        ),
        (lambda a: a.send(head(b"404 page", "404 Not Found", "text/plain")), "should end in /v1: 404 page"),
        (
            lambda a: a.send(head(b"", "302 Found", Location="http://elsewhere.example/v1")),
            "sends us elsewhere, to 'http://elsewhere.example/v1'; give that address with --url",
        ),
        (lambda a: a.send(head(b'{"message": "too long"}', "400 Bad Request")), "question (400): too long"),
        (lambda a: a.send(b"SSH-2.0-OpenSSH_9.6\r\n"), "closed the connection"),
        (lambda a: a.send(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"a": 1'), "in mid-answer"),
    ],
)
def test_every_trouble_is_one_line(make: Make, answer: Callable[[Asked], None], said: str) -> None:
    engine, _ = make(answer)
    assert said in trouble(engine)


def test_a_silent_server_does_not_hang_us(make: Make) -> None:
    engine, _ = make(lambda asked: asked.connection.recv(1), read=0.4)
    start = time.monotonic()
    assert trouble(engine).endswith("was silent for 0.4 s")
    assert time.monotonic() - start < 3


def test_a_stream_that_only_pings_ends_by_the_budget(make: Make) -> None:
    engine, _ = make(lambda asked: asked.stream(*[b": ping\n\n"] * 1000, pause=0.02), budget=0.5)
    start = time.monotonic()
    assert trouble(engine).endswith("did not end its answer within 0.5 s")
    assert time.monotonic() - start < 3


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    engine = OpenAI(f"http://127.0.0.1:{port}", key_variable="", **QUICK)
    with pytest.raises(EngineError, match=f"^no server answers at http://127.0.0.1:{port} .*is it running"):
        engine.load()


def test_a_server_without_tls_is_not_asked_over_https() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = listener.accept()
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        connection.close()
        listener.close()

    threading.Thread(target=answer, daemon=True).start()
    engine = OpenAI(f"https://127.0.0.1:{listener.getsockname()[1]}", key_variable="", **QUICK)
    start = time.monotonic()
    with pytest.raises(EngineError, match=r"^https://127.* cannot be trusted, or speaks no TLS \(.*SSL"):
        engine.load()
    assert time.monotonic() - start < 3  # it is not tried again


def test_a_busy_server_is_asked_again_when_it_says(make: Make) -> None:
    def busy(asked: Asked) -> None:
        if asked.before < 2:
            asked.send(head(b"{}", "429 Too Many Requests", Retry_After="1" if asked.before else "0"))
        else:
            asked.stream(GOOD)

    engine, server = make(busy)
    start = time.monotonic()
    assert "".join(engine.stream(ASK)) == "".join(WORDS)
    assert 1 <= time.monotonic() - start < 5
    assert [asked.method for asked in server.asked].count("POST") == 3


def test_one_that_asks_for_a_long_wait_is_not_waited_for(make: Make) -> None:
    engine, server = make(lambda a: a.send(head(b"{}", "429 Too Many Requests", Retry_After="3600")))
    assert trouble(engine).endswith("takes no more questions now (429), it asks to wait 3600 s")
    assert [asked.method for asked in server.asked].count("POST") == 1


def test_after_the_first_word_there_is_no_second_try(make: Make) -> None:
    engine, server = make(lambda asked: asked.stream(chunk("one")))
    got: list[str] = []
    with pytest.raises(EngineError, match="mid-answer"):
        got.extend(engine.stream(ASK))
    assert [asked.method for asked in server.asked].count("POST") == 1


def test_a_connection_dropped_before_the_first_word_is_tried_again(make: Make) -> None:
    engine, server = make(lambda a: a.stream(GOOD) if a.before else a.connection.close())
    assert "".join(engine.stream(ASK)) == "".join(WORDS)
    assert [asked.method for asked in server.asked].count("POST") == 2


@pytest.mark.parametrize("begun", [False, True])
def test_cancel_closes_the_connection_within_100_ms(make: Make, begun: bool) -> None:
    left = threading.Event()

    def hang(asked: Asked) -> None:
        if begun:
            asked.stream(chunk("one"))
        if not asked.connection.recv(1):
            left.set()

    engine, _ = make(hang)
    took: list[float] = []

    def cancel() -> None:
        time.sleep(0.3)
        took.append(time.monotonic())
        engine.cancel()

    threading.Thread(target=cancel).start()
    assert "".join(engine.stream(ASK)) == ("one" if begun else "")
    assert time.monotonic() - took[0] < 2  # the server says nothing more, ever
    assert left.wait(2)


def test_cancel_ends_a_wait_between_two_tries(make: Make) -> None:
    engine, _ = make(lambda a: a.send(head(b"{}", "503 Service Unavailable", Retry_After="10")))
    timer = threading.Timer(0.3, engine.cancel)
    timer.start()
    start = time.monotonic()
    assert list(engine.stream(ASK)) == []
    assert time.monotonic() - start < 5


def test_after_a_cancel_the_next_question_is_answered(make: Make) -> None:
    engine, _ = make(lambda asked: asked.stream(GOOD))
    stream = engine.stream(ASK)
    next(stream)
    engine.cancel()
    list(stream)
    assert "".join(engine.stream(ASK)) == "".join(WORDS)


def test_the_key_goes_to_the_server_and_nowhere_else(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-secret-123")
    refusal = b'{"error": {"message": "wrong key sk-secret-123"}}'
    engine, server = make(lambda a: a.send(head(refusal, "400 Bad Request")), key_variable="MY_KEY")
    assert "secret" not in trouble(engine)
    assert server.asked[-1].headers["authorization"] == "Bearer sk-secret-123"
    assert "secret" not in json.dumps(engine.about.to_data())
    engine, server = make(lambda a: a.send(head(b"", "401 Unauthorized")), key_variable="MY_KEY")
    assert trouble(engine).endswith("refuses the key in $MY_KEY")


def test_a_key_that_cannot_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-é\u2026")
    with pytest.raises(EngineError, match=r"^the key in \$MY_KEY has characters that cannot be sent$"):
        OpenAI("http://127.0.0.1:1", key_variable="MY_KEY").load()


def test_no_proxy_gets_between(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    engine, _ = make(lambda asked: asked.stream(GOOD))
    assert "".join(engine.stream(ASK)) == "".join(WORDS)


def test_models_are_listed_and_checked(make: Make) -> None:
    models = head(b'{"data": [{"id": "qwen:latest", "max_model_len": 512}, {"id": "semcoder_s_1030"}]}')
    engine, _ = make(lambda asked: None, models=models)
    assert engine.about.name == "qwen:latest" and engine.about.context == 512
    assert engine.about.notes == (f"{engine.where} has 2 models; the first is asked, --model names another",)
    assert make(lambda a: None, models=models, model="qwen")[0].about.shape == "chat"
    assert make(lambda a: None, models=models, model="semcoder_s_1030")[0].about.shape == "semcoder"
    file = head(b'{"data": [{"id": "/models/semcoder_s_1030.Q4_K_M.gguf", "meta": {"n_ctx": 512}}]}')
    about = make(lambda a: None, models=file)[0].about
    assert (about.shape, about.context) == ("semcoder", 512)
    assert about.line.startswith("semcoder_s_1030.Q4_K_M.gguf at http://")
    with pytest.raises(EngineError, match="has no model 'semcoder_1030'; did you mean semcoder_s_1030"):
        make(lambda a: None, models=models, model="semcoder_1030")
    with pytest.raises(EngineError, match="lists no model; name one with --model"):
        make(lambda a: None, models=head(b'{"data": []}'))
    with pytest.raises(EngineError, match="answers with a web page, not as a model's server"):
        make(lambda a: None, models=head(b"<html>", kind="text/html"))


def test_tokens_are_counted_by_the_server_or_estimated(make: Make) -> None:
    def counts(asked: Asked) -> None:
        assert asked.path == "/tokenize"
        asked.send(head(b'{"tokens": [1, 2, 3]}'))

    assert make(counts)[0].count_tokens("whatever this is") == 3
    engine, server = make(lambda a: a.send(head(b"", "404 Not Found")))
    assert (engine.count_tokens("x" * 35), engine.count_tokens("")) == (10, 0)
    assert [a.path for a in server.asked].count("/tokenize") == 1  # it is not asked in vain again


def test_questions_of_a_batch_are_asked_together(make: Make) -> None:
    together = threading.Barrier(3, timeout=10)

    def answer(asked: Asked) -> None:
        together.wait()
        asked.stream(chunk(f"to {asked.body['prompt']}", why="stop"))

    engine, _ = make(answer)
    assert dict(engine.batch([Ask("a"), Ask("b"), Ask("c")])) == {0: "to a", 1: "to b", 2: "to c"}
    assert engine.usage.tokens == 3


def test_a_batch_with_a_failure_ends_with_its_line(make: Make) -> None:
    def answer(asked: Asked) -> None:
        if asked.body["prompt"] == "b":
            asked.send(head(b'{"message": "no"}', "400 Bad Request"))
        else:
            asked.connection.recv(1)

    engine, _ = make(answer)
    start = time.monotonic()
    with pytest.raises(EngineError, match=r"\(400\): no"):
        list(engine.batch([Ask("a"), Ask("b")]))
    assert time.monotonic() - start < 2


def test_through_a_worker_words_and_troubles_arrive(make: Make) -> None:
    engine, server = make(lambda a: a.stream(chunk("one")) if a.body["prompt"] == "bad" else a.stream(GOOD))
    options = {"url": server.url, "key_variable": "NO_KEY", **QUICK}
    worker = Worker(EngineSpec("semduck.duck.engines.openai:OpenAI", options))
    try:
        said: dict[int, list[tuple[str, str]]] = {worker.ask(Ask("good")): [], worker.ask(Ask("bad")): []}
        events, end = [], time.monotonic() + 20
        while worker.busy and time.monotonic() < end:
            time.sleep(0.01)
            events += worker.poll()
        for event in [*events, *worker.poll()]:
            if event.request is not None:
                said[event.request].append((event.kind, event.text))
    finally:
        worker.close()
    good, bad = said.values()
    assert "".join(text for kind, text in good if kind == "token") == "".join(WORDS)
    assert bad == [("token", "one"), ("error", f"{engine.where} closed the connection in mid-answer")]


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("localhost:8000", "http://localhost:8000/v1"),
        ("http://localhost:8000/", "http://localhost:8000/v1"),
        ("https://host.example/api/v1/", "https://host.example/api/v1"),
        ("http://[::1]:80/v1", "http://[::1]:80/v1"),
    ],
)
def test_addresses(typed: str, used: str) -> None:
    assert address.base(typed) == used


@pytest.mark.parametrize(
    "typed", ["", "ftp://x", "http://", "http://a b", "http://x:99999", "http://x/?k=1", "http://x\x1b[2J"]
)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(EngineError, match="is no address of a server; write it like"):
        address.base(typed)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(EngineError) as caught:
        address.base("http://me:hidden@host/v1")
    assert "hidden" not in str(caught.value)


def test_retry_after_is_a_number_or_a_date() -> None:
    assert (retry_after("2.5"), retry_after(""), retry_after("soon"), retry_after("-3")) == (2.5, 0, 0, 0)
    assert 50 < retry_after(email.utils.formatdate(time.time() + 60, usegmt=True)) <= 60


def test_lines_and_stops_do_not_depend_on_how_the_pieces_fall() -> None:
    text = "one 🦆 two [/ANS] three [/ANSWER] four"
    for size in range(1, 12):
        cleaner = Cleaner(("[/ANSWER]",))
        got = "".join(
            cleaner.feed(text[i : i + size]) for i in range(0, len(text), size) if not cleaner.stopped
        )
        assert got == "one 🦆 two [/ANS] three "
        lines, data = Lines(), text.replace(" ", "\r\n").encode()
        found = [line for i in range(0, len(data), size) for line in lines.feed(data[i : i + size])]
        assert found + lines.feed(b"", final=True) == text.split(" ")
