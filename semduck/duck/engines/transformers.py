"""SemCoder, or any other causal language model that lies in a folder here, by transformers and torch.

Nothing is downloaded: a hub id must have been fetched before. torch and transformers are loaded by load().
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence

from semduck.duck import fitting
from semduck.duck.engine import About, Ask, EngineError, Usage
from semduck.duck.engines import batching, checking, placing
from semduck.duck.engines.decoding import Decoder, Stopped
from semduck.duck.engines.words import Gate, Speech


class Transformers:
    """model: folder or hub id. quantize: auto | none | bf16 | int8 | nf4. device: auto | cpu | cuda:0 ...

    revision: of a hub id. shape: which prompts the model was trained on, "" to go by its name. guess: prompt
    lookup.
    """

    def __init__(
        self,
        model: str,
        quantize: str = "auto",
        device: str = "auto",
        revision: str = "",
        shape: str = "",
        guess: bool = True,
    ) -> None:
        fitting.precisions(quantize)  # raises ValueError for a word that means nothing
        self._model, self._quantize, self._device, self._revision = model, quantize, device, revision
        self._shape, self._guess = shape, guess
        self._stopped = threading.Event()
        self.about, self.usage = About("transformers"), Usage()

    def load(self) -> None:
        """Check the folder, choose precision and device, load. Raises EngineError."""
        placing.libraries()
        self._weights = checking.inspect(checking.locate(self._model, self._revision))
        self._tokenizer = placing.tokenizer(self._weights)
        self._place(placing.plans(self._weights, self._quantize, self._device), ())

    def _place(self, plans: Sequence[fitting.Plan], notes: tuple[str, ...]) -> None:
        self._placed, more = placing.place(self._weights, plans)
        model, plan = self._placed.model, self._placed.plan
        self._decoder = Decoder(model, self._ends(), plan.room, self._stopped, self._guess)
        name = checking.title(self._model, self._weights.config)
        template = bool(self._tokenizer.chat_template)
        self.about = About(
            name,
            self._line(name),
            self._shape or checking.shape(self._model, self._weights.config, template),
            plan.context,
            plan.quantization,
            plan.device,
            (*notes, *more),
        )

    def _line(self, name: str) -> str:
        """SemCoder-S 6.7B, NF4, 4.1 GB on cuda:0"""
        plan = self._placed.plan
        how_many = fitting.count(self._placed.model.num_parameters())
        called = name if how_many.lower() in name.lower() else f"{name} {how_many}"
        held = fitting.size(placing.loaded_bytes(self._placed))
        return f"{called}, {fitting.label(plan.quantization)}, {held} on {plan.device}"

    def _ends(self) -> set[int]:
        """Tokens that end an answer, by the model's own settings and by its tokenizer."""
        told = getattr(self._placed.model.generation_config, "eos_token_id", None)
        listed = told if isinstance(told, list) else [told]
        return {n for n in (*listed, self._tokenizer.eos_token_id) if isinstance(n, int)}

    # -- one question ------------------------------------------------------------------------------------

    def stream(self, ask: Ask) -> Iterator[str]:
        """Pieces of the answer as they come. Raises EngineError."""
        self._stopped.clear()
        return self._words(ask)

    def _words(self, ask: Ask) -> Iterator[str]:
        start = time.monotonic()
        prompt = self._prompt(ask)
        self.usage = usage = Usage(len(prompt))
        for piece in self._pieces(ask, prompt, usage):
            usage.seconds = time.monotonic() - start
            usage.first = usage.first or usage.seconds
            yield piece
        usage.seconds = time.monotonic() - start

    def _pieces(self, ask: Ask, prompt: list[int], usage: Usage) -> Iterator[str]:
        speech, gate = Speech(self._decode, prompt), Gate(ask.stop)
        try:
            for token in self._tokens(ask, prompt, usage):
                if piece := gate.take(speech.take(token)):
                    yield piece
                if gate.ended:
                    return
        except Stopped:
            return
        if piece := gate.rest():
            yield piece

    def _tokens(self, ask: Ask, prompt: list[int], usage: Usage) -> Iterator[int]:
        """The answer; where memory runs out, a smaller plan goes on from the last token."""
        said: list[int] = []
        budget = min(ask.max_tokens, self.about.context - len(prompt))
        while True:
            going = self._decoder.answer(
                [*prompt, *said], budget - len(said), ask.temperature, ask.seed + len(said)
            )
            try:
                for token in going:
                    said.append(token)
                    usage.tokens, usage.reused = len(said), self._decoder.reused
                    yield token
                return
            except Exception as error:
                if not placing.memory_is_full(error):
                    raise
            self._less_memory()

    def _less_memory(self) -> None:
        """Forget earlier questions, or load the next smaller plan. Raises EngineError when there is none."""
        if len(self._decoder.kept):
            self._decoder.kept.clear()
            placing.release()
            return
        plan, left = self._placed.plan, self._placed.left
        where = f"{fitting.label(plan.quantization)} on {plan.device}"
        if not left:
            raise EngineError(f"{where} ran out of memory while answering, and nothing smaller fits")
        notes = (*self.about.notes, f"{where} ran out of memory while answering")
        del self._decoder
        self._placed = placing.without(self._placed)
        placing.release()
        self._place(left, notes)

    def _prompt(self, ask: Ask) -> list[int]:
        """Tokens of the question. Raises EngineError when they leave no room for an answer."""
        text, special = ask.prompt, True
        if ask.chat and self._tokenizer.chat_template:
            text, special = self._dressed(ask.prompt), False
        ids = self._tokenizer(text, add_special_tokens=special)["input_ids"]
        limit = self.about.context
        if len(ids) >= limit:
            raise EngineError(
                f"the question is {len(ids):,} tokens long; {self.about.line} takes {limit:,} with the answer"
            )
        if not ids:
            raise EngineError("the question is empty")
        return [int(n) for n in ids]

    def _dressed(self, text: str) -> str:
        """What a user says, in the model's own chat template. Raises EngineError."""
        said = [{"role": "user", "content": text}]
        try:
            return str(self._tokenizer.apply_chat_template(said, tokenize=False, add_generation_prompt=True))
        except Exception as error:  # a template is a program of its own
            why = " ".join(str(error).split())[:120]
            raise EngineError(f"the chat template of {self.about.name} cannot be used: {why}") from None

    def _decode(self, tokens: Sequence[int]) -> str:
        return str(
            self._tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        )

    def cancel(self) -> None:
        """Stop at the next token, or inside the model where that takes longer."""
        self._stopped.set()

    def count_tokens(self, text: str) -> int:
        """Tokens of `text`, without those the tokenizer adds around it."""
        return len(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    # -- several at once ---------------------------------------------------------------------------------

    def batch(self, asks: Sequence[Ask]) -> Iterator[tuple[int, str]]:
        """(place, whole answer), each as it is done; short greedy questions together, others one by one."""
        self._stopped.clear()
        return self._answers(list(asks))

    def _answers(self, asks: list[Ask]) -> Iterator[tuple[int, str]]:
        start, prompts = time.monotonic(), [self._prompt(ask) for ask in asks]
        total = Usage(sum(map(len, prompts)))
        alone = set(range(len(asks)))
        for group in batching.groups(asks, prompts):
            voices = {n: self._voice(asks[n], prompts[n]) for n in group}
            try:
                for n, text in batching.together(self._decoder, voices, prompts):
                    alone.discard(n)
                    total.tokens += voices[n].said
                    yield n, text
            except Stopped:
                return
            except Exception as error:
                if not placing.memory_is_full(error):
                    raise  # else one by one, which knows what to do about it
        for n in sorted(alone):
            text = "".join(self._words(asks[n]))
            if self._stopped.is_set():
                return
            total.tokens, total.reused = total.tokens + self.usage.tokens, total.reused + self.usage.reused
            yield n, text
        total.first = total.seconds = time.monotonic() - start
        self.usage = total

    def _voice(self, ask: Ask, prompt: list[int]) -> batching.Voice:
        budget = min(ask.max_tokens, self.about.context - len(prompt))
        return batching.Voice(budget, Speech(self._decode, prompt), Gate(ask.stop))
