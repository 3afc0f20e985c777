"""The bundled texts: our own (assets/texts/corpus.json), or Storyland's for a model that knows only Storyland.

`readings` keeps all activations on them, for what needs each one: resampling, say. A unit's card comes from
an index (`interpret.corpus.shipped`).
"""

import json
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
import torch

from interpret import progress
from interpret.units import NoUnits, Unit
from models.base import Card, LanguageModel, Memory, Recording, Tokens

CORPUS = Path(__file__).parents[1] / "assets" / "texts" / "corpus.json"
STORIES, STORY_SEED = 60, 2**40 + 5001  # no training draws its stories from 2**40 on
LONGEST = 400  # tokens of one text
GATES = ("input_gate", "forget_gate", "output_gate")
SATURATED = (0.1, 0.9)  # a gate is shut below, open above: Karpathy, Johnson, Li 2015


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One text of the corpus and, of a review, what it is: positive or negative."""

    text: str
    label: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Readings:
    """All units of a model over the corpus."""

    texts: tuple[Tokens, ...]
    starts: np.ndarray  # (P + 1,) where each text begins among the N tokens
    values: dict[str, tuple[np.ndarray, ...]]  # by kind: (N, units) for each layer, in half precision

    def column(self, unit: Unit) -> np.ndarray:
        """A unit's activations on all N tokens."""
        return self.values[unit.kind][unit.layer - 1][:, unit.index].astype(np.float64)


def is_story(card: Card) -> bool:
    """Whether a model knows Storyland's words and no others."""
    return card.trained_on.startswith("Storyland")


@cache
def _english() -> tuple[Passage, ...]:
    entries = json.loads(CORPUS.read_text(encoding="utf-8"))
    return tuple(Passage(text=entry["text"], label=entry["label"]) for entry in entries)


def passages(card: Card) -> tuple[Passage, ...]:
    """The texts of a model's corpus."""
    if not is_story(card):
        return _english()
    from models.train.storyland import stories, text

    return tuple(Passage(text=text(told)) for told in stories(STORY_SEED, STORIES))


_kept: "WeakKeyDictionary[LanguageModel, Readings]" = WeakKeyDictionary()  # gone with the model
_reading = threading.Lock()


def readings(model: LanguageModel) -> Readings:
    """All units over the model's corpus, computed once for each model in memory.

    Raises:
        NoUnits: the model has no units that can be seen.
    """
    with _reading:
        found = _kept.get(model)
    if found is None:
        found = read(model, passages(model.card))
        with _reading:
            _kept[model] = found
    return found


def read(model: LanguageModel, texts: tuple[Passage, ...]) -> Readings:
    """All units over these texts."""
    longest = min(LONGEST, model.card.context or LONGEST)
    tokens = [model.encode(passage.text).cut(longest) for passage in texts]
    seen = _recorded(model, tokens)
    found = ("neuron",) if seen[0].neurons is not None else ("cell", "hidden")
    progress.tell(0.9)
    return Readings(
        texts=tuple(tokens),
        starts=np.cumsum([0, *map(len, tokens)]),
        values={kind: _joined([_layers(one, kind) for one in seen]) for kind in found},
    )


@torch.no_grad()
def _recorded(model: LanguageModel, texts: list[Tokens]) -> list[Recording]:
    """What each text left behind; an LSTM that reads on from word to word takes all texts at once."""
    vectors = [model.embed(torch.from_numpy(tokens.ids.copy())) for tokens in texts]
    together = getattr(model, "memory", None)
    if together is None:
        seen = []
        for number, one in enumerate(vectors):
            progress.tell(0.8 * number / len(vectors))
            seen.append(model.record(one))
        if seen[0].neurons is None and seen[0].memory is None:
            raise NoUnits(
                f"{model.card.name} has no neurons or cells that can be seen: choose another model."
            )
        return seen
    padded = torch.nn.utils.rnn.pad_sequence(
        vectors, batch_first=True
    )  # what stands behind a text is not heard
    memory: Memory = together(padded)
    return [
        Recording(
            logits=one[:0], hidden=(),
            memory=Memory(
                **{name: tuple(t[k, : len(one)] for t in tracks) for name, tracks in vars(memory).items()}
            ),
        )
        for k, one in enumerate(vectors)
    ]  # fmt: skip


def _layers(seen: Recording, kind: str) -> tuple[torch.Tensor, ...]:
    return seen.neurons if kind == "neuron" and seen.neurons is not None else getattr(seen.memory, kind)


def _joined(parts: list[tuple[torch.Tensor, ...]]) -> tuple[np.ndarray, ...]:
    return tuple(torch.cat(layer).half().numpy() for layer in zip(*parts, strict=True))


def half_life(forget_gate: np.ndarray) -> np.ndarray:
    """Tokens until half of what a cell holds is forgotten, (N,), from its forget gates (T, N).

    After k tokens the product of k forget gates is left; with their geometric mean f that is half after
    k = ln 2 / -ln f. A gate of 0.5 forgets half in 1 token; one of 1 never forgets, told as 10,000 tokens.
    """
    return life(-np.log(np.clip(forget_gate.astype(np.float64), 1e-12, 1.0)).mean(axis=0))


def life(rate: np.ndarray) -> np.ndarray:
    """The half-life in tokens of what loses `rate` (-ln f on average) at each."""
    return np.log(2) / np.maximum(rate, np.log(2) / 10_000)
