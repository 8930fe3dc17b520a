"""Which precision fits where, from config.json and free memory; parameters as the library counts them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from semduck.duck import architecture, fitting
from semduck.duck.hardware import Gpu, Hardware, free_ram, measure

SEMCODER: dict[str, Any] = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 32,
    "vocab_size": 32256,
    "max_position_embeddings": 16384,
    "tie_word_embeddings": False,
}
GB = 10**9


def chosen(hardware: Hardware, **more: Any) -> list[tuple[str, str]]:
    return [(p.device, p.quantization) for p in fitting.plans(SEMCODER, hardware, **more)]


def test_semcoder_has_its_6_7_billion_parameters() -> None:
    sizes = architecture.read(SEMCODER)
    assert sizes.parameters == 6_740_512_768
    assert fitting.count(sizes.parameters) == "6.7B"
    assert sizes.cache == 2 * 32 * 4096


@pytest.mark.parametrize(
    ("free", "first"),
    [(80, "bf16"), (16, "bf16"), (12, "int8"), (8, "nf4"), (6, "nf4")],
)
def test_the_finest_precision_that_fits_a_gpu(free: int, first: str) -> None:
    found = chosen(Hardware(64 * GB, (Gpu("cuda:0", free * GB),)))
    assert found[0] == ("cuda:0", first)
    assert found[-3:] == [("cpu", "bf16"), ("cpu", "int8"), ("cpu", "nf4")]


def test_the_emptier_gpu_comes_first_and_a_full_one_not_at_all() -> None:
    found = chosen(Hardware(GB, (Gpu("cuda:0", 7 * GB), Gpu("cuda:1", 24 * GB), Gpu("cuda:2", GB))))
    assert [d for d, _ in found] == ["cuda:1"] * 3 + ["cuda:0"]


def test_nothing_fits_a_small_machine_and_the_reason_is_a_line() -> None:
    small = Hardware(2 * GB)
    assert fitting.plans(SEMCODER, small) == []
    assert "NF4 on cpu needs" in fitting.consider(SEMCODER, small)[-1].line


def test_wishes() -> None:
    here = Hardware(64 * GB, (Gpu("cuda:0", 24 * GB),))
    assert chosen(here, quantize="nf4", device="cuda:0") == [("cuda:0", "nf4")]
    assert chosen(here, quantize="none", device="cpu") == [("cpu", "bf16")]
    assert chosen(here, available=("bf16",)) == [("cuda:0", "bf16"), ("cpu", "bf16")]
    with pytest.raises(ValueError, match="quantize is 'fp4', it can be auto"):
        chosen(here, quantize="fp4")
    with pytest.raises(ValueError, match="no device 'cuda:1' here, there is auto, cpu, cuda:0"):
        chosen(here, device="cuda:1")


def test_a_long_context_costs_memory_and_is_bounded_by_the_model() -> None:
    roomy, tight = (
        fitting.plans(SEMCODER, Hardware(80 * GB))[0],
        fitting.plans(SEMCODER, Hardware(17 * GB))[0],
    )
    assert roomy.context == 16384 < roomy.room
    assert fitting.TOKENS <= tight.context < 16384
    more = fitting.consider(SEMCODER, Hardware(80 * GB), tokens=8192)[0]
    assert more.peak - roomy.peak == (8192 - fitting.TOKENS) * 2 * architecture.read(SEMCODER).cache


def test_what_has_no_size_is_refused() -> None:
    for config, why in (
        ({**SEMCODER, "num_local_experts": 8}, "mixture of experts"),
        ({**SEMCODER, "model_type": "novel"}, "'novel'"),
        ({**SEMCODER, "vocab_size": "many"}, "vocab_size"),
        ({"model_type": "llama"}, "hidden_size"),
    ):
        with pytest.raises(architecture.UnknownSize, match=why):
            fitting.plans(config, Hardware(80 * GB))


def test_counted_parameters_count() -> None:
    unknown = {**SEMCODER, "model_type": "novel"}
    assert fitting.plans(unknown, Hardware(80 * GB), parameters=7 * GB)[0].weights == 14 * GB
    experts = {**SEMCODER, "num_local_experts": 8}
    found = fitting.plans(experts, Hardware(200 * GB), parameters=46 * GB)
    assert [(p.quantization, p.weights) for p in found] == [("bf16", 92 * GB)]


FAMILIES: dict[str, dict[str, Any]] = {
    "llama": {"num_key_value_heads": 2},
    "mistral": {"num_key_value_heads": 2},
    "granite": {},
    "phi3": {"pad_token_id": 0},
    "qwen2": {"num_key_value_heads": 2},
    "qwen3": {"num_key_value_heads": 2, "head_dim": 32},
    "smollm3": {"pad_token_id": 0},
    "gemma": {"head_dim": 32, "num_key_value_heads": 1},
    "gemma2": {"head_dim": 32, "num_key_value_heads": 2},
    "starcoder2": {"num_key_value_heads": 2},
    "gpt_neox": {},
    "phi": {},
    "gpt2": {"n_embd": 128, "n_layer": 3, "n_head": 4, "n_positions": 256},
    "gpt_bigcode": {"n_embd": 128, "n_layer": 3, "n_head": 4, "n_positions": 256},
}


@pytest.mark.parametrize("kind", sorted(architecture.FAMILIES))
@pytest.mark.parametrize("tied", [None, True, False])
def test_parameters_are_those_of_the_library(kind: str, tied: bool | None, tmp_path: Path) -> None:
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    sizes = {"vocab_size": 500}
    if not kind.startswith("gpt_b") and kind != "gpt2":
        sizes |= {"hidden_size": 128, "intermediate_size": 300, "num_hidden_layers": 3}
        sizes |= {"num_attention_heads": 4, "max_position_embeddings": 256}
    if tied is not None:
        sizes["tie_word_embeddings"] = tied
    config = transformers.AutoConfig.for_model(kind, **{**sizes, **FAMILIES[kind]})
    with torch.device("meta"):
        made = transformers.AutoModelForCausalLM.from_config(config)
    config.save_pretrained(tmp_path)
    told = architecture.read(json.loads((tmp_path / "config.json").read_text()))
    assert told.parameters == made.num_parameters()
    lines = [m for n, m in made.named_modules() if type(m).__name__ in ("Linear", "Conv1D")]
    lines = [m for m in lines if m is not made.get_output_embeddings()]
    assert told.inside == sum(m.weight.numel() for m in lines)


def test_this_machine_has_memory() -> None:
    assert measure().ram > 10**8


def test_control_groups_bound_it(tmp_path: Path) -> None:
    proc, groups = tmp_path / "proc", tmp_path / "cgroup"
    (proc / "self").mkdir(parents=True)
    (proc / "meminfo").write_text("MemTotal: 64000 kB\nMemAvailable:   32000 kB\n")
    (proc / "self/cgroup").write_text("0::/user/app\n")
    assert free_ram(proc, groups) == 32_000 * 1024
    outer = groups / "user"
    (outer / "app").mkdir(parents=True)
    (outer / "app/memory.max").write_text("max\n")
    (outer / "app/memory.current").write_text("5000000\n")
    assert free_ram(proc, groups) == 32_000 * 1024
    (outer / "memory.max").write_text("20000000\n")
    (outer / "memory.current").write_text("15000000\n")
    assert free_ram(proc, groups) == 5_000_000
    (outer / "memory.stat").write_text("anon 1\ninactive_file 3000000\n")
    assert free_ram(proc, groups) == 8_000_000
    (outer / "memory.current").write_text("90000000\n")
    assert free_ram(proc, groups) == 0


def test_first_version_control_groups(tmp_path: Path) -> None:
    proc, groups = tmp_path / "proc", tmp_path / "cgroup"
    (proc / "self").mkdir(parents=True)
    (proc / "meminfo").write_text("MemAvailable:   32000 kB\n")
    (proc / "self/cgroup").write_text("11:cpu,cpuacct:/x\n7:memory:/box\n")
    (groups / "memory/box").mkdir(parents=True)
    (groups / "memory/box/memory.limit_in_bytes").write_text("9000000\n")
    (groups / "memory/box/memory.usage_in_bytes").write_text("2000000\n")
    assert free_ram(proc, groups) == 7_000_000


def test_for_people() -> None:
    assert [fitting.size(n) for n in (4_123_000_000, 62_400_000, 10)] == ["4.1 GB", "62 MB", "1 MB"]
    assert [fitting.count(n) for n in (6_740_512_768, 30_000_000)] == ["6.7B", "30M"]
