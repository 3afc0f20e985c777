"""Compares the layers of two models, or of one with itself, on the same words of the bundled texts (linear CKA).

A word's state is that of its last piece, whatever pieces a model cuts it into. CKA asks whether two layers tell the
same words apart to the same degree; it does not mind rotations and sizes, so that models of other widths and kinds
can be compared. Beside it stands the same number with the words paired at random, which is not 0 with few words.
Of one pair of layers each word is shown along the direction in which the two vary together most.

Source: Kornblith and others 2019, https://arxiv.org/abs/1905.00414.
"""

from dataclasses import asdict, dataclass

import numpy as np

import models
from interpret import progress
from interpret.results import Check
from interpret.results.contexts import Likeness
from interpret.results.space import of_model
from interpret.space.cka import cka_matrix, shared_direction
from interpret.space.contexts import WordStates, states, unfit, world
from interpret.study import Study
from models.base import LanguageModel
from models.refusals import Refusal

MOST, SHOWN = 2500, 600  # words compared at most, and words in the scatter


@dataclass(frozen=True, kw_only=True)
class Options:
    """`other`: a bundled model (empty: this one); `layer`, `other_layer`: whose words are drawn; -1: the last."""

    other: str = ""
    layer: int = -1
    other_layer: int = -1


def compute(model: LanguageModel, options: Options) -> Likeness:
    """CKA of every layer with every layer, and the shared direction of one pair."""
    with progress.part(0.0, 0.5):
        mine = states(model)
    with progress.part(0.5, 0.5):
        theirs = mine if options.other in ("", model.card.name) else _other(model, options.other)
    here, there = _same_words(mine, theirs)
    if len(here) > MOST:
        some = np.sort(np.random.default_rng(2).choice(len(here), MOST, replace=False))
        here, there = here[some], there[some]
    one, two = mine.only(here), theirs.only(there)
    mixed = np.random.default_rng(0).permutation(len(here))
    values = cka_matrix(one.layers, two.layers)
    shuffled = cka_matrix(one.layers, [layer[mixed] for layer in two.layers])
    layer = _within(options.layer, len(one.layers), model.card.name)
    other_layer = _within(options.other_layer, len(two.layers), options.other or model.card.name)
    pairs, correlation = shared_direction(one.layers[layer], two.layers[other_layer])
    drawn = np.sort(np.random.default_rng(1).permutation(len(here))[:SHOWN])
    return Likeness(
        **of_model(model.card, "likeness", asdict(options)), values=values, unit="CKA", signed=False,
        other=options.other or model.card.name, count=len(here), shuffled=shuffled, cell=(layer, other_layer),
        pairs=pairs[drawn], correlation=correlation, shown=tuple(str(word) for word in one.words[drawn]),
        check=Check(
            name="CKA of words paired at random", value=float(shuffled.max()), limit=0.5,
            says=f"With the {len(here):,} words paired at random, CKA is {{}} at most.",
        ),
    )  # fmt: skip


def _other(model: LanguageModel, name: str) -> WordStates:
    """The states of the other model, which must be bundled and read the same texts."""
    card = models.card(name)
    if reason := unfit(card):
        raise Refusal(reason)
    if world(card) != world(model.card):
        raise Refusal(
            f"{name} and {model.card.name} read different languages, so no word is the same to both: "
            "choose a model of the same world."
        )
    return states(models.load(name))


def _same_words(one: WordStates, other: WordStates) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the words that both have seen at the same place of the same text."""
    seen = zip(other.texts.tolist(), other.spans[:, 0].tolist(), strict=True)
    there = {place: row for row, place in enumerate(seen)}
    mine = zip(one.texts.tolist(), one.spans[:, 0].tolist(), strict=True)
    pairs = [(row, there[place]) for row, place in enumerate(mine) if place in there]
    rows = np.array(pairs)
    return rows[:, 0], rows[:, 1]


def _within(layer: int, count: int, name: str) -> int:
    if not -1 <= layer < count:
        raise Refusal(f"{name} has layers 0 to {count - 1} and no layer {layer}: choose one of these.")
    return layer % count


STUDY = Study(
    name="likeness", title="Do two models see alike?", question="Which words does it think alike?",
    gives="likeness", needs=frozenset(), options=Options, source="Kornblith et al. 2019", signed=False,
    compute=compute, place=75, unfit=unfit,
)  # fmt: skip
