"""What single units do: an LSTM's memory, one unit's card, units that tell chosen words apart, factors."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result
from interpret.sentences import named, percent, visible, with_sign

if TYPE_CHECKING:
    import pandas


def at(token: str) -> str:
    """A token of the text in a sentence."""
    return named(token) if token else "the start of the text"


TRACKS = ("input gate", "forget gate", "output gate", "candidate", "cell", "hidden")


@dataclass(frozen=True, kw_only=True, eq=False)
class MemoryTraces(Result):
    """Gates, candidate, cell and hidden state of U units along the text, (6, U, T), in the order of `TRACKS`.

    Of M units of all layers: how often each gate is shut or open over the corpus, and how long a cell
    remembers.
    """

    kind: ClassVar[str] = "memory"
    dims: ClassVar[tuple[str, ...]] = ("track", "unit", "token")
    units: tuple[str, ...]  # (U,) "cell 2.17"
    backwards: tuple[bool, ...]  # (U,) whether it reads from the end of the text
    layer: np.ndarray  # (M,) from 1
    index: np.ndarray  # (M,) within its layer
    shut: np.ndarray  # (3, M) share of the corpus with a gate below 0.1: input, forget, output
    open: np.ndarray  # (3, M) above 0.9
    half_life: np.ndarray  # (M,) tokens
    corpus_tokens: int
    variable: tuple[str, ...] = ()  # the units that change most on this text

    def shows(self) -> str:
        return f"{', '.join(self.units)}; gates from 0 to 1, candidate and hidden from −1 to 1"

    def life(self, unit: str) -> float:
        """A unit's half-life in tokens."""
        layer, _, index = unit.split(" ")[1].partition(".")
        return float(self.half_life[(self.layer == int(layer)) & (self.index == int(index))][0])

    def to_json(self) -> dict[str, Any]:
        kept = {
            name: getattr(self, name).tolist() for name in ("layer", "index", "shut", "open", "half_life")
        }
        return {**super().to_json(), "units": list(self.units), "tracks": list(TRACKS), **kept}

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        count = len(self.tokens)
        rows = {"unit": np.repeat(self.units, count), "token": np.tile(np.arange(count), len(self.units)),
                "shown": np.tile(np.array(self.tokens, dtype=object), len(self.units))}  # fmt: skip
        return pandas.DataFrame(rows | {name: self.values[k].ravel() for k, name in enumerate(TRACKS)})

    def in_words(self) -> str:
        cell, forget = self.values[4, 0], self.values[1, 0]
        best, least = int(np.abs(cell).argmax()), int(forget.argmin())
        life = self.life(self.units[0])
        span = f"{life:.1f} tokens" if life < 1000 else "more than a thousand tokens"
        return (
            f"{self.units[0].capitalize()} holds most at {at(self.tokens[best])} ({with_sign(cell[best])}) and "
            f"forgets most at {at(self.tokens[least])} (forget gate {forget[least]:.2f}); over the "
            f"bundled texts half of what it holds is gone after {span}."
        )


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """A place of the corpus: the text around a token, and the unit's activation there."""

    before: str
    token: str
    after: str
    value: float


@dataclass(frozen=True, kw_only=True, eq=False)
class UnitCard(Result):
    """One unit: its activation along the text (T,), and what is known of it from the corpus."""

    kind: ClassVar[str] = "unit"
    dims: ClassVar[tuple[str, ...]] = ("token",)
    address: str  # "cell 2.17"
    limit: float  # largest size over the corpus: the end of the colour scale
    counts: np.ndarray  # (B,) tokens of the corpus in each bin
    edges: np.ndarray  # (B + 1,)
    highest: tuple[Snippet, ...]
    lowest: tuple[Snippet, ...]  # only of signed units
    middling: tuple[Snippet, ...]
    features: tuple[str, ...]  # (F,)
    r: np.ndarray  # (F,) correlation with each
    chance: np.ndarray  # (F,) largest |r| of any unit with the shifted feature
    promoted: tuple[tuple[str, float], ...]  # what it writes, in logits for one more of it
    suppressed: tuple[tuple[str, float], ...]
    variable: tuple[str, ...]  # the units that change most on this text
    sizes: tuple[int, ...]  # units in each layer
    corpus_tokens: int
    corpus: str = "the bundled texts"

    def shows(self) -> str:
        return f"activation of {self.address}; colours end at ±{self.limit:.2f}, its largest over the corpus"

    def to_json(self) -> dict[str, Any]:
        told = {
            name: [vars(one) for one in getattr(self, name)] for name in ("highest", "lowest", "middling")
        }
        kept = {name: getattr(self, name).tolist() for name in ("counts", "edges", "r", "chance")}
        plain = {
            name: list(getattr(self, name)) for name in ("features", "promoted", "suppressed", "variable")
        }
        return {**super().to_json(), "address": self.address, "limit": self.limit, **told, **kept, **plain}

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(
            {"token": np.arange(len(self.tokens)), "shown": self.tokens, self.address: self.values}
        )

    def telling(self) -> list[int]:
        """Features that go with the unit more than chance among all units allows, the strongest first."""
        order = np.argsort(-np.abs(self.r), kind="stable")
        return [int(f) for f in order if abs(self.r[f]) > self.chance[f]]

    def in_words(self) -> str:
        best, worst = int(self.values.argmax()), int(self.values.argmin())
        said = (
            f"{self.address.capitalize()} is highest at {at(self.tokens[best])} ({with_sign(self.values[best])}) "
            f"and lowest at {at(self.tokens[worst])} ({with_sign(self.values[worst])})."
        )
        found = self.telling()
        if not found:
            return f"{said} Over {self.corpus} it follows none of the {len(self.features)} features tried."
        names = " and ".join(f"“{self.features[f]}” (r = {with_sign(self.r[f])})" for f in found[:2])
        return f"{said} Over {self.corpus} it goes with {names}."


