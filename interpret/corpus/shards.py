"""One shard of a corpus: what the model makes of some texts, as tables; a function of both and no more."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch

import models
from interpret.corpus.documents import Document
from interpret.run import Run, record
from models.base import BadText, LanguageModel, Refusal

TOP = 8  # contexts kept for each end of a unit
LONGEST = 256  # tokens of one text
TEXTS = ("number", "text", "label", "tokens", "loss", "answer", "share", "state", "why")
Table = dict[str, list[Any]]


@lru_cache(maxsize=2)
def opened(name: str) -> LanguageModel:
    """The model, opened once for each process."""
    return models.load(name)


@torch.no_grad()
def tables(model: LanguageModel, found: Sequence[Document], first: int) -> dict[str, Table]:
    """Four tables about texts numbered from `first`: texts, tokens, units, heads.

    texts: mean loss (nats a token), tokens, class and its probability, the mean last state as embedding.
    tokens: surprise in bits and rank of each. units: count, sum, sum of squares, least, most, and the `TOP`
    places of highest activation, one a text. heads: mean entropy (bits), mass on the first token, on the one
    before. A text the model cannot take is kept with loss NaN and its reason.
    """
    texts: Table = {
        n: [] for n in ("number", "text", "label", "tokens", "loss", "answer", "share", "state", "why")
    }
    tokens: Table = {name: [] for name in ("text", "place", "piece", "surprise", "rank")}
    units, heads = Units(), Heads()
    for number, document in enumerate(found, start=first):
        row: dict[str, Any] = {
            "number": number,
            "text": _storable(document.text),
            "label": document.label,
            "why": "",
        }
        row |= {"tokens": 0, "loss": math.nan, "answer": "", "share": math.nan, "state": []}
        try:
            cut = model.encode(document.text)
            run = record(model, cut.cut(min(LONGEST, model.card.context or LONGEST)))
        except (BadText, Refusal) as refusal:
            row["why"] = str(refusal)
        else:
            row |= _about(run, number, tokens)
            units.take(run, number)
            heads.take(run)
        for name, value in row.items():
            texts[name].append(value)
    return {"texts": texts, "tokens": tokens, "units": units.table(), "heads": heads.table()}


def _storable(text: str) -> str:
    """A text as Parquet can hold it: what is no character becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def _about(run: Run, number: int, tokens: Table) -> dict[str, Any]:
    state = run.hidden[-1].mean(0).tolist() if run.hidden[-1].shape[-1] > 1 else []
    found: dict[str, Any] = {"tokens": len(run.tokens), "state": state}
    logs = run.logits.log_softmax(-1)
    if run.model.card.task == "classify":
        best = int(logs[0].argmax())
        return found | {"answer": run.model.card.classes[best], "share": float(logs[0, best].exp())}
    if run.model.card.task != "causal" or len(run.tokens) < 2:
        return found
    own = torch.from_numpy(run.tokens.ids[1:].copy())
    given = logs[:-1].gather(-1, own[:, None])
    rank = 1 + (logs[:-1] > given).sum(-1)
    tokens["text"] += [number] * len(own)
    tokens["place"] += list(range(1, len(own) + 1))
    tokens["piece"] += own.tolist()
    tokens["surprise"] += (-given[:, 0] / math.log(2)).tolist()
    tokens["rank"] += rank.tolist()
    return found | {"loss": float(-given.mean())}


class Units:
    """Running statistics and highest places of every unit, kind by kind and layer by layer."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, int], np.ndarray] = {}  # (5, N): count, sum, squares, least, most
        self._tops: dict[tuple[str, int], np.ndarray] = {}  # (3, TOP, N): value, text, place

    def take(self, run: Run, number: int) -> None:
        """Add one text."""
        for kind, layers in _tracks(run).items():
            for layer, track in enumerate(layers, start=1):
                self._add((kind, layer), track.double().numpy(), number)

    def _add(self, key: tuple[str, int], values: np.ndarray, number: int) -> None:
        count = np.full(values.shape[1], float(len(values)))
        new = np.stack([count, values.sum(0), (values**2).sum(0), values.min(0), values.max(0)])
        best = values.argmax(0)
        top = np.stack([values.max(0), np.full(len(best), float(number)), best.astype(float)])[:, None]
        if key in self._sums:
            new, top = summed(self._sums[key], new), highest(self._tops[key], top)
        self._sums[key], self._tops[key] = new, top

    def table(self) -> Table:
        """A row for each unit."""
        names = (
            "kind",
            "layer",
            "index",
            "count",
            "sum",
            "squares",
            "least",
            "most",
            "values",
            "texts",
            "places",
        )
        rows: Table = {name: [] for name in names}
        for (kind, layer), sums in sorted(self._sums.items()):
            top = self._tops[kind, layer]
            width = sums.shape[1]
            rows["kind"] += [kind] * width
            rows["layer"] += [layer] * width
            rows["index"] += list(range(width))
            for name, column in zip(names[3:8], sums, strict=True):
                rows[name] += column.tolist()
            for name, columns in zip(names[8:], top, strict=True):
                rows[name] += columns.T.tolist()
        return rows


class Heads:
    """Running means over the rows of every attention head."""

    def __init__(self) -> None:
        self._sums: np.ndarray | None = None  # (L, H, 4): rows, entropy, first, previous

    def take(self, run: Run) -> None:
        """Add one text; the first row, which can only look at itself, does not count."""
        if run.attention is None or run.attention.shape[2] < 2:
            return
        found = run.attention[:, :, 1:].double()  # (L, H, Q, T)
        places = torch.arange(found.shape[2])
        entropy = -(found * found.clamp(min=1e-12).log2()).sum(-1)
        parts = [torch.ones_like(entropy), entropy, found[..., 0], found[:, :, places, places]]
        new = torch.stack([part.sum(-1) for part in parts], -1).numpy()
        self._sums = new if self._sums is None else self._sums + new

    def table(self) -> Table:
        """A row for each head."""
        names = ("layer", "head", "rows", "entropy", "first", "previous")
        rows: Table = {name: [] for name in names}
        if self._sums is not None:
            for layer, head in np.ndindex(self._sums.shape[:2]):
                values = [layer + 1, head, *self._sums[layer, head].tolist()]
                for name, value in zip(names, values, strict=True):
                    rows[name].append(value)
        return rows


def summed(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Statistics (5, N) of two lots of tokens together."""
    return np.stack([*(a[:3] + b[:3]), np.minimum(a[3], b[3]), np.maximum(a[4], b[4])])


def highest(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The `TOP` highest of two lots of places (3, K, N); of equal ones, those of the earlier text."""
    both = np.concatenate((a, b), axis=1)
    order = np.lexsort((both[1], -both[0]), axis=0)[:TOP]
    return np.take_along_axis(both, order[None], axis=1)


def _tracks(run: Run) -> dict[str, Sequence[torch.Tensor]]:
    found: dict[str, Sequence[torch.Tensor]] = {}
    if run.memory is not None:
        found |= {"cell": run.memory.cell, "hidden": run.memory.hidden}
    if run.neurons is not None:
        found["neuron"] = run.neurons
    return found
