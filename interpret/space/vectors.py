"""The vectors a model keeps for the pieces of its vocabulary, at its input and at its output."""

from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch

from interpret.space.kinds import kinds_of
from models.base import Card, LanguageModel
from models.refusals import Refusal

MOST = 20_000  # pieces on a map: the first of the vocabulary, which are the commonest
WHICH = {"input": "how it reads them", "output": "how it writes them"}
_known: "WeakKeyDictionary[LanguageModel, dict[str, Space]]" = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Space:
    """One point a piece. `unit` are the vectors at length 1, so that a product of two is their cosine."""

    model: str
    sha256: str
    which: str
    ids: np.ndarray  # (P,) piece numbers
    shown: tuple[
        str, ...
    ]  # (P,) as written behind a text; one that goes on with a word has three dots before it
    unit: np.ndarray  # (P, D)
    lengths: np.ndarray  # (P,)
    kinds: np.ndarray  # (P,) index into kind_names
    kind_names: tuple[str, ...]
    pieces: int  # of the whole vocabulary
    spaced: bool  # whether whole words begin with their space, so that other pieces go on with a word
    rank: dict[str, int] = field(default_factory=dict)  # as shown -> row; the first of equal ones

    def __len__(self) -> int:
        return len(self.ids)


def unfit(card: Card) -> str | None:
    """Why a model has no space of words, in a sentence; None if it has one."""
    if card.family == "ngram":
        return f"{card.name} counts words and keeps no vectors for them: choose a network."
    return None


def space(model: LanguageModel, which: str = "input") -> Space:
    """The model's vectors of one side; made once for each open model.

    Raises:
        Refusal: no such side, fewer than 4 vectors, or vectors that are all alike.
    """
    if which not in WHICH:
        raise Refusal(f"There are no {which!r} vectors: choose one of {', '.join(WHICH)}.")
    sides = _known.setdefault(model, {})
    if which not in sides:
        sides[which] = _made(model, which)
    return sides[which]


@torch.no_grad()
def _made(model: LanguageModel, which: str) -> Space:
    if reason := unfit(model.card):
        raise Refusal(reason)
    pieces = model.card.vocabulary
    count = min(pieces, MOST)
    if which == "output":
        found = output_vectors(model)
        if found is None:
            raise Refusal(f"{model.card.name} writes with the vectors it reads with: there is one space.")
        vectors = found[:count]
    else:
        vectors = model.embed(torch.arange(count)).numpy()
    shown = [model.shown(row) for row in range(count)]
    return gathered(vectors, shown, model.card, which, pieces)


def gathered(
    vectors: np.ndarray, shown: list[str], card: Card, which: str = "input", pieces: int | None = None
) -> Space:
    """A space of these vectors (P, D), without those of length 0."""
    if not np.isfinite(vectors).all():
        raise Refusal(f"{card.name} has vectors that are not finite: open another model.")
    lengths = np.linalg.norm(vectors, axis=1)
    rows = np.flatnonzero(lengths > 0)
    if len(rows) < 4:
        raise Refusal(f"{card.name} has {len(rows)} vectors that are not 0: a map needs at least 4.")
    kept = np.asarray(vectors[rows], dtype=np.float32)
    if np.ptp(kept, axis=0).max() < 1e-7 * lengths.max():
        raise Refusal(f"All vectors of {card.name} are equal: there is nothing to tell words apart by.")
    raw = [shown[row] for row in rows]
    kinds, kind_names = kinds_of(raw, storyland=card.trained_on.startswith("Storyland"))
    spaced = sum(name.startswith(" ") for name in raw) > 0.1 * len(raw)
    names = tuple(f"…{name}" if spaced and name[:1].isalnum() else name for name in raw)
    rank: dict[str, int] = {}
    for row, name in enumerate(names):
        rank.setdefault(name, row)
    return Space(
        model=card.name, sha256=card.sha256, which=which, ids=rows, shown=names,
        unit=kept / lengths[rows, None].astype(np.float32), lengths=lengths[rows],
        kinds=kinds, kind_names=kind_names, pieces=pieces or len(vectors),
        spaced=spaced, rank=rank,
    )  # fmt: skip


@torch.no_grad()
def output_vectors(model: LanguageModel) -> np.ndarray | None:
    """The rows that are multiplied with the last state to score each piece, (V, D).

    None for a classifier, and where they are the input's (tied weights).
    """
    if "unembed" not in model.card.abilities or model.card.task == "classify":
        return None
    network: Any = getattr(model, "network", None)
    layer = network.get_output_embeddings() if hasattr(network, "get_output_embeddings") else None
    found = _rows(model) if layer is None else layer.weight
    if found is None:
        return None
    given = model.embed(torch.arange(min(len(found), model.card.vocabulary)))
    tied = given.shape == found.shape and torch.allclose(given, found.to(given.dtype), atol=1e-5)
    return None if tied else found.float().numpy()


def _rows(model: LanguageModel) -> torch.Tensor | None:
    """The output matrix read off `unembed` itself: what each unit vector adds; None if it is not linear."""
    width = model.card.widths[-1]
    nothing = model.unembed(torch.zeros(width))
    rows = (model.unembed(torch.eye(width)) - nothing).T
    probe = torch.linspace(-1, 1, width)
    straight = torch.allclose(model.unembed(probe) - nothing, rows @ probe, atol=1e-3)
    return rows if straight else None


def has_output(model: LanguageModel) -> bool:
    """Whether the model writes with other vectors than it reads with."""
    return output_vectors(model) is not None
