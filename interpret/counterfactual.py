"""The search for the smallest change of a text that flips a model's answer.

A change takes words out or puts others in their place; its size is the number of words it touches. First every
change of one word is tried; then, the most promising first, pairs; then words are changed greedily, in the order
of what each did alone, until the answer flips, and every change that the flip does not need is taken back. A
change of size n is proved smallest if every smaller one was tried. Each text is written out, cut into pieces
anew and run through the model: what is reported is what happens when one types it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np

Edit = tuple[int, str]  # a word's index, and what stands there then; "" takes it out
Edits = tuple[Edit, ...]
Leads = Callable[
    [Sequence[Edits]], np.ndarray
]  # by how much the old answer leads after each; infinite: no such text


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search came to. `leads`: of every change that was tried; below 0 the answer flips."""

    leads: dict[Edits, float]
    smallest: Edits | None
    proved: bool
    pairs: int  # how many pairs there are, tried or not

    @property
    def tried(self) -> int:
        """How many texts were run."""
        return sum(np.isfinite(lead) for lead in self.leads.values())


def search(edits: Sequence[Edit], leads: Leads, budget: int, most: int = 8) -> Found:
    """The smallest of the changes that these edits make up.

    Args:
        edits: Changes of one word each; no two of one change may be of the same word.
        leads: Runs the model.
        budget: How many texts may be tried; the single changes are tried in any case.
        most: How many words a greedy change may touch.
    """
    known: dict[Edits, float] = {}

    def ask(wanted: Iterable[Edits]) -> None:
        new = [one for one in dict.fromkeys(wanted) if one not in known]
        known.update(zip(new, leads(new).tolist(), strict=True) if new else ())

    ask((one,) for one in edits)
    alone = {one: known[one,] for one in edits if np.isfinite(known[one,])}
    order = sorted(alone, key=lambda one: (alone[one], one))
    count = sum(a[0] != b[0] for a, b in combinations(order, 2))
    if order and alone[order[0]] < 0:
        return Found(leads=known, smallest=(order[0],), proved=True, pairs=count)
    room = max(0, budget - len(known))
    pairs = list(islice(_pairs(order, alone), room))
    ask(pairs)
    flips = [pair for pair in pairs if known[pair] < 0]
    if flips:
        best = min(flips, key=lambda pair: (known[pair], pair))
        return Found(leads=known, smallest=best, proved=True, pairs=count)
    whole = len(pairs) == count
    greedy = _greedy(order, known, ask, most)
    proved = greedy is not None and len(greedy) <= (3 if whole else 2)
    return Found(leads=known, smallest=greedy, proved=proved, pairs=count)


def _pairs(order: Sequence[Edit], alone: dict[Edit, float]) -> Iterable[Edits]:
    """Pairs of changes of different words, those first that together should do most."""
    apart = [(a, b) for a, b in combinations(order, 2) if a[0] != b[0]]
    for a, b in sorted(apart, key=lambda pair: alone[pair[0]] + alone[pair[1]]):
        yield (a, b) if a < b else (b, a)


def _greedy(
    order: Sequence[Edit], known: dict[Edits, float], ask: Callable[[Iterable[Edits]], None], most: int
) -> Edits | None:
    """Change word after word until the answer flips; then take back what the flip does not need."""
    now: Edits = ()
    for edit in order:
        if edit[0] in (word for word, _ in now):
            continue
        if len(now) == most:
            return None
        now = tuple(sorted((*now, edit)))
        ask([now])
        if known[now] < 0:
            break
    else:
        return None
    needless = True
    while needless and len(now) > 1:
        fewer = [tuple(one for one in now if one != left) for left in now]
        ask(fewer)
        best = min(fewer, key=lambda one: (known[one], one))
        needless = bool(known[best] < 0)
        now = best if needless else now
    return now
