"""Which unit carries the number of the subject? Each is switched off in turn, and agreement asked again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from interpret import progress
from interpret.grammar.paradigms import paradigms
from interpret.grammar.scoring import refuse_classifiers
from interpret.grammar.templates import Pair, difference
from models.base import LanguageModel
from models.refusals import Refusal
from models.switches import Held, Unit, switched, widths

ASKED = {"english": ("agreement_0", "agreement_1"), "storyland": ("story_agreement_1", "story_agreement_2")}


@dataclass(frozen=True, kw_only=True, eq=False)
class Verbs:
    """N beginnings up to a verb, and the two forms it could take; `plural` (N,) of the subject.

    `batches`: input numbers (B, T), beginnings of one length together; `good`, `bad` (N,) in that order.
    """

    batches: tuple[Tensor, ...]
    good: Tensor
    bad: Tensor
    plural: np.ndarray


def verbs(model: LanguageModel, world: str, count: int, seed: int) -> Verbs:
    """Agreement pairs up to the verb, those whose two forms are one token each."""
    refuse_classifiers(model)
    if model.card.task == "masked":
        raise Refusal(f"{model.card.name} sees both sides of a word: choose a model that writes.")
    rows = []
    for name in ASKED[world]:
        for number, pair in enumerate(paradigms(world)[name].pairs(count, seed)):
            row = _row(model, pair)
            if row is not None:
                rows.append((*row, bool(number & 1)))  # every second pair of a line has a plural subject
    if not rows:
        raise Refusal(
            f"{model.card.name} has no verb forms of one token in these sentences: choose another model."
        )
    rows.sort(key=lambda row: len(row[0]))
    lengths = np.array([len(row[0]) for row in rows])
    batches = [
        torch.tensor(np.stack([row[0] for row in rows if len(row[0]) == length]))
        for length in np.unique(lengths)
    ]
    return Verbs(
        batches=tuple(batches), good=torch.tensor([row[1] for row in rows]),
        bad=torch.tensor([row[2] for row in rows]),
        plural=np.array([row[3] for row in rows]),
    )  # fmt: skip


def _row(model: LanguageModel, pair: Pair) -> tuple[np.ndarray, int, int] | None:
    good, bad = (model.encode(half).ids for half in (pair.good, pair.bad))
    start, end, other = difference(good.tolist(), bad.tolist())
    if (end - start, other - start) != (1, 1) or start < 1:
        return None
    return good[:start], int(good[start]), int(bad[start])


@torch.no_grad()
def leads(model: LanguageModel, asked: Verbs) -> np.ndarray:
    """By how many nats the right form is likelier than the wrong one, (N,)."""
    states = torch.cat(
        [model.states(model.embed(ids.flatten()).unflatten(0, ids.shape))[:, -1] for ids in asked.batches]
    )
    logits = model.unembed(states)
    return (
        (logits.gather(1, asked.good[:, None]) - logits.gather(1, asked.bad[:, None]))[:, 0].double().numpy()
    )


def switchable(model: LanguageModel) -> list[tuple[Unit, ...]]:
    """What is switched off together: an LSTM's cell with its output, or one attention head."""
    there = widths(model)
    if "cell" in there:
        return [
            (Unit(layer, index, "cell"), Unit(layer, index, "hidden"))
            for layer, size in enumerate(there["cell"], start=1)
            for index in range(size)
        ]
    if "head" in there:
        return [
            (Unit(layer, index, "head"),)
            for layer, size in enumerate(there["head"], start=1)
            for index in range(size)
        ]
    raise Refusal(
        f"{model.card.name} has no cells and no heads to switch off: choose an LSTM or a transformer."
    )


def each_off(model: LanguageModel, asked: Verbs, units: Sequence[tuple[Unit, ...]]) -> np.ndarray:
    """The leads with each of U units held at 0, (U, N)."""
    found = np.empty((len(units), len(asked.good)))
    for row, together in enumerate(units):
        progress.tell(row / len(units))
        held: Held = {unit: torch.zeros(()) for unit in together}
        with switched(model, held):
            found[row] = leads(model, asked)
    return found


def lost(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """How unlikely so many verbs lost against those won is by chance, for each unit, (U,).

    McNemar's exact test: of the verbs that changed sides, each is lost or won with equal chance. `before`
    (N,) and `after` (U, N) say whether the right form is likelier.
    """
    from scipy.stats import binom

    gone, won = (before & ~after).sum(1), (~before & after).sum(1)
    return binom.sf(gone - 1, gone + won, 0.5)
