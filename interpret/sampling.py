"""What the methods that take words away share: texts without some of their words, asked in batches.

A coalition says which of a text's words are present. In a causal model only the words before a place matter
to it, so one text with some words missing answers for every row at once, and two coalitions that agree on the
words before a place are one question there.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from interpret import progress
from interpret.blank import blank_vector
from interpret.methods.leave_one_out import groups
from interpret.results import NotFinite
from interpret.run import Run
from interpret.target import Target
from models.refusals import Refusal

Absent = Literal["auto", "removed", "zero", "mean", "mask"]
ABSENT = {
    "removed": "A missing word is taken out, and the others close up.",
    "zero": "In place of a missing word stand zeros.",
    "mean": "In place of a missing word stands the mean of all words.",
    "mask": "In place of a missing word stands the model's mask.",
}
TOKENS_AT_ONCE = 2048  # in one forward pass
LOGITS_MIB = 48  # for the logits held at one time


@dataclass(frozen=True, kw_only=True)
class Perturbing:
    """What the methods that take words away have to set.

    `absent`: what a missing word is. removed: it is taken out and the others close up; zero, mean: its
    vectors are zeros or the vocabulary's mean; mask: the model's own mask stands there; auto: the mask if the
    model has one, else removed. `unit`: what is missing at a time; `exact`: rows with so few words are
    computed from all their coalitions, without lots; `seed`: of the lots.
    """

    absent: Absent = "auto"
    unit: Literal["word", "token"] = "word"
    exact: int = 8
    seed: int = 0

    def __post_init__(self) -> None:
        if self.absent not in ("auto", "removed", "zero", "mean", "mask"):
            raise Refusal("absent must be auto, removed, zero, mean or mask")
        if self.unit not in ("word", "token"):
            raise Refusal("unit must be word or token")
        if not 0 <= self.exact <= 12:
            raise Refusal("exact must lie between 0 and 12: every further word doubles the work")
        if self.seed < 0:
            raise Refusal("seed must be 0 or more")


class Average:
    """A running mean and its standard error, of arrays (C, T) one draw at a time; a sum of rows as one."""

    def __init__(self, target: Target):
        self._summed, self.count = target.summed or len(target.places) == 1, 0
        self._mean: Any = 0.0
        self._sum_mean: Any = 0.0
        self._squares: Any = 0.0

    def add(self, draw: np.ndarray) -> None:
        """One draw, independent of the others."""
        self.count += 1
        seen = draw.sum(axis=0) if self._summed else draw
        self._mean = self._mean + (draw - self._mean) / self.count
        off = seen - self._sum_mean
        self._sum_mean = self._sum_mean + off / self.count
        self._squares = self._squares + off * (seen - self._sum_mean)

    @property
    def mean(self) -> np.ndarray:
        """(C, T)."""
        return self._mean

    @property
    def error(self) -> np.ndarray:
        """Standard error of the mean: (C, T), or (T,) of the rows' sum."""
        if self.count < 2:
            return np.zeros_like(self._squares)
        return np.sqrt(self._squares / (self.count - 1) / self.count)


