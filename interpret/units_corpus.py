"""The bundled texts as a model's units see them: scale, strongest and middling places, correlations.

`Readings.of(unit)` is what a page asks for; an index over many more texts can answer in its place. Texts:
our own (assets/texts/corpus.json), or Storyland's generator for a model that knows only Storyland.
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
from interpret.units_features import by_chance, correlations, features
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
class Place:
    """A token of the corpus, and a unit's activations in the text around it."""

    tokens: Tokens
    at: int
    values: np.ndarray  # (T,) of the whole text


@dataclass(frozen=True, kw_only=True, eq=False)
class Reading:
    """One unit over the corpus of N tokens."""

    values: np.ndarray  # (N,)
    highest: tuple[Place, ...]  # one a text, the highest first
    lowest: tuple[Place, ...]
    middling: tuple[Place, ...]  # half way between mean and highest
    r: np.ndarray  # (F,) correlation with each feature

    @property
    def limit(self) -> float:
        """The largest size of an activation: the end of the colour scale."""
        return float(np.abs(self.values).max()) or 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Gates:
    """An LSTM layer's gates over the corpus."""

    shut: np.ndarray  # (3, N) share of tokens below 0.1: input, forget, output gate
    open: np.ndarray  # (3, N) share above 0.9
    half_life: np.ndarray  # (N,) tokens until half of a cell is forgotten


@dataclass(frozen=True, kw_only=True, eq=False)
class Readings:
    """All units of a model over the corpus."""

    texts: tuple[Tokens, ...]
    starts: np.ndarray  # (P + 1,) where each text begins among the N tokens
    values: dict[str, tuple[np.ndarray, ...]]  # by kind: (N, units) for each layer, in half precision
    features: tuple[str, ...]
    labels: np.ndarray  # (N, F)
    chance: dict[str, np.ndarray]  # by kind: (F,) the largest |r| of any unit with shifted features
    gates: tuple[Gates, ...]  # for each layer of an LSTM

    def column(self, unit: Unit) -> np.ndarray:
        """A unit's activations on all N tokens."""
        return self.values[unit.kind][unit.layer - 1][:, unit.index].astype(np.float64)

    def of(self, unit: Unit, count: int = 6) -> Reading:
        """What is known of one unit; `count` places of each sort."""
        values = self.column(unit)
        half = (values.mean() + values.max()) / 2
        return Reading(
            values=values,
            highest=self._places(values, values, count),
            lowest=self._places(values, -values, count),
            middling=self._places(values, -np.abs(values - half), count // 2),
            r=correlations(values[:, None], self.labels)[0],
        )

    def _places(self, values: np.ndarray, wanted: np.ndarray, count: int) -> tuple[Place, ...]:
        """The tokens with the largest `wanted`, at most one of each text."""
        best = [int(a + wanted[a:b].argmax()) for a, b in zip(self.starts[:-1], self.starts[1:], strict=True)]
        order = sorted(range(len(best)), key=lambda text: -wanted[best[text]])[:count]
        return tuple(
            Place(
                tokens=self.texts[text], at=best[text] - int(self.starts[text]),
                values=values[self.starts[text] : self.starts[text + 1]],
            )
            for text in order
        )  # fmt: skip


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
    story = is_story(model.card)
    tokens = [model.encode(passage.text).cut(longest) for passage in texts]
    seen = _recorded(model, tokens)
    labels = [features(t, p.label, storyland=story) for t, p in zip(tokens, texts, strict=True)]
    names = tuple(labels[0])
    table = np.concatenate([np.stack([one[name] for name in names], -1) for one in labels])
    found = ("neuron",) if seen[0].neurons is not None else ("cell", "hidden")
    values = {kind: _joined([_layers(one, kind) for one in seen]) for kind in found}
    progress.tell(0.9)
    return Readings(
        texts=tuple(tokens),
        starts=np.cumsum([0, *map(len, tokens)]),
        values=values,
        features=names,
        labels=table,
        chance={k: by_chance(np.concatenate(v, -1).astype(np.float32), table) for k, v in values.items()},
        gates=_gates([one.memory for one in seen if one.memory is not None]),
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


def _gates(seen: list[Memory]) -> tuple[Gates, ...]:
    found = []
    for layer in range(len(seen[0].cell) if seen else 0):
        joined = [torch.cat([getattr(memory, gate)[layer] for memory in seen]) for gate in GATES]
        found.append(
            Gates(
                shut=np.stack([(gate < SATURATED[0]).float().mean(0).numpy() for gate in joined]),
                open=np.stack([(gate > SATURATED[1]).float().mean(0).numpy() for gate in joined]),
                half_life=half_life(joined[1].numpy()),
            )
        )
    return tuple(found)


def half_life(forget_gate: np.ndarray) -> np.ndarray:
    """Tokens until half of what a cell holds is forgotten, (N,), from its forget gates (T, N).

    After k tokens the product of k forget gates is left; with their geometric mean f that is half after
    k = ln 2 / -ln f. A gate of 0.5 forgets half in 1 token; one of 1 never forgets, told as 10,000 tokens.
    """
    rate = -np.log(np.clip(forget_gate.astype(np.float64), 1e-12, 1.0)).mean(axis=0)
    return np.log(2) / np.maximum(rate, np.log(2) / 10_000)
