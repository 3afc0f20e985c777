"""Asks how alike everything is to the model: cosines of random words after each layer (anisotropy).

In many networks the states of any two words point the same way, so that a cosine of 0.8 may mean nothing. Three
means after each layer: of two words drawn at random from different texts, of the same word in two texts, of a word
and the mean of its text. Only what stands above the first is about words.

Source: Ethayarajh 2019, https://aclanthology.org/D19-1006, section 3.
"""

from dataclasses import asdict, dataclass

import numpy as np

from interpret.results import Check
from interpret.results.contexts import Narrowness
from interpret.results.space import of_model
from interpret.space.contexts import WordStates, states, unfit, unit_rows
from interpret.study import Study
from models.base import LanguageModel
from models.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Options:
    """`pairs` of words drawn for each mean, `seed` of the draw."""

    pairs: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        if not 10 <= self.pairs <= 100_000:
            raise Refusal("pairs must lie between 10 and 100000")


def compute(model: LanguageModel, options: Options) -> Narrowness:
    """The three means after each layer."""
    found = states(model)
    made = np.random.default_rng(options.seed)
    strange = _pairs(made, np.arange(len(found.words)), found.texts, options.pairs)
    same, compared = _same_word(made, found, options.pairs)
    values, error = [], 0.0
    for layer in found.layers:
        unit = unit_rows(layer)
        drawn = _cosines(unit, strange)
        error = max(error, float(drawn.std() / np.sqrt(len(drawn))))
        values.append((drawn.mean(), _cosines(unit, same).mean(), _to_mean(unit, found.texts)))
    return Narrowness(
        **{**of_model(model.card, "narrowness", asdict(options)), "words": np.zeros(0, int)},
        values=np.array(values).T, unit="cosine", signed=True, compared=compared, pairs=len(strange),
        check=Check(
            name="standard error", value=error, limit=0.05,
            says=f"The standard error of the means is at most {{}} ({len(strange):,} pairs).",
        ),
    )  # fmt: skip


def _pairs(made: np.random.Generator, rows: np.ndarray, texts: np.ndarray, count: int) -> np.ndarray:
    """Pairs of rows from different texts, (up to count, 2)."""
    drawn = made.choice(rows, (2 * count, 2))
    return drawn[texts[drawn[:, 0]] != texts[drawn[:, 1]]][:count]


def _same_word(made: np.random.Generator, found: WordStates, count: int) -> tuple[np.ndarray, int]:
    """Pairs of one word in two texts, every word as often, and how many words there are."""
    _, index = np.unique(found.words, return_inverse=True)
    order = np.argsort(index, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(index))[:-1])
    groups = [rows for rows in groups if len(np.unique(found.texts[rows])) > 1]
    if not groups:
        raise Refusal("No word stands in two of the bundled texts, so there is nothing to compare.")
    each = max(2, count // len(groups))
    pairs = [_pairs(made, rows, found.texts, each) for rows in groups]
    return np.concatenate(pairs), len(groups)


def _cosines(unit: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    return (unit[pairs[:, 0]] * unit[pairs[:, 1]]).sum(1)


def _to_mean(unit: np.ndarray, texts: np.ndarray) -> float:
    """Mean cosine of a word and the mean of its text, texts of one word left out."""
    found = [
        unit[rows] @ unit_rows(unit[rows].mean(0, keepdims=True))[0]
        for rows in _by_text(texts)
        if len(rows) > 1
    ]
    return float(np.concatenate(found).mean())


def _by_text(texts: np.ndarray) -> list[np.ndarray]:
    return [np.flatnonzero(texts == text) for text in np.unique(texts)]


STUDY = Study(
    name="narrowness", title="How alike is everything?", question="Which words does it think alike?",
    gives="narrowness", needs=frozenset(), options=Options, source="Ethayarajh 2019", signed=True,
    compute=compute, place=76, unfit=unfit,
)  # fmt: skip
