"""A model's words as points: the map, a word's neighbours, how far to believe the map, what moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Asked, Check, Result
from interpret.sentences import named, percent

if TYPE_CHECKING:
    import pandas

    from models.base import Card

FEW = 200  # below so many pieces all dots are of one size
NOTHING = Asked(measure="logit", places=(), tokens=(), shown=())


def of_model(card: "Card", method: str, options: dict[str, Any]) -> dict[str, Any]:
    """The fields of a result that is about a model and not about a text."""
    return {
        "method": method, "model": card.name, "model_sha256": card.sha256, "text": "", "tokens": (),
        "spans": np.zeros((0, 2), int), "words": np.zeros(0, int), "asked": NOTHING, "options": options,
    }  # fmt: skip


def some_words(shown: Sequence[str], count: int = 3) -> str:
    """The first few as a list in a sentence."""
    said = [named(name) for name in shown[:count]]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


@dataclass(frozen=True, kw_only=True, eq=False)
class WordMap(Result):
    """The vocabulary on a plane; `values` are the places."""

    kind: ClassVar[str] = "word-map"
    dims: ClassVar[tuple[str, ...]] = ("piece", "axis")
    ids: np.ndarray  # (P,) piece numbers
    shown: tuple[str, ...]  # (P,)
    groups: np.ndarray  # (P,) index into group_names
    group_names: tuple[str, ...]
    made_by: str  # with all parameters and the seed
    pieces: int  # of the whole vocabulary
    belief: np.ndarray  # (3,) trustworthiness, continuity, share of 15 neighbours kept
    sides: tuple[str, ...]  # "input", and "output" where the model writes with other vectors
    ready: bool  # whether UMAP of these weights is bundled, so that it stands at once
    relatives: tuple[str, ...]  # bundled models with the same pieces, the nearest relatives first
    comparable: tuple[str, ...]  # bundled models that read the same texts
    text_rows: np.ndarray  # (M,) rows of the pieces of a text put onto the map, in its order
    counts: np.ndarray  # (P,) occurrences in WikiText-2; empty where its pieces were not counted
    benchmark: str  # how it agrees with people on a list of word pairs, in a sentence; "" without a list

    def shows(self) -> str:
        part = "" if len(self.ids) == self.pieces else f" of {self.pieces:,}"
        return f"{len(self.ids):,}{part} pieces · {self.made_by}"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "pieces": self.ids.tolist(), "shown": list(self.shown), "made_by": self.made_by,
            "groups": [self.group_names[group] for group in self.groups],
            "trustworthiness": float(self.belief[0]), "continuity": float(self.belief[1]),
            "neighbours_kept": float(self.belief[2]),
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(
            {
                "piece": self.ids, "shown": self.shown, "x": self.values[:, 0], "y": self.values[:, 1],
                "group": [self.group_names[group] for group in self.groups],
            }
        )  # fmt: skip

    def sized_by(self) -> str:
        """What the size of a dot means, in a sentence."""
        if len(self.counts):
            return "A larger dot occurs more often in WikiText-2, where every piece was counted."
        if len(self.ids) < FEW:
            return "All dots are of one size."
        return "A larger dot stands earlier in the vocabulary, common pieces first; nothing was counted."

    def in_words(self) -> str:
        return (
            f"A map of {len(self.ids):,} pieces: of a word's 15 nearest, {percent(float(self.belief[2]))} stand "
            "among its 15 nearest here too."
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Neighbours(Result):
    """Who stands nearest to a word, or to a sum of words, in the space itself; `values` are cosines."""

    kind: ClassVar[str] = "word-neighbours"
    dims: ClassVar[tuple[str, ...]] = ("neighbour",)
    shown: tuple[str, ...]
    rows: np.ndarray  # (K,) of the map
    map_rank: np.ndarray  # (K,) as how near the map shows each: 1 = nearest
    terms: tuple[str, ...]  # what was asked for, as shown; several for a sum
    signs: tuple[int, ...]  # 1 or -1 for each term
    term_rows: np.ndarray  # of the map
    chance: float  # mean cosine of two pieces drawn at random
    chance_spread: float

    @property
    def on_map(self) -> np.ndarray:
        """Which are neighbours on the map too, (K,)."""
        return self.map_rank <= len(self.shown)

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "shown": list(self.shown), "map_rank": self.map_rank.tolist(),
            "chance": self.chance, "terms": list(self.terms), "signs": list(self.signs),
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame({"shown": self.shown, "cosine": self.values, "map_rank": self.map_rank})

    def in_words(self) -> str:
        said = [
            f"{named(name)} ({value:.2f})" for name, value in zip(self.shown[:3], self.values, strict=False)
        ]
        near = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
        first = f"To {self.model}, {named(self.terms[0])} is most like {near}"
        if len(self.terms) > 1:
            pairs = zip(self.signs, self.terms, strict=True)
            asked = " ".join(f"{'+' if sign > 0 else '−'} {named(term)}" for sign, term in pairs)
            first = f"{asked.removeprefix('+ ')} comes nearest to {near}"
        spread = f"{self.chance:.2f}\u00a0±\u00a0{self.chance_spread:.2f}"
        return f"{first}; two words drawn at random have a cosine of {spread}."


@dataclass(frozen=True, kw_only=True, eq=False)
class MapTrust(Result):
    """`values` (measure, k): trustworthiness, continuity, neighbours kept, for each number of neighbours k."""

    kind: ClassVar[str] = "map-trust"
    dims: ClassVar[tuple[str, ...]] = ("measure", "k")
    measures: ClassVar[tuple[str, ...]] = ("trustworthiness", "continuity", "neighbours kept")
    ks: tuple[int, ...]
    pages: np.ndarray  # (S, P, 2): the map from each seed, turned onto the first; S is 1 for PCA
    groups: np.ndarray  # (P,)
    group_names: tuple[str, ...]
    steady: float  # share of 15 neighbours on the map that two seeds agree on; 1 for PCA
    kept: np.ndarray  # (P,) share of its 15 true neighbours that stand among its 15 nearest on the map
    shown: tuple[str, ...]
    chance: float  # share that would be kept if words were strewn at random
    made_by: str

    def shows(self) -> str:
        return self.made_by

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(self.values.T, columns=list(self.measures)).assign(k=self.ks)

    def in_words(self) -> str:
        at = self.ks.index(15) if 15 in self.ks else len(self.ks) - 1
        share = float(self.values[2, at])
        said = (
            f"Of a word's {self.ks[at]} nearest words this map keeps {percent(float(share))} (strewn at random: "
            f"{percent(float(self.chance))}); trustworthiness {self.values[0, at]:.2f}, "
            f"continuity {self.values[1, at]:.2f}."
        )
        if len(self.pages) > 1:
            said += f" Another seed agrees with {percent(float(self.steady))} of the neighbourhoods drawn."
        return said


@dataclass(frozen=True, kw_only=True, eq=False)
class WordShift(Result):
    """Two models' vectors of the same words; `values` (P,): how far each word moved, 1 − cosine."""

    kind: ClassVar[str] = "word-shift"
    dims: ClassVar[tuple[str, ...]] = ("word",)
    first: str  # the model before
    second: str  # the model after
    turned: bool  # whether the second space was rotated onto the first
    looked_up: int  # place of the word the reader asked for; -1 without
    shown: tuple[str, ...]  # (P,), the farthest moved first
    order: np.ndarray  # (P,) place in the vocabulary
    before: np.ndarray  # (P, 2) in the first model, on its own axes
    after: np.ndarray  # (P, 2) in the second, on the same axes
    overlap: np.ndarray  # (P,) share of 10 nearest words they have in common
    told: tuple[int, ...]  # places of the words whose nearest words are told
    near_before: tuple[tuple[str, ...], ...]  # for each of these
    near_after: tuple[tuple[str, ...], ...]
    median: float
    chance: float  # how far a word is from another word drawn at random

    def shows(self) -> str:
        way = "turned onto each other first" if self.turned else "compared as they stand"
        return f"1 − cosine of a word's vector in {self.first} and in {self.second}, {way}"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "shown": list(self.shown), "first": self.first, "second": self.second,
            "turned": self.turned, "overlap": self.overlap.tolist(), "median": self.median,
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(
            {"shown": self.shown, "moved": self.values, "neighbours_shared": self.overlap}
        )

    def in_words(self) -> str:
        at = max(self.looked_up, 0)
        row = self.told.index(at)
        word = named(self.shown[at])
        lead = f"{word} moved by" if self.looked_up >= 0 else f"the word that moved farthest is {word}, by"
        return (
            f"From {self.first} to {self.second} {lead} {self.values[at]:.2g}: it stood beside "
            f"{some_words(self.near_before[row])} and stands beside {some_words(self.near_after[row])}. Half of all "
            f"words moved by less than {self.median:.2g}; two different words lie {self.chance:.2f} apart."
        )


def kept_check(preserved: float, k: int) -> Check:
    """What a reader judges a map by."""
    return Check(
        name="neighbours kept", value=100 * preserved, unit=" %",
        says=f"Of a word's {k} nearest words, {{}} stand among its {k} nearest on the map (mean).",
    )  # fmt: skip
