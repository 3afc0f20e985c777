"""Does the model find alike what people find alike? Lists of word pairs that people have judged.

WordSim-353 (Finkelstein and others 2002) and SimLex-999 (Hill and others 2015, https://aclanthology.org/J15-4004)
are not bundled: a file of them is given. Pairs with a word that is no piece of the vocabulary are left out and
counted; beside that, all pairs with words made of several pieces as the mean of their vectors.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from interpret.space.neighbours import UnknownWord, row_of
from interpret.space.vectors import Space
from models.base import LanguageModel
from models.refusals import Refusal

SCORES = ("simlex999", "human (mean)", "similarity", "score", "mean", "human")  # names of columns


@dataclass(frozen=True)
class Pair:
    """Two words, and how alike people find them."""

    one: str
    other: str
    judged: float


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Rank correlation of cosines with people's judgements."""

    spearman: float | None  # None with fewer than 3 pairs
    pairs: int
    left_out: int
    words: int  # different ones in all pairs
    unknown: tuple[str, ...]  # words that are no piece
    spearman_in_pieces: float | None  # every pair, words of several pieces as the mean of these

    def in_words(self, name: str) -> str:
        """How far model and people agree on the list called `name`, and how much of it was covered."""
        share = (
            f"{self.words - len(self.unknown):,} of its {self.words:,} words are in the vocabulary, both words of "
            f"{self.pairs:,} of its {self.pairs + self.left_out:,} pairs"
        )
        if self.spearman is None:
            return f"{name}: {share}: too few, or too alike, for a rank correlation."
        pieced = self.spearman_in_pieces
        whole = "" if pieced is None else f"; {pieced:.2f} when words of several pieces are their mean"
        return f"{name}: the model's order agrees with people's by {self.spearman:.2f} (Spearman){whole}. {share}."


def read_pairs(path: Path) -> list[Pair]:
    """Pairs of a file with columns parted by tabs, commas or semicolons, with or without a line of titles.

    Raises:
        Refusal: a line that is not two words and a number is named by its number.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"{path.name} cannot be read as text ({error}): give another file.") from None
    return pairs_of(lines, path.name)


def pairs_of(lines: Sequence[str], name: str) -> list[Pair]:
    """As `read_pairs`, of the lines of a file called `name`."""
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    if not first:
        raise Refusal(f"{name} is empty: give a file of word pairs.")
    mark = max("\t,;", key=first.count)
    score, pairs = 2, []
    for number, cells in enumerate(csv.reader(lines, delimiter=mark), start=1):
        cells = [cell.strip() for cell in cells]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if not pairs and len(cells) > 2 and (titled := _score_column(cells)) is not None:
            score = titled
            continue
        try:
            pairs.append(Pair(cells[0], cells[1], _finite(cells[score])))
        except (IndexError, ValueError):
            raise Refusal(
                f"{name}, line {number}: expected two words and a number, parted by tabs or commas."
            ) from None
    if not pairs:
        raise Refusal(f"{name} has no pairs below its titles: give a file of word pairs.")
    return pairs


def _finite(written: str) -> float:
    value = float(written)
    if not np.isfinite(value):
        raise ValueError(written)
    return value


def _score_column(cells: list[str]) -> int | None:
    """Which column of a line of titles has the judgements; None if this is no line of titles."""
    try:
        float(cells[2])
        return None
    except ValueError:
        known = [cell.casefold() for cell in cells]
        return next((known.index(name) for name in SCORES if name in known), None)


def rows_of(space: Space, pairs: list[Pair]) -> dict[str, int | None]:
    """Where each word of the pairs stands in the space; None if it is no piece."""
    rows: dict[str, int | None] = {}
    for word in {word for pair in pairs for word in (pair.one, pair.other)}:
        try:
            rows[word] = row_of(space, word)
        except UnknownWord:
            rows[word] = None
    return rows


def agreement(model: LanguageModel, space: Space, pairs: list[Pair]) -> Agreement:
    """How the order of the model's cosines agrees with that of people's judgements (Spearman)."""
    rows = rows_of(space, pairs)
    known = [pair for pair in pairs if rows[pair.one] is not None and rows[pair.other] is not None]
    cosines = [float(space.unit[rows[p.one]] @ space.unit[rows[p.other]]) for p in known]
    place = {int(number): row for row, number in enumerate(space.ids)}
    spelled = {word: _spelled(model, space, place, word) for word in rows}
    whole = [(p, spelled[p.one], spelled[p.other]) for p in pairs]
    whole = [(p, one, other) for p, one, other in whole if one is not None and other is not None]
    return Agreement(
        spearman=spearman([p.judged for p in known], cosines), pairs=len(known), words=len(rows),
        left_out=len(pairs) - len(known), unknown=tuple(sorted(word for word, row in rows.items() if row is None)),
        spearman_in_pieces=spearman([p.judged for p, _, _ in whole], [float(a @ b) for _, a, b in whole]),
    )  # fmt: skip


def _spelled(model: LanguageModel, space: Space, place: dict[int, int], word: str) -> np.ndarray | None:
    """The mean of the vectors of a word's pieces at length 1; None if no piece of it is in the space."""
    tokens = model.encode(f"a {word}")
    inside = tokens.spans[:, 1] > 2
    rows = [place[int(number)] for number in tokens.ids[inside] if int(number) in place]
    if not rows:
        return None
    mean = space.unit[rows].mean(0)
    length = float(np.linalg.norm(mean))
    return mean / length if length > 0 else None


def spearman(one: list[float], other: list[float]) -> float | None:
    """Rank correlation, equal values with their mean rank; None with fewer than 3 or where one side is constant."""
    if len(one) < 3:
        return None
    a, b = (_ranks(np.array(side)) for side in (one, other))
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return float(np.corrcoef(a, b)[0, 1])


def _ranks(values: np.ndarray) -> np.ndarray:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[place]
