"""How long questions take: which are answered within a moment, and which wait for a core behind others.

Nobody knows beforehand. A question about a text is first asked among the quick ones. When it takes longer than a
moment while others wait behind it, it begins again among the long ones, and so does the next of its kind. A study,
which looks at many texts, is long until it has once been quick.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOMENT = 1.0  # seconds of computing
LATE = 0.7  # of the work: done with so much of it, a question is not begun again
BUDGET = 600.0  # seconds of computing that one question may take
UNKNOWN = 3.0  # seconds that a question is taken to last whose kind was not met yet
KINDS = 1024  # kinds of questions remembered


class NotQuick(Exception):
    """A question that was asked among the quick ones takes longer, and others wait behind it."""


class TooLong(Exception):
    """A question took more than its budget."""


class Pace:
    """Remembers how long each kind of question took the last two times."""

    def __init__(self) -> None:
        self._seconds: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._door = threading.Lock()

    def is_long(self, method: str, model: str, first: bool) -> bool:
        """Whether to ask this among the long ones; `first`: if nothing is known of its kind."""
        with self._door:
            known = self._seconds.get((method, model))
        return first if known is None else min(known) > MOMENT

    def expected(self, method: str, model: str) -> float:
        """About how many seconds the next one of its kind will take: as many as the last."""
        with self._door:
            known = self._seconds.get((method, model))
        return UNKNOWN if known is None else known[1]

    def took(self, method: str, model: str, seconds: float) -> None:
        """Note how long it took. Of the first time half counts: libraries were loaded and weights packed."""
        with self._door:
            before = self._seconds.pop((method, model), (0.0, seconds / 2))
            self._seconds[method, model] = before[1], seconds
            while len(self._seconds) > KINDS:
                self._seconds.popitem(last=False)


def watched(
    listener: Callable[[float], bool], waited_for: Callable[[], bool], clock: Callable[[], float] = time.thread_time
) -> Callable[[float], bool]:  # fmt: skip
    """The listener of one question, told on the thread that computes it.

    Args:
        listener: of whoever asked.
        waited_for: whether others wait behind it; never so among the long ones.
        clock: seconds this thread has computed.

    Raises, when it is told of progress:
        NotQuick: others wait, and have waited for a moment. TooLong: its budget is spent.
    """
    began = clock()

    def heard(share: float) -> bool:
        passed = clock() - began
        if passed > BUDGET:
            raise TooLong
        if passed > MOMENT and share < LATE and waited_for():
            raise NotQuick
        return listener(share)

    return heard
