"""Who speaks: by what is asked for and what is there, in one line, without network or model library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from model_folders import COMMIT, cached, make

from semduck.duck import catalogue, choose, weights
from semduck.duck.choose import Wanted, choose_or_narrate
from semduck.duck.engine import EngineError

SEMCODER = "semcoder/semcoder_s_1030"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "hub"


@pytest.fixture
def extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the libraries and the engine were installed."""
    monkeypatch.setattr(choose, "find_spec", lambda name: object())


def refusal(**wanted: str) -> str:
    with pytest.raises(EngineError) as caught:
        choose.choose(Wanted(**wanted))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_nothing_named_is_the_narrator_with_the_way_to_more(cache: Path, extra: None) -> None:
    assert choose.choose(Wanted()) == choose.Choice(
        None,
        f"the narrator, as no model is chosen; semduck models pull {SEMCODER}, or --url for a server",
    )
    cached(cache, SEMCODER)
    assert choose.choose(Wanted()).why.endswith(f"; semduck models use {SEMCODER}")


def test_without_the_extra_the_line_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "find_spec", lambda name: None)
    assert "pip install 'semduck[semcoder]'" in choose.choose(Wanted()).why
    make(Path("mine"))
    assert "needs the extra semcoder (torch, transformers); pip install" in refusal(model="mine")


def test_a_model_alone_means_transformers(cache: Path, extra: None) -> None:
    cached(cache, SEMCODER)
    spec = choose.choose(Wanted(model="semcoder_s_1030", quantize="nf4")).spec
    assert spec is not None and spec.path == choose.TRANSFORMERS
    assert spec.options == {"model": SEMCODER, "quantize": "nf4", "device": "auto", "revision": COMMIT}
    folder = make(Path("mine"))
    spec = choose.choose(Wanted(model="./mine")).spec
    assert spec is not None and spec.options["model"] == str(folder.absolute())
    assert "revision" not in spec.options


def test_a_server_alone_means_openai() -> None:
    choice = choose.choose(Wanted(url="localhost:8000"))
    assert choice.spec is not None and choice.spec.path == choose.SERVER
    assert choice.spec.options == {
        "url": "http://localhost:8000/v1",
        "model": "",
        "key_variable": "OPENAI_API_KEY",
    }
    assert choice.why == "the model at http://localhost:8000"
    choice.spec.make()


def test_what_cannot_work_is_said_in_one_line(cache: Path, extra: None) -> None:
    assert refusal(engine="transfomers") == ("no engine is called 'transfomers'; did you mean transformers?")
    assert refusal(engine="narrator:x").startswith("no engine is called 'narrator:x'")
    assert refusal(engine="openai").startswith("the engine openai needs the address of a server")
    assert refusal(engine="transformers").startswith("the engine transformers needs a model; semduck models")
    assert refusal(url="ftp://x").startswith("'ftp://x' is no address of a server")
    assert refusal(model="./gone").startswith("no folder ./gone; --model takes")
    assert refusal(model=SEMCODER).endswith(
        f"is not on this machine; fetch it with semduck models pull {SEMCODER}"
    )
    assert refusal(model="semcoder/semcodr_s_1030").endswith(f"did you mean {SEMCODER}?")
    make(Path("mine"))
    assert refusal(model="mine", quantize="int3").startswith("no quantization 'int3'; there is auto, none")


def test_in_place_of_what_is_not_to_be_had_the_narrator_speaks() -> None:
    choice = choose_or_narrate(Wanted(model=SEMCODER))
    assert (choice.spec, choice.lacking) == (None, True)
    assert choice.why.endswith("; the narrator speaks meanwhile")
    assert not choose_or_narrate(Wanted()).lacking


def test_choosing_loads_no_library_of_models_or_networks() -> None:
    program = (
        "import sys\nfrom semduck.duck.choose import *\nchoose_or_narrate(Wanted(model='a/b'))\n"
        "choose_or_narrate(Wanted(url='localhost:1'))\n"
        "assert not {'torch', 'transformers', 'httpx', 'huggingface_hub', 'socket'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("shards", [1, 3])
def test_a_model_is_whole_or_says_what_is_missing(tmp_path: Path, shards: int) -> None:
    folder = make(tmp_path / "model", shards)
    assert weights.look(folder, "m", "").missing == ""
    last = sorted(folder.glob("*.safetensors"))[-1]
    data = last.read_bytes()
    last.write_bytes(data[:-1])
    assert weights.look(folder, "m", "").missing == f"{last.name} is cut off"
    last.write_bytes(data[:20])
    assert weights.look(folder, "m", "").missing == f"{last.name} is cut off"
    last.write_bytes(b"\x02" + bytes(7) + b"[]" + bytes(9))
    assert weights.look(folder, "m", "").missing == f"{last.name} cannot be read"
    last.unlink()
    gone = f"{last.name} is missing" if shards > 1 else "no weights (*.safetensors)"
    assert weights.look(folder, "m", "").missing == gone
    (folder / "tokenizer.json").unlink()
    assert weights.look(folder, "m", "").missing == "no tokenizer"
    (folder / "config.json").write_text("{")
    assert weights.look(folder, "m", "").missing == "no readable config.json"


def test_of_several_revisions_the_named_one_is_taken(cache: Path) -> None:
    new = "f" * 40
    cached(cache, SEMCODER)
    cached(cache, SEMCODER, new)
    assert [local.revision for local in weights.cached()] == [COMMIT, new]
    for name, revision in ((SEMCODER, new), (f"{SEMCODER}@{COMMIT[:8]}", COMMIT)):
        found = weights.local(name)
        assert found is not None and found.revision == revision
    assert weights.local(f"{SEMCODER}@abc") is None


def test_the_cache_is_where_the_hubs_variables_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_CACHE")
    monkeypatch.setenv("HF_HOME", "/somewhere")
    assert weights.hub_cache() == Path("/somewhere/hub")
    monkeypatch.delenv("HF_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert weights.hub_cache() == Path("/cache/huggingface/hub")


def test_the_cache_is_where_the_hubs_own_library_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = pytest.importorskip("huggingface_hub")
    ask = "from huggingface_hub.constants import HF_HUB_CACHE as c; print(c, end='')"
    for variable in ("HF_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, "/made/up")
        done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
        assert done.stdout == str(weights.hub_cache()), (hub.__version__, variable)
        monkeypatch.delenv(variable)


def test_the_catalogue_is_sound() -> None:
    for known in catalogue.known():
        assert known.licence and known.about and "/" in known.id
        assert 1.8 < known.bytes / known.parameters < 2.2  # two bytes for each parameter
        assert (catalogue.shape_of(known.id) or "chat") == known.shape
        assert catalogue.find(known.id.lower()) == known
    assert catalogue.find("semcoder_1030") != catalogue.find("semcoder")
    assert catalogue.find("gpt2") is None
