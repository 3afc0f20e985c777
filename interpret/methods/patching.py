"""Takes single states from another text and sees how far they carry its answer over.

Both texts are run; then, for every layer and every place, the state there is replaced by the one at the
same place of the other text (counted from the end), or by the state of one word of it that is chosen, and the
model goes on from it. The score of a state is
the share of the way from this text's answer to the other's: the log-probability of the other text's first
guess minus that of this text's, 0 where nothing changes, 1 where the answer is as in the other text.

Source: Vig and others 2020, https://arxiv.org/abs/2004.12265; Meng and others 2022,
https://arxiv.org/abs/2202.05262; the share as in Wang and others 2022, https://arxiv.org/abs/2211.00593.
"""

from dataclasses import asdict, dataclass

import numpy as np
import torch

from interpret import progress
from interpret.method import Method
from interpret.results import Check, Patched
from interpret.run import Run, record
from interpret.sentences import named
from interpret.target import Target
from models.base import Card
from models.patched import can, patch_of, patched
from models.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Options:
    """`other`: the text the states come from. `layer`, `place`: only this state, and all it changes.

    `source`: the place of the other text whose state is put at every place; -1: the same place, from the end.
    """

    other: str = "A dog"
    layer: int = -1
    place: int = -1
    source: int = -1


@torch.no_grad()
def compute(run: Run, target: Target, options: Options) -> Patched:
    """The share carried over by every state (L + 1, T); for one state, what changes in all others."""
    if not can(run.model):
        raise Refusal(f"{run.model.card.name} cannot go on from a state put in: choose another model.")
    other = record(run.model, options.other)
    ours, theirs = _first(run), _first(other)
    if ours == theirs:
        raise Refusal(
            f"Both texts lead to {named(run.model.shown(ours))}: write one that goes on differently."
        )
    length, layers = len(run.tokens), len(run.hidden)
    start, goal = _lead(run.logits, ours, theirs), _lead(other.logits, ours, theirs)
    values, cone = np.zeros((layers, length)), np.zeros((layers, length))
    compared = np.zeros((layers, length), bool)
    sources = _sources(options, length, len(other.tokens), run.model.card.name)
    wanted = [(layer, place) for layer in range(layers) for place in range(length) if sources[place] >= 0]
    if options.layer >= 0:
        if (options.layer, options.place) not in wanted:
            raise Refusal("That state has none to be replaced by: choose one with a word of the other text.")
        wanted = [(options.layer, options.place)]
    for step, (layer, place) in enumerate(wanted):
        progress.tell(step / len(wanted))
        found = patched(run.model, run.vectors, patch_of(other, layer, sources[place], place))
        values[layer, place] = (_lead(found.logits, ours, theirs) - start) / (goal - start)
        compared[layer, place] = True
        if options.layer >= 0:
            cone = _changed(run.hidden, found.hidden)
    whole = patched(run.model, run.vectors, patch_of(run, layers - 1, length - 1, length - 1))
    return Patched(
        method="patching", model=run.model.card.name, model_sha256=run.model.card.sha256,
        text=run.tokens.text, tokens=run.tokens.shown, spans=run.tokens.spans, words=run.tokens.words,
        asked=target.asked(run.model),
        values=cone if options.layer >= 0 else values, unit="share of the way", signed=True,
        check=Check(
            name="a state put in its own place",
            says="A state put back in its own place changes nothing: the largest gap is {}.",
            value=float((whole.logits[-1].softmax(-1) - run.logits[-1].softmax(-1)).abs().max()), limit=1e-5,
        ),
        options=asdict(options), other=options.other, other_tokens=other.tokens.shown,
        sources=tuple(sources), compared=compared,
        guess=run.model.shown(ours), other_guess=run.model.shown(theirs), lead=start, other_lead=goal,
    )  # fmt: skip


def _sources(options: Options, length: int, others: int, name: str) -> list[int]:
    """For each of `length` places, which of the `others` its state comes from; -1 where there is none."""
    if options.source < 0:
        return [max(place + others - length, -1) for place in range(length)]
    if options.source >= others:
        raise Refusal(
            f"The other text has {others} places to {name}, 0 to {others - 1}: there is none at {options.source}."
        )
    return [options.source] * length


def _first(run: Run) -> int:
    return int(run.logits[-1].argmax())


def _lead(logits: torch.Tensor, ours: int, theirs: int) -> float:
    """How far the other text's guess leads at the end, in nats."""
    return float(logits[-1, theirs] - logits[-1, ours])


def _changed(before: tuple[torch.Tensor, ...], after: tuple[torch.Tensor, ...]) -> np.ndarray:
    """How far each state moved, as a share of its length, (L + 1, T)."""
    moved = [
        (b - a).norm(dim=-1) / a.norm(dim=-1).clamp(min=1e-9) for a, b in zip(before, after, strict=True)
    ]
    return torch.stack(moved).numpy()


def _unfit(card: Card) -> str | None:
    if card.family not in ("lstm", "transformer"):
        return f"{card.name} has no states to replace: choose an LSTM or a transformer."
    return None


METHOD = Method(
    name="patching", title="States from another text", question="Where does it keep what decides?",
    gives="patched", needs=frozenset({"unembed"}), options=Options,
    source="Vig and others 2020; Meng and others 2022", signed=True, compute=compute, place=62,
    unfit=_unfit, tasks=frozenset({"causal"}),
)  # fmt: skip
