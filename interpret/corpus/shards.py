"""One shard of a corpus: what the model makes of some texts, as tables; a function of both and no more."""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence

import models
from interpret import progress
from interpret.corpus.documents import Document
from interpret.corpus.heads import Heads
from interpret.corpus.tallies import TURNS, Tally, joined, tally, together
from interpret.run import Run, RunKey, record
from interpret.units import SIGNED
from interpret.units_corpus import GATES, SATURATED, is_story
from interpret.units_features import features
from models.base import LanguageModel, Memory, Recording, Tokens
from models.refusals import BadText, Refusal

LONGEST = 256  # tokens of one text
TOGETHER = 8  # texts
HELD = 3_000_000  # activations of one layer held before they are counted
COLUMNS = ("number", "text", "label", "tokens", "loss", "answer", "share", "state", "why")
Table = Mapping[str, list[Any] | np.ndarray]


@lru_cache(maxsize=2)
def opened(name: str) -> LanguageModel:
    """The model, opened once for each process."""
    return models.load(name)


@torch.no_grad()
def tables(model: LanguageModel, found: Sequence[Document], first: int) -> dict[str, Table]:
    """Six tables about texts numbered from `first`: texts, tokens, units, gates, labels, heads.

    texts: mean loss (nats a token), tokens, class and its probability, the mean last state as embedding.
    tokens: surprise in bits and rank of each. units: see `interpret.corpus.tallies`. gates: how many tokens
    found an LSTM's gates shut or open, and the sum of ln f. labels: sums of the features. heads: mean entropy
    (bits), mass on the first token, on the one before. A text the model cannot take is kept with loss NaN and
    its reason.
    """
    cut = [_encoded(model, document.text) for document in found]
    taken = [(one, d.label) for one, d in zip(cut, found, strict=True) if isinstance(one, Tokens)]
    labels = Labels(model, taken, first)
    texts: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    tokens: list[np.ndarray] = []
    units, gates, heads = Units(labels), Gates(), Heads()
    runs = _runs(model, [one for one, _ in taken])
    for number, (document, one) in enumerate(zip(found, cut, strict=True), start=first):
        row: dict[str, Any] = {"number": number, "text": _storable(document.text), "label": document.label}
        row |= {"tokens": 0, "loss": math.nan, "answer": "", "share": math.nan, "state": [], "why": ""}
        progress.tell((number - first) / len(found))
        if isinstance(one, Tokens):
            run = next(runs)
            row |= _about(run, number, tokens)
            units.take(run, number)
            gates.take(run)
            heads.take(run)
        else:
            row["why"] = one
        for name, value in row.items():
            texts[name].append(value)
    return {"texts": texts, "tokens": _columns(tokens), "units": units.table(), "gates": gates.table(),
            "labels": labels.table(), "heads": heads.table()}  # fmt: skip


def _encoded(model: LanguageModel, text: str) -> Tokens | str:
    """The text's tokens, or why there are none."""
    try:
        return model.encode(text).cut(min(LONGEST, model.card.context or LONGEST))
    except (BadText, Refusal) as refusal:
        return str(refusal)


def _runs(model: LanguageModel, texts: Sequence[Tokens]) -> Iterator[Run]:
    """Each text's run, in order; a causal LSTM or transformer takes `TOGETHER` texts at once."""
    recorded: Any = getattr(model, "record_together", None) or _remembered(model)
    if recorded is None or model.card.task != "causal":
        yield from (record(model, one) for one in texts)
        return
    for start in range(0, len(texts), TOGETHER):
        some = texts[start : start + TOGETHER]
        vectors = [model.embed(torch.from_numpy(one.ids.copy())) for one in some]
        for one, own, kept in zip(some, vectors, recorded(vectors), strict=True):
            key = RunKey(model.card.sha256, one.text)
            yield Run(key=key, tokens=one, vectors=own, model=model, **vars(kept))


def _remembered(model: LanguageModel) -> Any:
    """What records several texts of an LSTM that reads on from word to word, or None of another model."""
    together: Any = getattr(model, "memory", None)

    def recorded(vectors: Sequence[torch.Tensor]) -> Iterator[Recording]:
        memory = together(pad_sequence(list(vectors), batch_first=True))  # what stands behind is not heard
        for k, own in enumerate(vectors):
            tracks = {n: tuple(t[k, : len(own)] for t in held) for n, held in vars(memory).items()}
            seen = Memory(**tracks)
            logits = model.unembed(seen.hidden[-1])
            yield Recording(logits=logits, hidden=(own, *seen.hidden), memory=seen)

    return recorded if together else None


