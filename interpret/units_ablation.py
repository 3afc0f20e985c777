"""Units and heads switched off, and what that changes: probabilities, losses, the text that is written.

Each is held at its mean over the bundled texts (or at 0, or at values drawn from them), everything else
computes on.
"""

from collections.abc import Sequence
from typing import Any, Literal, get_args
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from interpret.run import Run
from interpret.units_corpus import passages, readings
from interpret.writing import go_on
from models.base import LanguageModel, Tokens
from models.refusals import Refusal
from models.switches import Held, Unit, anything_held, found_by_heads, switched, widths

Way = Literal["mean", "zero", "resampled"]
DRAWN = 64  # tokens whose activations stand in, one after the other, when resampling
HEAD_TEXTS = 8
AT_ONCE = 8
MEASURED = 16  # texts on which a loss is measured
Cost = tuple[float, float | None, int]
_usual: "WeakKeyDictionary[LanguageModel, Cost]" = WeakKeyDictionary()  # gone with the model


def values_for(model: LanguageModel, units: Sequence[Unit], way: Way, seed: int = 0) -> Held:
    """What to hold each unit at: its mean over the corpus, 0, or values at random tokens (same for all)."""
    if way not in get_args(Way):
        raise Refusal(
            f"There is no way {way!r} to switch a unit off: choose one of {', '.join(get_args(Way))}."
        )
    if way == "zero":
        return {unit: torch.zeros(()) for unit in units}
    held: dict[Unit, Tensor] = {}
    lots = np.random.default_rng(seed)
    there = widths(model)
    for unit in units:
        if unit.index >= (there.get(unit.kind, ()) + (0,) * unit.layer)[unit.layer - 1]:
            held[unit] = torch.zeros(())  # there is none: `switched` says so
    units = [unit for unit in units if unit not in held]
    if any(unit.kind != "head" for unit in units):
        corpus = readings(model)
        drawn = lots.integers(0, corpus.starts[-1], DRAWN)
        for unit in units:
            if unit.kind != "head":
                values = corpus.column(unit)
                held[unit] = torch.as_tensor(values.mean() if way == "mean" else values[drawn]).float()
    if heads := [unit for unit in units if unit.kind == "head"]:
        longest = model.card.context or 10**6
        texts = [model.encode(one.text).cut(longest) for one in passages(model.card)[::6][:HEAD_TEXTS]]
        vectors = [model.embed(torch.from_numpy(text.ids.copy())) for text in texts]
        found = torch.cat([found_by_heads(model, one) for one in vectors], 2)  # (L, H, N, C)
        at = torch.from_numpy(lots.integers(0, found.shape[2], DRAWN))
        for unit in heads:
            rows = found[unit.layer - 1, unit.index]
            held[unit] = rows.mean(0) if way == "mean" else rows[at]
    return held


def others(model: LanguageModel, units: Sequence[Unit], seed: int) -> tuple[Unit, ...]:
    """As many random units of the same kinds and layers, none of them chosen."""
    lots, there, found = np.random.default_rng(seed), widths(model), []
    for unit in units:
        size = there[unit.kind][unit.layer - 1]
        left = [Unit(unit.layer, i, unit.kind) for i in range(size)]
        left = [one for one in left if one not in units and one not in found]
        if left:
            found.append(left[int(lots.integers(len(left)))])
    return tuple(found)


def random_heads(model: LanguageModel, count: int, seed: int) -> tuple[Unit, ...]:
    """So many heads drawn from all layers, as in DropHead (Zhou et al. 2020, https://arxiv.org/abs/2004.13342)."""
    there = widths(model).get("head")
    if there is None:
        raise Refusal(f"{model.card.name} has no attention heads that can be switched off.")
    every = [Unit(layer + 1, head, "head") for layer, size in enumerate(there) for head in range(size)]
    if not 1 <= count < len(every):
        raise Refusal(f"{model.card.name} has {len(every)} heads: switch off 1 to {len(every) - 1} of them.")
    drawn = np.random.default_rng(seed).choice(len(every), count, replace=False)
    return tuple(sorted(every[i] for i in drawn))


def divergence(before: Tensor, after: Tensor) -> Tensor:
    """KL(before || after) in nats of logits (..., V), (...,): 0 where nothing changed."""
    one, two = before.double().log_softmax(-1), after.double().log_softmax(-1)
    return (one.exp() * (one - two)).sum(-1).clamp(min=0)


@torch.no_grad()
def losses(model: LanguageModel, texts: Sequence[Tokens]) -> list[np.ndarray]:
    """The surprise of each token but the first, in nats, (T - 1,) for each text."""
    found: list[np.ndarray] = [np.zeros(0)] * len(texts)
    order = sorted(range(len(texts)), key=lambda k: len(texts[k]))
    for start in range(0, len(order), AT_ONCE):
        some = order[start : start + AT_ONCE]
        ids = [torch.from_numpy(texts[k].ids.copy()) for k in some]
        padded = torch.nn.utils.rnn.pad_sequence(ids, batch_first=True)
        vectors = torch.stack([model.embed(row) for row in padded])
        logs = model.logits(vectors)[:, :-1].log_softmax(-1)
        own = -logs.gather(-1, padded[:, 1:, None])[..., 0]
        for row, k in enumerate(some):
            found[k] = own[row, : len(texts[k]) - 1].double().numpy()
    return found


def measured_texts(model: LanguageModel) -> list[Tokens]:
    """The texts on which a loss is measured: of all sorts, cut to what the model takes."""
    entries = passages(model.card)
    step = max(1, len(entries) // MEASURED)
    longest = min(160, model.card.context or 160)
    return [model.encode(one.text).cut(longest) for one in entries[::step][:MEASURED]]


@torch.no_grad()
def judged(model: LanguageModel) -> np.ndarray:
    """The log-probability of the right class and whether it came first, for each labelled review, (P, 2)."""
    classes, found = model.card.classes, []
    for one in passages(model.card):
        if one.label in classes:
            tokens = model.encode(one.text).cut(model.card.context or 10**6)
            logs = model.logits(model.embed(torch.from_numpy(tokens.ids.copy()))[None])[0, 0].log_softmax(-1)
            right = classes.index(one.label)
            found.append((float(logs[right]), float(int(logs.argmax()) == right)))
    if not found:
        raise Refusal(
            f"{model.card.name} knows other classes than the bundled reviews: it cannot be measured."
        )
    return np.array(found)


def usual_cost(model: LanguageModel) -> Cost:
    """The cost with nothing switched off: measured once for each model."""
    if anything_held():
        raise ValueError("what a model usually costs is measured with nothing switched off")
    if model not in _usual:
        _usual[model] = cost(model)
    return _usual[model]


def cost(model: LanguageModel) -> Cost:
    """Nats per token of the corpus; of a classifier nats per review, and the share right; of how many."""
    if model.card.task == "classify":
        found = judged(model)
        return -float(found[:, 0].mean()), float(found[:, 1].mean()), len(found)
    each = np.concatenate(losses(model, measured_texts(model)))
    return float(each.mean()), None, len(each)


def written(run: Run, count: int, seed: int) -> tuple[str, ...]:
    """The pieces that the model adds."""
    return go_on(run, count, seed).shown[len(run.tokens) :]


def with_off(model: LanguageModel, held: Held, ask: Any) -> Any:
    """What `ask()` answers while these units are off."""
    with switched(model, held):
        return ask()