@dataclass(frozen=True, kw_only=True, eq=False)
class UnitRanking(Result):
    """The U units that tell the chosen tokens best from the others, by AUC (U,)."""

    kind: ClassVar[str] = "unit-ranking"
    dims: ClassVar[tuple[str, ...]] = ("unit",)
    units: tuple[str, ...]  # (U,)
    low: np.ndarray  # (U,) whether the unit is low inside (and its AUC counted the other way round)
    inside: np.ndarray  # (T,) the chosen tokens
    means: np.ndarray  # (U, 2) mean activation inside and outside
    tracks: np.ndarray  # (U, T)
    chance: np.ndarray  # (S,) the best AUC of any unit when the choice is shifted along the text
    searched: int  # how many units were searched

    def shows(self) -> str:
        return f"AUC of {self.searched:,} units: how often a unit is on at a chosen token and off at another"

    def to_json(self) -> dict[str, Any]:
        kept = {n: getattr(self, n).tolist() for n in ("low", "inside", "means", "tracks", "chance")}
        return {**super().to_json(), "units": list(self.units), "searched": self.searched, **kept}

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(
            {"unit": self.units, "auc": self.values, "low_inside": self.low,
             "mean_inside": self.means[:, 0], "mean_outside": self.means[:, 1]}
        )  # fmt: skip

    def as_good_by_chance(self) -> float:
        """How often some unit does as well when the choice is shifted."""
        return float((self.chance >= self.values[0] - 1e-9).mean())

    def in_words(self) -> str:
        places = np.flatnonzero(self.inside)
        runs = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
        parts = [self.text[int(self.spans[run[0], 0]) : int(self.spans[run[-1], 1])] for run in runs]
        chosen = visible(" … ".join(part.strip() for part in parts))
        chosen = chosen if len(chosen) <= 60 else f"{chosen[:57]}…"
        side = "low" if self.low[0] else "high"
        said = (
            f"{self.units[0].capitalize()} tells “{chosen}” best from the rest: it is {side} there "
            f"in {percent(float(self.values[0]))} of all pairs of a chosen and another token."
        )
        share = self.as_good_by_chance()
        if share > 0.05:
            return (
                f"{said} With so few words that proves little: for {percent(share)} of the choices of the same "
                f"shape elsewhere in this text, one of {self.searched:,} units does as well."
            )
        return f"{said} Of choices of the same shape elsewhere in this text, {percent(share)} find a unit as good."


@dataclass(frozen=True, kw_only=True, eq=False)
class Factors(Result):
    """K factors of the activations along the text, (K, T), the largest first; each reaches 1."""

    kind: ClassVar[str] = "factors"
    dims: ClassVar[tuple[str, ...]] = ("factor", "token")
    names: tuple[str, ...]  # (K,) its top tokens
    units: tuple[tuple[str, ...], ...]  # (K,) its strongest units; "(-)" behind a cell's negative part
    explained: float  # share of the sum of squares
    share: np.ndarray  # (K,) of what is explained, by size
    stability: np.ndarray  # (K,) mean best cosine with the factors of other seeds, matched one to one
    seeds: int
    neurons: int  # how many units went in
    written: int  # tokens at the end that the model wrote itself

    def shows(self) -> str:
        return f"{len(self.values)} factors of {self.neurons:,} activations, each from 0 to its largest"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "names": list(self.names), "units": [list(one) for one in self.units],
            "explained": self.explained, "share": self.share.tolist(), "stability": self.stability.tolist(),
            "seeds": self.seeds, "neurons": self.neurons, "written": self.written,
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        table = {"token": np.arange(len(self.tokens)), "shown": self.tokens}
        return pandas.DataFrame(table | {f"factor {k + 1}": row for k, row in enumerate(self.values)})

    def in_words(self) -> str:
        steady = int((self.stability >= 0.9).sum())
        first = int(self.share.argmax())
        return (
            f"{len(self.values)} factors stand for {percent(self.explained)} of what {self.neurons:,} "
            f"activations do on this text; the largest is strongest on {self.names[first]}. {steady} of "
            f"{len(self.values)} come out alike from {self.seeds} other random starts."
        )