def _storable(text: str) -> str:
    """A text as Parquet can hold it: what is no character becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def _about(run: Run, number: int, tokens: list[np.ndarray]) -> dict[str, Any]:
    state = run.hidden[-1].mean(0).tolist() if run.hidden[-1].shape[-1] > 1 else []
    found: dict[str, Any] = {"tokens": len(run.tokens), "state": state}
    if run.model.card.task == "classify":
        shares = run.logits[0].softmax(-1)
        best = int(shares.argmax())
        return found | {"answer": run.model.card.classes[best], "share": float(shares[best])}
    if run.model.card.task != "causal" or len(run.tokens) < 2:
        return found
    own = torch.from_numpy(run.tokens.ids[1:].copy())
    logits = run.logits[:-1]
    chosen = logits.gather(-1, own[:, None])
    given = (chosen - logits.logsumexp(-1, keepdim=True))[:, 0]
    rank = 1 + (logits > chosen).sum(-1)
    places = np.arange(1.0, len(own) + 1)
    surprise = (-given / math.log(2)).numpy()
    tokens.append(np.stack([np.full(len(own), float(number)), places, own.numpy(), surprise, rank.numpy()]))
    return found | {"loss": float(-given.mean())}


def _columns(rows: list[np.ndarray]) -> Table:
    whole = np.concatenate([*rows, np.zeros((5, 0))], axis=1)
    kinds = {"text": "int64", "place": "int32", "piece": "int32", "surprise": "float32", "rank": "int32"}
    return {name: row.astype(kind) for (name, kind), row in zip(kinds.items(), whole, strict=True)}


class Labels:
    """Features of all tokens of a shard, and the same shifted along it; shifts are drawn from `seed`."""

    def __init__(self, model: LanguageModel, taken: Sequence[tuple[Tokens, str]], seed: int):
        story = is_story(model.card)
        found = [features(tokens, label or None, storyland=story) for tokens, label in taken]
        self.names = tuple(found[0]) if found else ()
        each = [np.stack([one[name] for name in self.names], -1) for one in found]
        self.values = np.concatenate(each).astype(np.float32) if each else np.zeros((0, 0), np.float32)
        lots, count = np.random.default_rng(seed), len(self.values)
        low, high = count // 10, max(count // 10 + 1, count - count // 10)
        shifts = [int(lots.integers(low, high)) for _ in range(TURNS)]
        turned = [np.roll(self.values, shift, axis=0) for shift in shifts]
        self.shifted = np.concatenate(turned, axis=1) if count else self.values

    def table(self) -> Table:
        """A row for each feature."""
        exact = self.values.astype(np.float64)
        count = np.full(len(self.names), len(exact))
        return {
            "feature": list(self.names),
            "count": count,
            "sum": exact.sum(0),
            "squares": (exact**2).sum(0),
        }


class Units:
    """Every unit's tally, kind by kind and layer by layer."""

    def __init__(self, labels: Labels) -> None:
        self._labels, self._at = labels, 0
        self._held: dict[tuple[str, int], list[torch.Tensor]] = {}
        self._numbers: list[int] = []
        self._found: dict[tuple[str, int], Tally] = {}

    def take(self, run: Run, number: int) -> None:
        """Add one text."""
        self._numbers.append(number)
        for kind, layers in _tracks(run).items():
            for layer, track in enumerate(layers, start=1):
                self._held.setdefault((kind, layer), []).append(track)
        if any(sum(map(torch.numel, held)) > HELD for held in self._held.values()):
            self._count()

    def _count(self) -> None:
        size = 0
        for key, held in self._held.items():
            size = sum(map(len, held))
            where = slice(self._at, self._at + size)
            labels, shifted = self._labels.values[where], self._labels.shifted[where]
            new = tally(held, self._numbers, labels, shifted, signed=SIGNED[key[0]])
            self._found[key] = together(self._found[key], new) if key in self._found else new
        self._at += size
        self._held, self._numbers = {}, []

    def table(self) -> Table:
        """A row for each unit."""
        self._count()
        if not self._found:
            return {"kind": [], "layer": [], "index": []}
        order = sorted(self._found)
        widths = [len(self._found[key]["count"]) for key in order]
        return {
            "kind": [kind for (kind, _), width in zip(order, widths, strict=True) for _ in range(width)],
            "layer": np.repeat([layer for _, layer in order], widths),
            "index": np.concatenate([np.arange(width) for width in widths]),
            **joined([self._found[key] for key in order]),
        }


class Gates:
    """How often an LSTM's gates are shut and open, and how fast its cells forget."""

    def __init__(self) -> None:
        self._sums: list[np.ndarray] = []  # a layer's (8, N): rows, 3 shut, 3 open, sum of ln f

    def take(self, run: Run) -> None:
        """Add one text."""
        if run.memory is None:
            return
        for layer in range(len(run.memory.cell)):
            gates = [getattr(run.memory, name)[layer] for name in GATES]
            shut = [(gate < SATURATED[0]).sum(0).double() for gate in gates]
            open_ = [(gate > SATURATED[1]).sum(0).double() for gate in gates]
            forgets = gates[1].double().clamp(1e-12, 1.0).log().sum(0)
            rows = torch.full_like(forgets, float(len(gates[1])))
            new = torch.stack([rows, *shut, *open_, forgets]).numpy()
            if layer == len(self._sums):
                self._sums.append(np.zeros_like(new))
            self._sums[layer] += new

    def table(self) -> Table:
        """A row for each cell."""
        if not self._sums:
            return {"layer": [], "index": []}
        whole = np.concatenate(self._sums, axis=1)
        widths = [sums.shape[1] for sums in self._sums]
        return {
            "layer": np.repeat(np.arange(1, len(widths) + 1), widths),
            "index": np.concatenate([np.arange(width) for width in widths]),
            "count": whole[0], "shut": whole[1:4].T, "open": whole[4:7].T, "log_forget": whole[7],
        }  # fmt: skip


def _tracks(run: Run) -> dict[str, Sequence[torch.Tensor]]:
    found: dict[str, Sequence[torch.Tensor]] = {}
    if run.memory is not None:
        found |= {"cell": run.memory.cell, "hidden": run.memory.hidden}
    if run.neurons is not None:
        found["neuron"] = run.neurons
    return found
