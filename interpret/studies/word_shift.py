"""Says which words moved most between two models, such as before and after fine-tuning.

Both models' vectors of the same words are compared: how far a word moved is 1 − cosine of its two vectors. If one
model was trained on from the other, their spaces still lie on each other and are compared as they stand; otherwise
(the mean cosine is below 0.3) the other space is turned onto this one first (orthogonal Procrustes over all shared
pieces), which needs equal widths. Beside it, free of any turning: the share of a word's 10 nearest words that the
two have in common. Only whole words in small letters are listed.

Source: Schönemann 1966, https://doi.org/10.1007/BF02289451; Hamilton and others 2016, https://arxiv.org/abs/1605.09096.
"""

import difflib
from dataclasses import asdict, dataclass

import numpy as np

import models
from interpret.results import Check
from interpret.results.space import WordShift, of_model
from interpret.space.layout import principal, procrustes
from interpret.space.neighbours import UnknownWord, neighbour_lists
from interpret.space.relatives import relatives
from interpret.space.vectors import Space, space, unfit
from interpret.study import Study
from models.base import LanguageModel
from models.refusals import Refusal

NEAR = 10
TOLD = 25  # words whose neighbours are told
SAME_SPACE = 0.3  # mean cosine of a piece's two vectors above which two spaces lie on each other


@dataclass(frozen=True, kw_only=True)
class Options:
    """`other`: the bundled model to compare with; empty for the nearest relative. `word`: one to look up."""

    other: str = ""
    word: str = ""


def compute(model: LanguageModel, options: Options) -> WordShift:
    """How far each word moved, the farthest first, with the neighbours it had and has."""
    other = options.other or next(iter(relatives(model.card)), "")
    if not other or other == model.card.name:
        raise Refusal(
            f"Name a bundled model to compare {model.card.name} with, one that has the same pieces."
        )
    card = model.card
    here, there = space(model), space(models.load(other))
    if f"what {other} was" in card.trained_on:  # the other came first
        here, there = there, here
    one, two = shared_rows(here, there)
    a, b, turned = laid_on_each_other(here, there, one, two)
    listed = np.array([row for row, at in enumerate(one) if _is_word(here, here.shown[at])], int)
    if len(listed) < NEAR + 2:
        raise Refusal(f"{card.name} and {other} share {len(listed)} whole words: too few to compare.")
    a, b = a[listed], b[listed]
    names = [here.shown[one[row]] for row in listed]
    moved = 1 - (a * b).sum(1)
    order = np.argsort(-moved, kind="stable")
    shown = [names[row] for row in order]
    sought = _place(shown, options.word)
    before, after = neighbour_lists(a, NEAR)[0][order], neighbour_lists(b, NEAR)[0][order]
    overlap = (before[:, :, None] == after[:, None]).any(-1).mean(-1)
    looked_up = [sought] if sought >= TOLD else []
    told = (*looked_up, *range(min(TOLD, len(order))))
    axes = principal(a)
    mixed = np.random.default_rng(0).permutation(len(a))
    return WordShift(
        **of_model(card, "word_shift", {**asdict(options), "other": other}), values=moved[order],
        unit="1 − cosine", signed=False, first=here.model, second=there.model, turned=turned, looked_up=sought,
        shown=tuple(shown), order=here.ids[one[listed]][order], before=axes.place(a)[order],
        after=axes.place(b)[order], overlap=overlap, told=told,
        near_before=tuple(tuple(names[near] for near in before[at][:4]) for at in told),
        near_after=tuple(tuple(names[near] for near in after[at][:4]) for at in told),
        median=float(np.median(moved)), chance=float((1 - (a * b[mixed]).sum(1)).mean()),
        check=Check(
            name="neighbours in common", value=100 * float(overlap.mean()), unit=" %",
            says=f"Of a word's {NEAR} nearest words, {{}} are the same in both models (mean).",
        ),
    )  # fmt: skip


def laid_on_each_other(
    here: Space, there: Space, one: np.ndarray, two: np.ndarray
) -> tuple[np.ndarray, np.ndarray, bool]:
    """The vectors of the shared rows of both, and whether the second had to be turned onto the first."""
    a, b = here.unit[one], there.unit[two]
    if a.shape[1] != b.shape[1]:
        raise Refusal(
            f"The vectors of {here.model} have {a.shape[1]} numbers and those of {there.model} {b.shape[1]}, so they "
            "cannot be laid on each other: choose a model as wide."
        )
    if float((a * b).sum(1).mean()) >= SAME_SPACE:
        return a, b, False
    return a, (b @ procrustes(b, a)).astype(np.float32), True


def _place(shown: list[str], word: str) -> int:
    """Where a word stands among those listed; -1 if none is asked for."""
    bare = word.strip().lower()
    if not bare:
        return -1
    for name in (f" {bare}", bare):
        if name in shown:
            return shown.index(name)
    near = difflib.get_close_matches(f" {bare[:40]}", shown, n=3, cutoff=0.5)
    offer = f"choose {', '.join(f'“{name.strip()}”' for name in near)}" if near else "choose another"
    raise UnknownWord(f"“{bare[:40]}” is no whole word that both models have: {offer}.")


def shared_rows(here: Space, there: Space) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the pieces both spaces have, by how they are written, (M,) each."""
    pairs = [(row, there.rank[name]) for name, row in here.rank.items() if name in there.rank]
    if len(pairs) < 4:
        raise Refusal(
            f"{here.model} and {there.model} share {len(pairs)} pieces: choose a model with the same ones."
        )
    rows = np.array(pairs)
    return rows[:, 0], rows[:, 1]


def _is_word(space: Space, name: str) -> bool:
    bare = name.strip()
    whole = name.startswith(" ") or not space.spaced
    return whole and bare.isalpha() and bare.islower() and len(bare) > 2


STUDY = Study(
    name="word_shift", title="What did fine-tuning change?", question="Which words does it think alike?",
    gives="word-shift", needs=frozenset(), options=Options, source="Hamilton et al. 2016", signed=False,
    compute=compute, place=74, unfit=unfit,
)  # fmt: skip
