"""Two sides beside each other: what a model makes of a text against another model, or another text.

Tokens are laid on each other by `interpret.results.alignment`. A group's value is the sum over its tokens for what
adds up (surprise, saliency, attention), and that of its first token for what does not (layers).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from interpret.results.alignment import Group, Kind, Range, by_characters, by_words, ranges
from interpret.results.base import SCHEMA, NotFinite
from interpret.results.overlaid import rank_correlation
from interpret.sentences import visible

if TYPE_CHECKING:
    import pandas

What = Literal["surprise", "next", "saliency", "attention", "layers", "classes"]
LEAST = 0.02  # of a side's largest number: what is smaller has no sign worth the name
FLIPS = {
    "surprise": "another first guess", "next": "another first guess", "saliency": "a word that pushes the other way",
    "attention": "where the other side looks hardest elsewhere", "layers": "another answer in the end",
    "classes": "another class",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Side:
    """One side before it is laid on the other: a text in T tokens and a number for each.

    `known` (T,): whether the token has a number. `told`, `sure` (T,): what the model says there, and its
    probability; "" and 0 where it says nothing.
    """

    name: str
    model: str
    text: str
    spans: np.ndarray
    words: np.ndarray
    values: np.ndarray
    known: np.ndarray
    told: tuple[str, ...] = ()
    sure: np.ndarray | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """G groups of tokens (or classes, or next tokens) with both sides' numbers, (2, G).

    `tokens` (2, G, 2): first and end of a group's tokens; `spans` (2, G, 2) into the texts; both empty where a side
    has nothing. `known` (2, G): whether all of a group's tokens have a number; `values` are the sums of those that
    have. `totals` (2,): each side's sum over all its tokens.
    """

    kind: ClassVar[str] = "comparison"

    what: What
    names: tuple[str, str]
    models: tuple[str, str]
    texts: tuple[str, str]
    about: str  # which number, in words
    unit: str
    signed: bool
    kinds: tuple[Kind, ...]
    tokens: np.ndarray
    spans: np.ndarray
    shown: tuple[tuple[str, ...], tuple[str, ...]]
    values: np.ndarray
    known: np.ndarray
    told: tuple[tuple[str, ...], tuple[str, ...]]
    sure: np.ndarray
    flipped: np.ndarray  # (G,)
    totals: np.ndarray
    shared: float | None = None  # of next tokens: the probability that both give to the same ones
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not np.isfinite(self.values).all():
            raise NotFinite("A side's numbers are not finite, so nothing is compared; try another text.")

    @property
    def both(self) -> np.ndarray:
        """Whether both sides have a number, (G,)."""
        return np.asarray(self.known.all(0))

    @property
    def difference(self) -> np.ndarray:
        """The second side less the first, (G,); 0 where not both have a number."""
        return (self.values[1] - self.values[0]) * self.both

    @property
    def rho(self) -> float:
        """Spearman's rank correlation of both sides; 0 where one of them is the same everywhere."""
        return rank_correlation(*self.values[:, self.both])

    @property
    def is_one_text(self) -> bool:
        return self.texts[0] == self.texts[1]

    def name(self, at: int) -> str:
        """A group as a reader sees it: as on the first side, else as on the second."""
        here, there = (visible(side[at]) if side[at] else "" for side in self.shown)
        return here if here == there or not there else there if not here else f"{here} → {there}"

    def apart(self, most: int = 5) -> list[int]:
        """The words on which the two differ most; marks and what does not differ are left out."""
        words = np.array([bool(self.name(at)) for at in range(len(self.kinds))], dtype=bool)
        size = np.abs(self.difference) * words
        return [int(at) for at in np.argsort(-size, kind="stable")[:most] if size[at] > 0]

    def in_words(self) -> str:
        from interpret.results.comparison_words import in_words

        return in_words(self)

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary; numbers that a side does not have are null."""
        return {
            "schema": SCHEMA, "compared": self.what, "models": list(self.models), "texts": list(self.texts),
            "about": self.about, "unit": self.unit, "in_words": self.in_words(), "totals": self.totals.tolist(),
            "shared": self.shared, "notes": list(self.notes), "groups": self.to_frame().to_dict("records"),
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        """A line a group."""
        import pandas

        numbers = [
            [float(v) if k else None for v, k in zip(row, known, strict=True)]
            for row, known in zip(self.values, self.known, strict=True)
        ]
        lead = [float(d) if k else None for d, k in zip(self.difference, self.both, strict=True)]
        table = {
            "change": self.kinds, "first": self.shown[0], "second": self.shown[1], "first_value": numbers[0],
            "second_value": numbers[1], "difference": lead, "flipped": self.flipped.tolist(),
            "first_says": self.told[0], "second_says": self.told[1],
        }  # fmt: skip
        return pandas.DataFrame(table, dtype=object)


def laid(
    one: Side, other: Side, what: What, *, about: str = "", unit: str = "", signed: bool = False,
    words: bool = True, notes: tuple[str, ...] = (),
) -> Comparison:  # fmt: skip
    """Lay two sides on each other: by characters where the text is the same, else by words.

    Args:
        one: The first side.
        other: The second.
        what: What the numbers are; decides what a flip is, and whether numbers add up.
        about: Which number, in words.
        unit: Its unit.
        signed: Whether it pushes up or down.
        words: Whether pieces are put together to words; texts that differ always are.
        notes: What a reader must know before believing it.
    """
    same = one.text == other.text
    cut = [ranges(side.words) if words or not same else _single(len(side.words)) for side in (one, other)]
    groups = _grouped(one, other, cut, same=same)
    first = what == "layers"
    rows = [
        _row(side, [getattr(group, at) for group in groups], first=first) for side, at in _both(one, other)
    ]
    values, known, told, sure, spans, shown = zip(*rows, strict=True)
    found = np.stack(values), np.stack(known)
    return Comparison(
        what=what, names=(one.name, other.name), models=(one.model, other.model), texts=(one.text, other.text),
        about=about, unit=unit, signed=signed, kinds=tuple(group.kind for group in groups), spans=np.stack(spans),
        tokens=np.array([[getattr(group, at) for group in groups] for at in ("one", "other")], int).reshape(2, -1, 2),
        shown=shown, values=found[0], known=found[1], told=told, sure=np.stack(sure),
        flipped=flipped(what, *found, told, signed=signed), notes=notes,
        totals=np.array([(side.values * side.known).sum() for side in (one, other)]),
    )  # fmt: skip


def flipped(
    what: What, values: np.ndarray, known: np.ndarray, told: Sequence[Sequence[str]], *, signed: bool
) -> np.ndarray:
    """Where the answer itself is another one, (G,): another first guess, the other sign, another largest.

    A sign counts where both numbers are at least `LEAST` of their side's largest.
    """
    both = known.all(0)
    if what in ("surprise", "layers"):
        return both & np.array([bool(a and b) and a != b for a, b in zip(*told, strict=True)], dtype=bool)
    if signed:
        least = LEAST * np.abs(values * known).max(axis=1, initial=0.0)
        return both & (values[0] * values[1] < 0) & (np.abs(values) >= least[:, None]).all(0)
    result = np.zeros(values.shape[1], dtype=bool)
    if known.any(1).all():
        most = [int(np.where(k, v, -np.inf).argmax()) for v, k in zip(values, known, strict=True)]
        result[most] = most[0] != most[1]
    return result


def _both(one: Side, other: Side) -> tuple[tuple[Side, str], tuple[Side, str]]:
    return (one, "one"), (other, "other")


def _single(count: int) -> list[Range]:
    return [(at, at + 1) for at in range(count)]


def _grouped(one: Side, other: Side, cut: list[list[Range]], *, same: bool) -> list[Group]:
    """The groups as ranges of tokens; `cut`: the words, or the tokens, of either side."""
    if same:
        found = by_characters(*(_spans(side, at) for side, at in zip((one, other), cut, strict=True)))
    else:
        said = [
            [side.text[a:b].strip() for a, b in _spans(side, at)]
            for side, at in zip((one, other), cut, strict=True)
        ]
        found = by_words(*said)
    return [Group(group.kind, _tokens(group.one, cut[0]), _tokens(group.other, cut[1])) for group in found]


def _spans(side: Side, cut: Sequence[Range]) -> np.ndarray:
    rows = [(int(side.spans[first, 0]), int(side.spans[end - 1, 1])) for first, end in cut]
    return np.array(rows, dtype=int).reshape(-1, 2)


def _tokens(group: Range, cut: Sequence[Range]) -> Range:
    """From words to tokens; an empty range stays where it is."""
    if group[0] == group[1]:
        at = cut[group[0]][0] if group[0] < len(cut) else cut[-1][1] if cut else 0
        return at, at
    return cut[group[0]][0], cut[group[1] - 1][1]


def _row(side: Side, groups: Sequence[Range], *, first: bool) -> tuple[Any, ...]:
    """One side's numbers by groups: (G,) values, known, what it says, how sure, spans (G, 2), the words."""
    values, known, told, sure, spans, shown = [], [], [], [], [], []
    for start, end in groups:
        inside = side.known[start:end]
        has = bool(len(inside)) and bool(inside[0] if first else inside.all())
        numbers = (side.values[start:end] * inside)[: 1 if first else None]
        values.append(float(numbers.sum()))
        known.append(has)
        told.append(side.told[start].strip() if side.told and end > start else "")
        sure.append(float(side.sure[start]) if side.sure is not None and end > start else 0.0)
        place = (int(side.spans[start, 0]), int(side.spans[end - 1, 1])) if end > start else (0, 0)
        spans.append(place)
        shown.append(side.text[slice(*place)].strip(" "))
    return (
        np.array(values), np.array(known, dtype=bool), tuple(told), np.array(sure),
        np.array(spans, dtype=int).reshape(-1, 2), tuple(shown),
    )  # fmt: skip
