"""Words in texts after each layer: one word's occurrences, two models side by side, how alike everything is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result
from interpret.sentences import percent

if TYPE_CHECKING:
    import pandas


def layer_name(layer: int) -> str:
    """What a layer is called: 0 is the embedding."""
    return "embedding" if layer == 0 else f"layer {layer}"


def where(layer: int, last: int) -> str:
    """At which point of the model, for a sentence."""
    return "in the embedding" if layer == 0 else f"after layer {layer} of {last}"


@dataclass(frozen=True, kw_only=True, eq=False)
class WordContexts(Result):
    """The occurrences of one word on a map for each layer; `values` (layer, occurrence, axis)."""

    kind: ClassVar[str] = "word-contexts"
    dims: ClassVar[tuple[str, ...]] = ("layer", "occurrence", "axis")
    word: str
    sentences: tuple[str, ...]  # (N,)
    starts: np.ndarray  # (N,) where the word begins in its sentence
    groups: np.ndarray  # (N,) index into group_names: senses, else kinds of text
    group_names: tuple[str, ...]
    own: np.ndarray  # (N,) whether it is of the reader's text
    spread: np.ndarray  # (L+1,) share of the spread that the two axes show
    same: np.ndarray  # (L+1,) mean cosine of two occurrences
    random: np.ndarray  # (L+1,) mean cosine of two different words, drawn at random
    sorted_right: np.ndarray  # (L+1,) share whose nearest other occurrence has the same sense; empty without
    offered: tuple[str, ...]  # words with sentences in two senses
    sorted: int  # how many sentences are sorted by sense
    chance: float  # that share if senses were dealt at random

    def shows(self) -> str:
        return f"{len(self.sentences)} occurrences of “{self.word}”, each layer on its own two axes (PCA)"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "word": self.word, "sentences": list(self.sentences),
            "groups": [self.group_names[group] for group in self.groups], "own": self.own.tolist(),
            "same_word_cosine": self.same.tolist(), "random_cosine": self.random.tolist(),
            "sorted_right": self.sorted_right.tolist(), "chance": self.chance,
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        layers, count = self.values.shape[:2]
        return pandas.DataFrame(
            {
                "layer": np.repeat(np.arange(layers), count), "sentence": list(self.sentences) * layers,
                "group": [self.group_names[group] for group in self.groups] * layers,
                "x": self.values[:, :, 0].ravel(), "y": self.values[:, :, 1].ravel(),
            }
        )  # fmt: skip

    def in_words(self) -> str:
        last = len(self.values) - 1
        if len(self.sorted_right):
            best, right = int(self.sorted_right.argmax()), self.sorted_right
            other = last if best == 0 else 0
            return (
                f"{where(best, last).capitalize()}, {percent(float(right[best]))} of the {self.sorted} sentences with "
                f"“{self.word}” stand nearest to one of the same sense (dealt at random: {percent(self.chance)}); "
                f"{where(other, last)} it is {percent(float(right[other]))}."
            )
        return (
            f"After {layer_name(last)}, two occurrences of “{self.word}” have a cosine of {self.same[last]:.2f}, "
            f"two different words {self.random[last]:.2f}; {len(self.sentences)} occurrences."
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Likeness(Result):
    """Linear CKA of the layers of two models on the same words; `values` (layer, layer of the other)."""

    kind: ClassVar[str] = "likeness"
    dims: ClassVar[tuple[str, ...]] = ("layer", "other_layer")
    other: str
    count: int  # words compared
    shuffled: np.ndarray  # (layer, other layer) the same with words paired at random
    cell: tuple[int, int]  # whose shared direction is shown
    pairs: np.ndarray  # (M, 2) each word along the direction that the two layers share most
    correlation: float
    shown: tuple[str, ...]  # (M,)

    def shows(self) -> str:
        return f"linear CKA on {self.count:,} words of the bundled texts: 1 alike but for a rotation, 0 unrelated"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(),
            "other": self.other,
            "words": self.count,
            "shuffled": self.shuffled.tolist(),
        }

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        names = [f"{self.other} {layer_name(layer)}" for layer in range(self.values.shape[1])]
        rows = [f"{self.model} {layer_name(layer)}" for layer in range(self.values.shape[0])]
        return pandas.DataFrame(self.values, columns=names, index=rows).rename_axis("layer").reset_index()

    def in_words(self) -> str:
        if self.other == self.model:
            steps = np.diagonal(self.values, 1)
            at = int(steps.argmin())
            return (
                f"Of neighbouring layers of {self.model}, {layer_name(at)} and {layer_name(at + 1)} differ most "
                f"(CKA {steps[at]:.2f}); first and last: {self.values[0, -1]:.2f}."
            )
        row, column = (int(at) for at in np.unravel_index(int(self.values.argmax()), self.values.shape))
        mine, other = (layer_name(at) if at else f"the {layer_name(at)}" for at in (row, column))
        return (
            f"{mine[0].upper()}{mine[1:]} of {self.model} and {other} of {self.other} see words most "
            f"alike (CKA {self.values[row, column]:.2f}; words paired at random {self.shuffled[row, column]:.2f}); "
            f"the last layers: {self.values[-1, -1]:.2f}."
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Narrowness(Result):
    """Mean cosines after each layer; `values` (measure, layer)."""

    kind: ClassVar[str] = "narrowness"
    dims: ClassVar[tuple[str, ...]] = ("measure", "layer")
    measures: ClassVar[tuple[str, ...]] = (
        "two words drawn at random", "the same word in two texts", "a word and its text's mean",
    )  # fmt: skip
    words: np.ndarray
    compared: int  # words that stand in at least two texts
    pairs: int

    def shows(self) -> str:
        return "mean cosine of states after each layer"

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(self.values.T, columns=list(self.measures)).assign(
            layer=range(self.values.shape[1])
        )

    def in_words(self) -> str:
        last = self.values.shape[1] - 1
        random, same = self.values[0, last], self.values[1, last]
        return (
            f"After {layer_name(last)} two words drawn at random have a cosine of {random:.2f}, the same word in two "
            f"texts {same:.2f}: only the {same - random:.2f} between them is about the word."
        )
