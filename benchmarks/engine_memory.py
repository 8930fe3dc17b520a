"""Does the estimate of a model's memory hold? Random weights of SemCoder's shape, with fewer layers.

python3 benchmarks/engine_memory.py [--layers 2 4] [--quantize bf16 int8 nf4] [--device cpu]. Makes each model
in a temporary folder, loads it through the engine's own choice in a fresh process, asks a long question, and
prints estimate and measured peak: on a processor the process's own (anonymous) memory and the weights that
stay mapped from the file, on a GPU torch's count. Exits 1 where they differ by more than 15 %.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests/unit/engines"))

TOLERANCE = 0.15
SEMCODER = {
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_attention_heads": 32,
    "num_key_value_heads": 32,
    "max_position_embeddings": 16384,
    "initializer_range": 0.02,
}
VOCABULARY = 32256


def make(folder: Path, layers: int) -> None:
    """Random bf16 weights and a small tokenizer, in shards like the published ones."""
    import tiny
    import torch

    words = tiny.tokenizer()
    torch.set_default_dtype(torch.bfloat16)
    model = tiny.model(words, num_hidden_layers=layers, vocab_size=VOCABULARY, **SEMCODER)
    tiny.save(folder, model, words, shard="1GB")


def mapped(model: Any) -> int:
    """Bytes of the weights that stay in the file and are mapped from it: they count whole, touched or not."""
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as lines:
        ranges = [line.split()[0].split("-") for line in lines if line.rstrip().endswith(".safetensors")]
    files = [(int(a, 16), int(b, 16)) for a, b in ranges]
    parts = {p.data_ptr(): p.nbytes for p in model.parameters()}
    return sum(n for at, n in parts.items() if any(a <= at < b for a, b in files))


def watch(stop: threading.Event, peaks: dict[str, int]) -> None:
    """Keep the largest amounts seen, every 20 ms."""
    while not stop.wait(0.02):
        with open("/proc/self/status", encoding="ascii") as lines:
            told = {
                line.split(":")[0]: line.split()[1] for line in lines if line.startswith(("Rss", "VmHWM"))
            }
        peaks["anonymous"] = max(peaks["anonymous"], int(told["RssAnon"]) * 1024)
        peaks["resident"] = int(told["VmHWM"]) * 1024


def measure(folder: Path, quantize: str, device: str) -> None:
    """In a process of its own: load, ask, print a line of JSON."""
    from semduck.duck import fitting
    from semduck.duck.engine import Ask
    from semduck.duck.engines.transformers import Transformers

    stop, peaks = threading.Event(), {"anonymous": 0, "resident": 0}
    threading.Thread(target=watch, args=(stop, peaks), daemon=True).start()
    engine = Transformers(str(folder), quantize, device)
    start = time.monotonic()
    engine.load()
    loaded = time.monotonic() - start
    loading = dict(peaks)
    question = "value " * 1200
    for _ in engine.stream(Ask(question, max_tokens=8)):
        pass
    plan, usage = engine._placed.plan, engine.usage
    tokens = usage.prompt_tokens + usage.tokens
    per_token = 2 * 2 * 4096 * engine._weights.config["num_hidden_layers"]
    estimate = plan.peak - (fitting.TOKENS - tokens) * per_token
    stop.set()
    file = mapped(engine._placed.model)
    peak = peaks["anonymous"] + file
    if plan.device != "cpu":
        import torch

        peak = torch.cuda.max_memory_reserved()
    print(
        json.dumps(
            {
                "line": engine.about.line,
                "estimate": estimate,
                "peak": peak,
                "loading": loading,
                "peaks": peaks,
                "mapped": file,
                "weights": plan.weights,
                "seconds": loaded,
                "first": usage.first,
                "tokens": tokens,
            }
        )
    )


def main() -> int:
    """Measure every combination."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, nargs="+", default=[2, 4])
    parser.add_argument("--quantize", nargs="+", default=["bf16", "int8", "nf4"])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--verbose", action="store_true", help="print all that was measured")
    options = parser.parse_args()
    if options.folder:
        measure(options.folder, options.quantize[0], options.device)
        return 0
    good = True
    for layers in options.layers:
        with tempfile.TemporaryDirectory() as folder:
            made = subprocess.run(
                [
                    sys.executable,
                    "-c",
                    f"import sys; sys.path[:0] = {sys.path[:2]!r}\n"
                    f"import engine_memory, pathlib\n"
                    f"engine_memory.make(pathlib.Path({folder!r}), {layers})",
                ]
            )
            made.check_returncode()
            for quantize in options.quantize:
                good &= report(Path(folder), layers, quantize, options)
    return 0 if good else 1


def report(folder: Path, layers: int, quantize: str, options: argparse.Namespace) -> bool:
    """One line; is the estimate good?"""
    command = [sys.executable, __file__, "--folder", str(folder), "--quantize", quantize]
    done = subprocess.run([*command, "--device", options.device], capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
        return False
    read = json.loads(done.stdout.splitlines()[-1])
    difference = read["estimate"] / read["peak"] - 1
    print(
        f"{layers} layers, {quantize:4}: estimate {read['estimate'] / 1e9:5.2f} GB, measured "
        f"{read['peak'] / 1e9:5.2f} GB, difference {difference:+6.1%}; "
        f"loaded in {read['seconds']:.1f} s: {read['line']}"
    )
    if options.verbose:
        print(json.dumps(read, indent=1))
    return abs(difference) <= TOLERANCE


if __name__ == "__main__":
    sys.exit(main())