@dataclass(frozen=True, kw_only=True, eq=False)
class Game:
    """A text whose words can be absent, and the numbers that are asked about it.

    `players`: G index arrays of tokens, in the order of the text. `counts` (C,): how many of them, from the
    first, can matter to each row. A summed target is one row, its C' numbers added.
    """

    run: Run
    target: Target
    absent: str
    players: list[np.ndarray]

    @classmethod
    def of(cls, run: Run, target: Target, options: Perturbing) -> "Game":
        """The game of a text; an absent word that this model cannot have is refused."""
        absent, marked = options.absent, bool((~run.of_text).any())
        if absent == "auto":
            absent = "mask" if run.model.mask is not None else "removed" if marked else "zero"
        if absent == "removed" and not marked:
            raise Refusal(
                f"{run.model.card.name} has no start mark, and without any word nothing would be left to "
                "ask: choose absent zero or mean."
            )
        if absent not in ("removed", "zero"):
            blank_vector(run.model, absent, run.vectors)  # refuses what the model does not have
        players = groups(run, options.unit)
        if target.ahead_only:
            players = [group for group in players if group[0] < max(target.places)]
        return cls(run=run, target=target, absent=absent, players=players)

    @property
    def reaches(self) -> np.ndarray:
        """How many players can matter to each place of the target, (C',)."""
        if not self.target.ahead_only:
            return np.full(len(self.target.places), len(self.players))
        return np.searchsorted([group[0] for group in self.players], self.target.places)

    @property
    def counts(self) -> np.ndarray:
        """How many players each row has, (C,)."""
        return np.array([len(self.players)]) if self.target.summed else self.reaches

    def part(self, rows: np.ndarray) -> "Game":
        """The same game for some of its rows, with the players that matter to them."""
        if self.target.summed:
            return self
        most = int(self.counts[rows].max(initial=0))
        return replace(self, target=self.target.rows(rows.tolist()), players=self.players[:most])

    def to_tokens(self, scores: np.ndarray) -> np.ndarray:
        """Players' scores (C, G) as tokens' (C, T): each piece before the place gets an equal share.

        Of a summed target the first row holds the scores; the others are 0.
        """
        places = np.array(self.target.places)
        values = np.zeros((len(places), len(self.run.tokens)))
        ends = places if self.target.ahead_only else np.full(len(places), len(self.run.tokens))
        if self.target.summed:
            ends = np.array([ends.max()])
        for player, group in enumerate(self.players[: scores.shape[1]]):
            inside = group[None] < ends[:, None]
            shares = inside / np.maximum(1, inside.sum(axis=1, keepdims=True))
            values[np.ix_(np.arange(len(ends)), group)] = scores[:, player, None] * shares
        return values

    @torch.no_grad()
    def numbers(self, coalitions: np.ndarray) -> np.ndarray:
        """The explained numbers (K, C) of K coalitions, bool (K, G).

        Raises:
            NotFinite: one of them is no number.
        """
        needed, source = self._questions(coalitions)
        kept = np.ones((len(coalitions), self._length), dtype=bool)
        for player, group in enumerate(self.players):
            kept[:, group[group < self._length]] = coalitions[:, player, None]
        found = np.zeros(needed.shape)
        asked = np.flatnonzero(needed.any(axis=1))
        for done, batch in self._batches(asked, kept):
            progress.tell(done / max(1, len(asked)))
            states = self.run.model.states(self._vectors(kept[batch]))
            self._score(states, batch, kept, needed, found)
        if not np.isfinite(found).all():
            raise NotFinite(
                "Without some of its words the numbers are not finite, so nothing is drawn; "
                "try another text or another measure."
            )
        numbers = np.take_along_axis(found, source, axis=0)
        return numbers.sum(axis=1, keepdims=True) if self.target.summed else numbers

    @property
    def _length(self) -> int:
        """How many tokens go in: what comes after the last place cannot matter to a causal model."""
        return max(self.target.places) if self.target.ahead_only else len(self.run.tokens)

    def _questions(self, coalitions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which numbers must be computed, (K, C'), and which coalition's stands for each, (K, C')."""
        shape, reaches = (len(coalitions), len(self.target.places)), self.reaches
        needed, source = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=np.int64)
        for count in np.unique(reaches):
            rows = np.flatnonzero(reaches == count)
            shared = np.packbits(np.pad(coalitions[:, :count], ((0, 0), (0, 1))), axis=1)
            _, first, back = np.unique(shared, axis=0, return_index=True, return_inverse=True)
            needed[np.ix_(first, rows)] = True
            source[:, rows] = first[back.reshape(-1)][:, None]
        return needed, source

    def _batches(self, asked: np.ndarray, kept: np.ndarray) -> Any:
        """Coalitions that go through the model together, with how many went before."""
        lengths = kept[asked].sum(axis=1) if self.absent == "removed" else np.full(len(asked), self._length)
        asked, lengths = asked[(order := np.argsort(lengths, kind="stable"))], lengths[order]
        start = 0
        while start < len(asked):
            longest = self._padded(int(lengths[start]))
            end = min(len(asked), start + max(1, TOKENS_AT_ONCE // max(1, longest)))
            if not self.target.ahead_only:
                end = min(end, int(np.searchsorted(lengths, lengths[start], side="right")))
            yield start, asked[start:end]
            start = end

    def _padded(self, length: int) -> int:
        """How long texts are made that a causal model reads together: it does not see behind their ends.

        Few different lengths, because torch keeps memory for each one that an LSTM has met.
        """
        return min(self._length, -(-length // 32) * 32) if self.target.ahead_only else length

    def _vectors(self, kept: np.ndarray) -> Tensor:
        """Input vectors (B, T', D) of texts with some tokens kept, (B, T)."""
        own = self.run.vectors[: self._length]
        if self.absent != "removed":
            empty = blank_vector(self.run.model, self.absent, own)
            return torch.where(torch.from_numpy(kept)[..., None], own, empty)
        longest = self._padded(int(kept.sum(axis=1).max()))
        order = np.argsort(~kept, axis=1, kind="stable")[:, :longest]  # those that are kept close up
        return own[torch.from_numpy(order)]

    def _score(
        self, states: Tensor, batch: np.ndarray, kept: np.ndarray, needed: np.ndarray, found: np.ndarray
    ) -> None:
        """Fill in the numbers that are needed of a batch whose states are (B, R, D)."""
        texts, columns = np.nonzero(needed[batch])
        positions = self._positions(kept[batch])[texts, columns]
        at_once = max(1, LOGITS_MIB * 2**20 // (4 * self.run.logits.shape[-1]))
        for start in range(0, len(texts), at_once):
            here = slice(start, start + at_once)
            chosen = self.target.rows(columns[here].tolist())
            logits = self.run.model.unembed(states[texts[here], positions[here]])
            found[batch[texts[here]], columns[here]] = chosen.scores(logits[None])[0].numpy()

    def _positions(self, kept: np.ndarray) -> np.ndarray:
        """Which rows of logits score the places in texts with some tokens kept, (B, C')."""
        own = self.target.positions.numpy()
        if self.absent != "removed" or self.target.task == "classify":
            return np.broadcast_to(own, (len(kept), len(own)))
        before = np.pad(kept.cumsum(axis=1), ((0, 0), (1, 0)))  # (B, T + 1): tokens kept before each place
        return before[:, np.array(self.target.places)] - self.target.ahead_only


def all_coalitions(players: int) -> np.ndarray:
    """(2^G, G): coalition k has player g if bit g of k is set."""
    return (np.arange(2**players)[:, None] >> np.arange(players) & 1).astype(bool)


def drawn_coalitions(players: int, count: int, seed: int) -> np.ndarray:
    """(K, G) in pairs of a coalition and the others: how many are present is even, which ones is chance.

    The first g players of each are again such a draw, so rows with fewer players can share it.
    """
    lots = np.random.default_rng(seed)
    half = count // 2
    present = (lots.permutation(half) + lots.random(half)) / half  # one in each of `half` equal parts
    first = lots.random((half, players)) < present[:, None]
    return np.stack((first, ~first), axis=1).reshape(2 * half, players)
