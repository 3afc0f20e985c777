"""Single units of a network: their names, their activations in a text, how well one tells words apart.

A unit is written "cell 2.17": kind, layer (from 1), index (from 0). Kinds: "neuron" (transformers), "cell"
and "hidden" (LSTMs); `models.switches` says what each is, and switches them off.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import Tensor

from interpret.run import Run
from models.base import Card, LanguageModel
from models.refusals import Refusal
from models.switches import KINDS, Unit

__all__ = ["NoUnits", "Unit", "auc", "auc_of_ranks", "column", "every", "kinds", "most_variable", "parse",
           "parse_several", "ranks", "shared", "tracks", "unfit", "written_by"]  # fmt: skip
SIGNED = {"neuron": False, "cell": True, "hidden": True}  # whether low is as much of a message as high
DOWN = (
    "c_proj",
    "feed_out",
    "down_proj",
    "fc2",
    "dense_4h_to_h",
    "lin2",
    "output.dense",
)  # behind the neurons


class NoUnits(Refusal):
    """A model without such units, or a unit that is not written as units are."""


def unfit(card: Card) -> str | None:
    """Why a model has no units to look at, in a sentence; None if it may have some."""
    if card.family == "transformer" or "cells" in card.abilities:
        return None
    return f"{card.name} has neither neurons nor LSTM cells: choose another model, such as wiki-lstm."


def kinds(run: Run) -> tuple[str, ...]:
    """The kinds of units that can be seen in a run, the most telling first."""
    found = (("cell", "hidden") if run.memory else ()) + (("neuron",) if run.neurons else ())
    if not found:
        raise NoUnits(
            f"{run.model.card.name} has no neurons or cells that can be seen: choose another model, such as "
            "wiki-lstm or reviews-gpt."
        )
    return found


def tracks(run: Run, kind: str) -> tuple[Tensor, ...]:
    """The activations of all units of a kind, (T, N) for each layer."""
    if kind not in kinds(run):
        raise NoUnits(f"{run.model.card.name} has no {kind}: choose one of {', '.join(kinds(run))}.")
    if kind == "neuron":
        assert run.neurons is not None
        return run.neurons
    return getattr(run.memory, kind)


def parse(written: str) -> Unit:
    """The Unit that "cell 2.17" (or "cell:2.17") names."""
    kind, _, place = written.strip().replace(":", " ").partition(" ")
    layer, _, index = place.partition(".")
    if kind not in KINDS or not layer.strip().isdecimal() or not index.strip().isdecimal():
        raise NoUnits(f"{written!r} names no unit: write kind, layer and number, as in “cell 2.17”.")
    return Unit(int(layer), int(index), kind)  # type: ignore[arg-type]


def parse_several(written: str) -> tuple[Unit, ...]:
    """Units with commas between; each once."""
    return tuple(dict.fromkeys(parse(part) for part in written.split(",") if part.strip()))


def column(run: Run, unit: Unit) -> np.ndarray:
    """One unit's activations along the text, (T,)."""
    layers = tracks(run, unit.kind)
    if not 1 <= unit.layer <= len(layers) or unit.index >= layers[unit.layer - 1].shape[-1]:
        sizes = ", ".join(str(layer.shape[-1]) for layer in layers)
        raise NoUnits(f"{run.model.card.name} has no {unit}: its layers have {sizes} units of that kind.")
    return layers[unit.layer - 1][:, unit.index].double().numpy()


def every(run: Run, kind: str, layers: Sequence[int] = ()) -> tuple[np.ndarray, list[Unit]]:
    """All units of a kind side by side, (T, M), and which they are; only some layers, if any are named."""
    found = tracks(run, kind)
    chosen = [n for n in range(1, len(found) + 1) if not layers or n in layers]
    if not chosen:
        raise NoUnits(f"{run.model.card.name} has {len(found)} layers: choose some of 1 to {len(found)}.")
    units = [Unit(n, i, kind) for n in chosen for i in range(found[n - 1].shape[-1])]  # type: ignore[arg-type]
    return torch.cat([found[n - 1] for n in chosen], -1).numpy(), units


