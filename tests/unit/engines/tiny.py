"""Small models made on the spot: a tokenizer trained on a few lines and random or quickly taught weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

TEXT = """\
[PYTHON]
def total(values): # [L5]
    result = 0 # [L6]
    for value in values: # [L7]
        if value > 2: # [L8]
            result += value # [L9]
    return result # [L10]
assert total([1, 3, 5]) == ??
[/PYTHON]
[MONOLOGUE]
The function `total` is called with the list [1, 3, 5]. [L5]
First, `result` is set to 0. [L6]
The loop takes the first value, 1, from the list [1, 3, 5]. [L7]
The value 1 is not greater than 2, so nothing is added. [L8]
The loop takes the second value, 3, from the list [1, 3, 5]. [L7]
The value 3 is greater than 2, so it is added to `result`. [L8] [L9]
The loop takes the third value, 5, from the list [1, 3, 5]. [L7]
The value 5 is greater than 2, so it is added to `result`. [L8] [L9]
The loop is over and the function returns `result`, which is 8. [L10]
[/MONOLOGUE]
[ANSWER]
assert total([1, 3, 5]) == 8
[/ANSWER] — naïve café, 日本語, 🦆 ✓
"""
PROMPT = TEXT.partition("[MONOLOGUE]\n")[0] + "[MONOLOGUE]\n"
ANSWER = TEXT.partition("[MONOLOGUE]\n")[2].partition("[/ANSWER]")[0]


def tokenizer(texts: Sequence[str] = (TEXT,), size: int = 512, template: str = "") -> Any:
    """Byte-level BPE like that of most models, with <s> before a text and </s> at its end."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=["<s>", "</s>"], initial_alphabet=alphabet, show_progress=False
    )
    made.train_from_iterator(texts, trainer)
    made.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    fast = PreTrainedTokenizerFast(tokenizer_object=made, bos_token="<s>", eos_token="</s>")
    if template:
        fast.chat_template = template
    return fast


def model(tokenizer: Any, seed: int = 0, **sizes: Any) -> Any:
    """A random Llama; `sizes` go to its config."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    wanted = {
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 1024,
        "initializer_range": 0.2,
        "tie_word_embeddings": False,
    }
    torch.manual_seed(seed)
    ends = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}
    config = LlamaConfig(**{**wanted, "vocab_size": len(tokenizer), **ends, **sizes})
    return LlamaForCausalLM(config)


def save(folder: Path, model: Any, tokenizer: Any, shard: str = "5GB") -> Path:
    """As a folder of bf16 weights."""
    import torch

    model.to(torch.bfloat16).save_pretrained(folder, max_shard_size=shard)
    tokenizer.save_pretrained(folder)
    return folder


def teach(model: Any, tokenizer: Any, texts: Sequence[str] = (TEXT,), steps: int = 150) -> float:
    """Learn the texts by heart; the loss at the end."""
    import torch

    torch.manual_seed(0)
    rows = [tokenizer(text + "</s>")["input_ids"] for text in texts]
    most = max(map(len, rows))
    ids = torch.tensor([row + [1] * (most - len(row)) for row in rows])
    labels = torch.tensor([row + [-100] * (most - len(row)) for row in rows])
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps, pct_start=0.2)
    model.train()
    for _ in range(steps):
        loss = model(input_ids=ids, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    model.eval()
    return float(loss.item())
