"""Places of a corpus where the units of chosen words are on together, aligned on the match."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result
from interpret.results.units import Snippet
from interpret.sentences import named, percent

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, kw_only=True, eq=False)
class PlacesAlike(Result):
    """R places, the most alike first: the share of the chosen words' units that are on at each, (R,)."""

    kind: ClassVar[str] = "places-alike"
    dims: ClassVar[tuple[str, ...]] = ("place",)
    units: tuple[str, ...]  # the units that tell the chosen words best from the others of the text
    places: tuple[Snippet, ...]  # (R,)
    matches: tuple[tuple[str, int], ...]  # words in the matches, and in how many; the commonest first
    searched: int  # texts
    corpus: str

    def shows(self) -> str:
        return f"share of {len(self.units)} units that are on, at {len(self.values)} places of {self.corpus}"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "units": list(self.units), "matches": [list(one) for one in self.matches],
            "places": [vars(place) for place in self.places], "searched": self.searched, "corpus": self.corpus,
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        rows = {name: [getattr(one, name) for one in self.places] for name in ("before", "token", "after")}
        return pandas.DataFrame(rows | {"share": self.values})

    def in_words(self) -> str:
        most, (word, count) = int((self.values >= np.max(self.values)).sum()), self.matches[0]
        common = (
            f"; the commonest word in the matches below is {named(word)} ({count} times)" if count > 1 else ""
        )
        return (
            f"Of the {len(self.units)} units that know the chosen words best, {percent(float(self.values[0]))} are on "
            f"together at {most} {'place' if most == 1 else 'places'} of {self.corpus}{common}."
        )
