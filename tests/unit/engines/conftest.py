"""Shared by the engines' tests: models made once, and the helper beside them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
os.environ.setdefault("OMP_NUM_THREADS", "1")  # matrices this small take longer in two threads

from semduck.duck.engine import EngineSpec
from semduck.duck.worker import Worker


@pytest.fixture(scope="session")
def random_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small random Llama."""
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    import tiny

    words = tiny.tokenizer()
    return tiny.save(tmp_path_factory.mktemp("models") / "random", tiny.model(words), words)


@pytest.fixture(scope="session")
def taught_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small Llama that knows tiny.TEXT by heart; named like SemCoder."""
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    import tiny

    words = tiny.tokenizer()
    made = tiny.model(words, initializer_range=0.05)
    assert tiny.teach(made, words) < 0.05
    return tiny.save(tmp_path_factory.mktemp("models") / "semcoder_s_1030", made, words)


@pytest.fixture
def loaded() -> Callable[..., Any]:
    """Makes and loads the engine here, in this process."""

    def load(folder: Path, **options: Any) -> Any:
        from semduck.duck.engines.transformers import Transformers

        engine = Transformers(str(folder), **{"device": "cpu", "quantize": "bf16", **options})
        engine.load()
        return engine

    return load


@pytest.fixture
def worker() -> Iterator[Callable[..., Worker]]:
    """Makes the engine in a process of its own, closed at the end."""
    workers: list[Worker] = []

    def make(folder: Path, **options: Any) -> Worker:
        wanted = {"model": str(folder), "device": "cpu", "quantize": "bf16", **options}
        workers.append(Worker(EngineSpec("semduck.duck.engines.transformers:Transformers", wanted)))
        return workers[-1]

    yield make
    for each in workers:
        each.close()
