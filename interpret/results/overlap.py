"""How well a reader's guess and a map agree: of the words marked, how many are among the map's largest?

Which share of the marked words a map has at its top is the guess's precision, which share of the map's top
was marked its recall (Manning, Raghavan and Schütze 2008, “Introduction to Information Retrieval”, 8.3). Whoever
marks m of n words blindly hits a hypergeometric number of the k at the top: m k / n of them on average.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from interpret.sentences import percent


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Words marked by a reader against the words of largest size in a map; all by their place in the text.

    `tied`: a word left out of the top has the same size as the last one in it (the earlier one is taken).
    """

    marked: tuple[int, ...]  # as the words stand in the text
    top: tuple[int, ...]  # the largest first; words without any effect are never in it
    could: int  # words that could be marked
    tied: bool = False

    @classmethod
    def of(
        cls, marked: Collection[int], scores: Sequence[float] | np.ndarray, could: Collection[int], top: int
    ) -> "Overlap":
        """Compare a guess with a map.

        Args:
            marked: The words the reader marked; those that could not be marked are left out.
            scores: One score a word, (W,), of either sign; their sizes count.
            could: The words that can be marked.
            top: How many of the largest count as the map's top.

        Raises:
            ValueError: No word could be marked, or the top is less than one word.
        """
        if top < 1 or not could:
            raise ValueError("a guess needs at least one word at the top, and one that can be marked")
        sizes = np.abs(np.asarray(scores, dtype=float))
        order = [word for word in sorted(could, key=lambda word: (-sizes[word], word)) if sizes[word] > 0]
        tied = len(order) > top and sizes[order[top - 1]] == sizes[order[top]]
        kept = tuple(sorted(set(marked) & set(could)))
        return cls(marked=kept, top=tuple(order[:top]), could=len(set(could)), tied=bool(tied))

    @property
    def hits(self) -> tuple[int, ...]:
        """Marked and at the top."""
        return tuple(word for word in self.marked if word in self.top)

    @property
    def missed(self) -> tuple[int, ...]:
        """At the top and not marked, the largest first."""
        return tuple(word for word in self.top if word not in self.marked)

    @property
    def precision(self) -> float:
        """Hits as a share of the marked words; 0 if none is marked."""
        return len(self.hits) / len(self.marked) if self.marked else 0.0

    @property
    def recall(self) -> float:
        """Hits as a share of the top; 0 if the map has none."""
        return len(self.hits) / len(self.top) if self.top else 0.0

    @property
    def by_chance(self) -> float:
        """How many hits blind marking has on average (mean of the hypergeometric distribution)."""
        return len(self.marked) * len(self.top) / self.could

    @property
    def blindly(self) -> float:
        """The probability that blind marking hits at least as many."""
        m, k, n = len(self.marked), len(self.top), self.could
        ways = sum(comb(k, hits) * comb(n - k, m - hits) for hits in range(len(self.hits), min(m, k) + 1))
        return ways / comb(n, m)

    def in_words(self, whose: str, names: Sequence[str]) -> str:
        """The comparison in sentences: `whose` top it is, such as “the map's”; what each word is called."""
        if not self.top:
            return f"No word has any effect in {whose} numbers: there is nothing to compare with."
        if not self.marked:
            return f"Nothing was marked. {self._top_in_words(whose, names)}"
        hits, m, k = len(self.hits), len(self.marked), len(self.top)
        said = (
            f"{hits} of the {m} word{'s' * (m != 1)} you marked {'is' if hits == 1 else 'are'} among {whose} top {k} "
            f"(precision {percent(self.precision)}, recall {percent(self.recall)}). "
            f"Marking {m} of {self.could} words blindly would hit {self.by_chance:.1f} on average, and "
            f"{hits or 'any number'}{' or more' if hits else ''} in {percent(self.blindly)} of all cases."
        )
        if self.missed:
            said += f" You did not mark {_listed([names[word] for word in self.missed])}."
        return said + (" Words of equal size: the earlier one was taken." if self.tied else "")

    def _top_in_words(self, whose: str, names: Sequence[str]) -> str:
        return f"At {whose} top: {_listed([names[word] for word in self.top])}."


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
