"""Whole texts as points: the map of their states, and which texts are near each other in truth."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result
from interpret.sentences import percent

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, kw_only=True, eq=False)
class TextMap(Result):
    """N texts on a plane; `values` are the places, `near` and `cosines` (N, K) the nearest others in the space."""

    kind: ClassVar[str] = "text-map"
    dims: ClassVar[tuple[str, ...]] = ("text", "axis")
    texts: tuple[str, ...]  # (N,)
    groups: np.ndarray  # (N,) index into group_names
    group_names: tuple[str, ...]
    losses: np.ndarray  # (N,) nats a token; (0,) where the model writes nothing
    lengths: np.ndarray  # (N,) tokens
    near: np.ndarray
    cosines: np.ndarray
    on_map: np.ndarray  # (N, K) the rank of each of them among the nearest on the map, from 1
    layer: int
    made_by: str  # with all parameters and the seed
    alike: float  # share of texts whose nearest other text is of the same group
    chance: float  # the same, if groups were drawn by lot
    of: str  # whose texts

    def shows(self) -> str:
        return f"{len(self.texts)} {self.of}, each the mean of its tokens after layer {self.layer} · {self.made_by}"

    def in_words(self) -> str:
        if len(self.group_names) < 2:
            return f"A map of {len(self.texts)} {self.of} by {self.model}; all are of one kind."
        return (
            f"After layer {self.layer} of {self.model} the nearest other text is of the same kind for "
            f"{percent(self.alike)} of {len(self.texts)} {self.of}; by lot it would be {percent(self.chance)}."
        )

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        frame = {
            "text": self.texts, "group": [self.group_names[group] for group in self.groups],
            "x": self.values[:, 0], "y": self.values[:, 1], "tokens": self.lengths,
            "nearest": [self.texts[row] for row in self.near[:, 0]], "cosine": self.cosines[:, 0],
        }  # fmt: skip
        return pandas.DataFrame(frame | ({"loss": self.losses} if len(self.losses) else {}))

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "texts": list(self.texts), "groups": self.groups.tolist(),
            "group_names": list(self.group_names), "losses": self.losses.tolist(), "lengths": self.lengths.tolist(),
            "near": self.near.tolist(), "cosines": self.cosines.tolist(), "layer": self.layer,
            "made_by": self.made_by, "alike": self.alike, "chance": self.chance,
        }  # fmt: skip
