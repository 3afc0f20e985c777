"""What happens to the answer when a word is left out: no estimate, the model is asked again without it.

The score of a word for the number f is f(text) - f(text without the word): positive if the word pushed f up.
`unit="word"` takes out whole words (every piece of one gets an equal share of the word's score, so that
sums stay true); `unit="token"` takes out one piece at a time. The start mark stays. What is explained is
never taken out itself.

Source: Li, Monroe, Jurafsky 2016, https://arxiv.org/abs/1612.08220 (erasure).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from interpret import progress
from interpret.method import Method, token_result
from interpret.results import Check, Result
from interpret.run import Run
from interpret.target import Target
from models.base import LanguageModel
from models.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Options:
    """`unit`: what is left out at a time, a whole word or one token."""

    unit: Literal["word", "token"] = "word"

    def __post_init__(self) -> None:
        if self.unit not in ("word", "token"):
            raise Refusal("unit must be word or token")


def groups(run: Run, unit: str) -> list[np.ndarray]:
    """What is left out together: index arrays of tokens that follow one another, start mark excluded."""
    inside = run.of_text
    if unit == "token":
        return [np.array([i]) for i in np.flatnonzero(inside)]
    words = run.tokens.words
    return [np.flatnonzero((words == w) & inside) for w in dict.fromkeys(words[inside].tolist())]


def explained(group: np.ndarray, target: Target, length: int) -> np.ndarray:
    """Which rows (C,) of the target can be asked about without a group of a text of `length` tokens.

    Those that the group can matter to, if something else is left that can.
    """
    places = np.array(target.places)
    if target.ahead_only:
        return (places > group[-1]) & (places > len(group))
    return ~np.isin(places, group) & (length > len(group))


def _rows_without(group: np.ndarray, target: Target) -> Tensor:
    """Which rows of logits score the target's places when the tokens of a group are gone, (C,)."""
    if target.task == "classify":
        return target.positions
    return target.positions - torch.from_numpy(np.searchsorted(group, np.array(target.places)))


@torch.no_grad()
def without(
    model: LanguageModel, vectors: Tensor, left_out: list[np.ndarray], target: Target, at_once: int = 4096
) -> np.ndarray:
    """The explained numbers (G, C) without each of G groups; NaN where a group cannot matter to a place.

    Groups of one size make texts of one length and go through the model together, `at_once` tokens or so.
    """
    done = 0
    numbers = np.full((len(left_out), len(target.places)), np.nan)
    for size in sorted({len(group) for group in left_out}):
        same = [g for g, group in enumerate(left_out) if len(group) == size]
        length = len(vectors) - size
        step = max(1, at_once // max(1, length))
        for part in (same[i : i + step] for i in range(0, len(same), step)):
            progress.tell(done / max(1, len(left_out)))
            done += len(part)
            kept = [np.setdiff1d(np.arange(len(vectors)), left_out[g]) for g in part]
            states = model.states(torch.stack([vectors[keep] for keep in kept])) if length else None
            for row, g in enumerate(part):
                after = np.flatnonzero(explained(left_out[g], target, len(vectors)))
                if states is None or not len(after):
                    continue
                chosen = target.rows(after.tolist())
                moved = states[row, _rows_without(left_out[g], chosen)]
                numbers[g, after] = chosen.scores(model.unembed(moved)[None])[0].numpy()
    return numbers


def compute(run: Run, target: Target, options: Options) -> Result:
    """Scores (C, T) in the target's unit; 0 for what cannot matter or is explained itself."""
    with torch.no_grad():
        states = run.model.states(run.vectors[None])[:, target.positions]
        totals = target.scores(run.model.unembed(states))[0].numpy()
    left_out = groups(run, options.unit)
    numbers = without(run.model, run.vectors, left_out, target)
    values = np.zeros((len(target.places), len(run.tokens)))
    for group, numbers_without in zip(left_out, numbers, strict=True):
        rows = np.flatnonzero(explained(group, target, len(run.tokens)))
        values[np.ix_(rows, group)] = (totals - numbers_without)[rows, None] / len(group)
    largest = float(np.abs(values.sum(axis=1) - totals).max(initial=0.0))
    return token_result(
        run, target, "leave_one_out", values, totals,
        unit=target.unit, signed=True,
        check=Check(name="largest gap between a row's sum and the number itself",
            says="Each score is exact for leaving out its word alone: the model was asked again. Words also "
            "act together, so the scores of a word need not add up to its number; they differ by up to {}.",
            value=largest, unit=f" {target.unit}",
        ),
        options=options,
    )  # fmt: skip


METHOD = Method(
    name="leave_one_out",
    title="Leave one out",
    question="What changes when a word is left out?",
    gives="token-grid",
    needs=frozenset(),
    options=Options,
    source="Li, Monroe, Jurafsky 2016",
    signed=True,
    compute=compute,
    place=1,
)