def most_variable(run: Run, kind: str, count: int = 12) -> list[Unit]:
    """The units whose activation changes most along the text: largest standard deviation.

    Of cells the tanh of it counts, which is what the output gate lets out.
    """
    values, units = every(run, kind)
    inside = values[run.of_text]
    if not len(inside):
        raise NoUnits("No token of this model stands for anything in this text: type a word.")
    spread = (np.tanh(inside) if kind == "cell" else inside).std(axis=0)
    return [units[i] for i in np.argsort(-spread, kind="stable")[:count]]


def auc(values: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """How often a unit is higher on a token inside than on one outside, (M,): 1 always, 0.5 by chance.

    Equal values count half. `values` (T, M), `inside` (T,) booleans; both sides must have tokens.
    Source: Hanley, McNeil 1982, https://doi.org/10.1148/radiology.143.1.7063747 (Mann and Whitney's U over
    n m).
    """
    return auc_of_ranks(ranks(values), inside)


def ranks(values: np.ndarray) -> np.ndarray:
    """The place of each value in its column, from 1; equal ones share the middle of their places, (T, M)."""
    order = np.argsort(values, axis=0, kind="stable")
    ordered = np.take_along_axis(values, order, axis=0)
    fresh = np.ones(ordered.shape, dtype=bool)
    fresh[1:] = ordered[1:] != ordered[:-1]
    places = np.arange(1.0, len(values) + 1, dtype=np.float32)[:, None]
    first = np.maximum.accumulate(np.where(fresh, places, 0), axis=0)
    final = np.ones(ordered.shape, dtype=bool)
    final[:-1] = fresh[1:]
    last = np.minimum.accumulate(np.where(final, places, len(values) + 1)[::-1], axis=0)[::-1]
    found = np.empty(ordered.shape)
    np.put_along_axis(found, order, (first + last) / 2, axis=0)
    return found


def auc_of_ranks(ranked: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """`auc` for one choice (T,) or several (S, T) of units whose `ranks` (T, M) are known: (M,) or (S, M)."""
    inside = np.asarray(inside, dtype=bool)
    count, other = inside.sum(-1, keepdims=True), (~inside).sum(-1, keepdims=True)
    if not count.all() or not other.all():
        raise NoUnits("Every word or none is chosen: leave some inside and some outside.")
    return (inside.astype(float) @ ranked - count * (count + 1) / 2) / (count * other)


@torch.no_grad()
def written_by(model: LanguageModel, unit: Unit) -> Tensor | None:
    """What one more of a unit adds to each logit, (V,): its way straight to the output, norms left out.

    None where there is no straight way: layers below an LSTM's last, heads that are not linear.
    """
    card = model.card
    if card.family == "lstm":
        pooled = card.task == "classify" and "attention" not in card.abilities
        if unit.layer != card.layers or pooled:
            return None
        step = torch.eye(card.widths[-1])[unit.index]
    else:
        found = _down(model, unit.layer) if card.task == "causal" and unit.kind == "neuron" else None
        if found is None:
            return None
        step = found[unit.index]
    return model.unembed(step) - model.unembed(torch.zeros_like(step))


def _down(model: LanguageModel, layer: int) -> Tensor | None:
    """The matrix (N, D) behind the neurons of a block, a row for each."""
    network = getattr(model, "network", None)
    if network is None:
        return None
    found = {}
    for name, module in network.named_modules():
        number = next((int(part) for part in name.split(".") if part.isdecimal()), -1)
        if number == layer - 1 and name.endswith(DOWN) and "att" not in name.rsplit(".", 2)[-2]:
            found[name] = module
    if len(found) != 1:
        return None
    (module,) = found.values()
    weight = module.weight.detach()
    return weight if type(module).__name__ == "Conv1D" else weight.T


def shared(run: Run, target: Any, method: str, options: Any) -> dict[str, Any]:
    """What every Result about this run says of where it comes from."""
    return {
        "method": method, "model": run.model.card.name, "model_sha256": run.model.card.sha256,
        "text": run.tokens.text, "tokens": run.tokens.shown, "spans": run.tokens.spans,
        "words": run.tokens.words, "asked": target.asked(run.model), "options": asdict(options),
    }  # fmt: skip
