"""Turns at computing: only so many pieces of long work at a time, and short ones do not wait for the longest.

Who waits is called by a number that does not change: the moment of coming, `WEIGHT` seconds more for each second
of work, and `BEHIND` more for what stands behind an answer. A short piece passes longer ones that came a while before
it, and nobody is passed for ever. Of several turns one is never taken by lengthy work.
"""

import threading
from bisect import insort
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

WEIGHT = 3.0
BEHIND = 15.0  # seconds: evidence waits so much longer than what a page begins with
LENGTHY = 4.0  # seconds of work; more is lengthy


def place(now: float, seconds: float, *, behind: bool = False) -> float:
    """The number of who comes `now` with so many seconds of work: the smallest is called first."""
    return now + WEIGHT * seconds + (BEHIND if behind else 0.0)


@dataclass(order=True)
class _Waiting:
    number: float
    lengthy: bool = field(compare=False)
    called: threading.Event = field(default_factory=threading.Event, compare=False)


class Turns:
    """`count` turns; whoever takes one has a number, and says if the work is lengthy."""

    def __init__(self, count: int):
        self._count = self._free = count
        self._lengthy = 0  # turns taken by lengthy work
        self._waiting: list[_Waiting] = []
        self._door = threading.Lock()

    @contextmanager
    def taken(self, number: float, *, lengthy: bool = False) -> Iterator[None]:
        """Wait for a turn, and give it back."""
        mine = _Waiting(number, lengthy)
        with self._door:
            insort(self._waiting, mine)
            self._call()
        mine.called.wait()
        try:
            yield
        finally:
            with self._door:
                self._free += 1
                self._lengthy -= mine.lengthy
                self._call()

    def _call(self) -> None:
        """Call those who are next, as far as there are turns."""
        for one in list(self._waiting):
            if not self._free:
                return
            if one.lengthy and 0 < self._count - 1 <= self._lengthy:
                continue
            self._waiting.remove(one)
            self._free -= 1
            self._lengthy += one.lengthy
            one.called.set()
