"""What a head does: mean shares of attention on kinds of places, against what an even look would give them.

Each measure is a question about pairs of tokens (does j stand just before i?). Its score is the mean, over
the rows that could see such a place, of the weight on them; chance is the mean share of such places among
those seen. A shift matrix scores 1 as "previous", an even look scores chance.

Sources: Clark et al. 2019, https://arxiv.org/abs/1906.04341; Voita et al. 2019,
https://arxiv.org/abs/1905.09418; induction by prefix matching: Olsson et al. 2022,
https://arxiv.org/abs/2209.11895. Thresholds are ours.
"""

import unicodedata
from dataclasses import dataclass, field

import numpy as np

from interpret.results.attention import UNCLASSIFIED

ON_TEXTS = ("copy", "previous", "next", "itself", "same word", "punctuation", "rests")
ON_REPEATS = ("induction", "duplicate")
MEASURES = (*ON_REPEATS, *ON_TEXTS)
THRESHOLDS = {"rests": 0.7, "near": 0.5, "even": 0.9}
USUAL = 0.5
REACH = 12  # offsets -12 to 12 are told apart


def threshold(role: str) -> float:
    """Where a score begins to count."""
    return THRESHOLDS.get(role, USUAL)


def places(measure: str, ids: np.ndarray, shown: tuple[str, ...], sinks: tuple[int, ...]) -> np.ndarray:
    """Which looked-at tokens count for which asking ones, (T, T), for one of MEASURES."""
    length = len(ids)
    asks, looked = np.indices((length, length))
    text = np.ones(length, dtype=bool)
    text[list(sinks)] = False
    same = ids[:, None] == ids[None]
    if measure == "previous":
        found = looked == asks - 1
    elif measure == "next":
        found = looked == asks + 1
    elif measure == "itself":
        found = looked == asks
    elif measure == "same word":
        wordlike = np.array([any(c.isalnum() for c in token) for token in shown])
        found = same & (asks != looked) & wordlike[:, None]
    elif measure == "punctuation":
        found = np.array([_is_punctuation(token) for token in shown])[None] & (asks != looked)
    elif measure == "rests":
        found = np.broadcast_to(~text[None], (length, length))
        return found & text[:, None]
    elif measure == "duplicate":
        found = same & (looked < asks)
    elif measure == "copy":
        found = _foretold(ids, shown)
    else:  # induction: j stands behind an earlier place of token i
        found = np.zeros((length, length), dtype=bool)
        found[:, 1:] = same[:, :-1] & (looked[:, 1:] <= asks[:, 1:])
    return found & text[:, None] & text[None]


def _foretold(ids: np.ndarray, shown: tuple[str, ...]) -> np.ndarray:
    """Where the word that comes next stood before, if it stood there just once, (T, T)."""
    found = np.zeros((len(ids), len(ids)), dtype=bool)
    for place in range(1, len(ids)):
        before = np.flatnonzero(ids[:place] == ids[place])
        if len(before) == 1 and any(c.isalnum() for c in shown[place]):
            found[place - 1, before[0]] = True
    return found


def _is_punctuation(token: str) -> bool:
    bare = token.strip()
    return bool(bare) and all(unicodedata.category(c)[0] == "P" for c in bare)


@dataclass
class Tally:
    """Sums over texts; `shape` is (L, H)."""

    shape: tuple[int, int]
    weight: dict[str, np.ndarray] = field(default_factory=dict)  # (L, H)
    even: dict[str, float] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    entropy: np.ndarray = field(init=False)
    distance: np.ndarray = field(init=False)
    mass: np.ndarray = field(init=False)
    offsets: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.entropy, self.distance, self.mass = (np.zeros(self.shape) for _ in range(3))
        self.offsets = np.zeros((*self.shape, 2 * REACH + 1))
        self.even_entropy = self.even_distance = self.even_mass = 0.0
        self.asked = 0

    def add(
        self, attention: np.ndarray, ids: np.ndarray, shown: tuple[str, ...], sinks: tuple[int, ...],
        measures: tuple[str, ...],
    ) -> None:  # fmt: skip
        """Count one text's attention (L, H, T, T)."""
        seen = _seen(attention)
        for measure in measures:
            counted = places(measure, ids, shown, sinks) & seen
            rows = counted.any(-1)
            share = (attention * counted).sum(-1)[..., rows].sum(-1)
            even = (counted.sum(-1) / seen.sum(-1))[rows].sum()
            self.weight[measure] = self.weight.get(measure, 0) + share
            self.even[measure] = self.even.get(measure, 0.0) + float(even)
            self.rows[measure] = self.rows.get(measure, 0) + int(rows.sum())

    def look(self, attention: np.ndarray, sinks: tuple[int, ...]) -> None:
        """Count one text's entropies and distances; marks are asked and looked at by nobody here but entropy."""
        seen = _seen(attention)
        length = len(seen)
        text = np.ones(length, dtype=bool)
        text[list(sinks)] = False
        logs = np.log(np.where(attention > 0, attention, 1))
        self.entropy += -(attention * logs).sum(-1)[..., text].sum(-1)
        self.even_entropy += float(np.log(seen.sum(-1))[text].sum())
        self.asked += int(text.sum())
        away = np.abs(np.subtract.outer(np.arange(length), np.arange(length)))
        both = seen & text[:, None] & text[None]
        self.distance += (attention * away * both).sum((-1, -2))
        self.mass += (attention * both).sum((-1, -2))
        even = both / seen.sum(-1, keepdims=True)
        self.even_distance += float((even * away).sum())
        self.even_mass += float(even.sum())
        for offset in range(-REACH, REACH + 1):
            self.offsets[..., offset + REACH] += (attention * both).diagonal(offset, -2, -1).sum(-1)

    def scores(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean scores (L, H, S) and chance (S,) of MEASURES; 0 where no row could show a measure."""
        found = [self.weight[m] / max(self.rows[m], 1) for m in MEASURES]
        return np.stack(found, -1), np.array([self.even[m] / max(self.rows[m], 1) for m in MEASURES])

    def spread(self) -> tuple[np.ndarray, np.ndarray]:
        """How near (1: at itself, 0: as far as an even look) and how even (1: even) heads look, (L, H) each."""
        even = self.even_distance / max(self.even_mass, 1e-12)
        mean = np.divide(self.distance, self.mass, out=np.full(self.shape, even), where=self.mass > 1e-9)
        return 1 - mean / max(even, 1e-12), self.entropy / max(self.even_entropy, 1e-12)


def _seen(attention: np.ndarray) -> np.ndarray:
    """Which tokens each can see, (T, T)."""
    length = attention.shape[-1]
    back = not np.triu(attention.max(axis=(0, 1)), 1).any()
    return np.tri(length, dtype=bool) if back and length > 1 else np.ones((length, length), dtype=bool)


def role(scores: dict[str, float]) -> str:
    """The role a head earns by its scores: the sharpest one that passes, else how it spreads, else none."""
    passed = {name: scores[name] for name in MEASURES if scores[name] >= threshold(name)}
    if passed:
        first = {name: score / threshold(name) for name, score in passed.items() if name != "rests"}
        return max(first or passed, key=(first or passed).__getitem__)
    for name in ("even", "near"):
        if scores[name] >= threshold(name):
            return name
    return UNCLASSIFIED
