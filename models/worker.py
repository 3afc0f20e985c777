"""One worker per model: sessions hand it work and wait in a queue; nobody else touches the model.

Hooks, gradients and torch's thread settings are safe only on one thread per model
(eight threads sharing one model saw 401 of 480 captures hold another's numbers).
"""

import contextlib
import itertools
import math
import os
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

import torch

from models.base import LanguageModel
from models.refusals import Refusal
from models.turns import LENGTHY, Turns, place

Answer = TypeVar("Answer")


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class TooBusy(Refusal):
    """The work was not done before its deadline."""


@dataclass(order=True)
class _Job:
    number: float  # the smallest is done first
    came: int  # among equal ones
    work: Callable[[LanguageModel], Any] = field(compare=False)
    deadline: float = field(compare=False)
    lengthy: bool = field(compare=False)
    answer: Future = field(default_factory=Future, compare=False)


def _last(_: LanguageModel) -> None:
    """Stands at the end of a queue that is closed."""


class Worker:
    """Owns a model; runs one piece of work at a time on its own thread, with one torch thread.

    The model is opened on that thread when the first work arrives. Work gets the model as its only argument
    and must return plain numbers (numpy, records), never tensors that lead back to the model.

    `turns`: shared by workers of which only so many may compute at a time; each piece of work waits for one.
    """

    def __init__(self, name: str, opener: Callable[[], LanguageModel], turns: Turns | None = None):
        self.name = name
        self.kept: dict[str, Any] = {}  # what work keeps beside the model; goes with it; for work only
        self._turns = turns
        self._opener = opener
        self._model: LanguageModel | None = None
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._came = itertools.count()
        self._door = threading.Lock()  # nothing enters the queue when the last entry is in it
        self._leaving = self._closed = False
        self._thread = threading.Thread(target=self._run, name=f"model-{name}", daemon=True)
        self._thread.start()

    def submit(
        self, work: Callable[[LanguageModel], Answer], seconds: float = 60.0, *,
        expected: float = 0.0, behind: bool = False,
    ) -> "Future[Answer]":  # fmt: skip
        """Put work into the queue; it is dropped if it has not begun when `seconds` have passed.

        `expected`: about how many seconds it will compute: shorter work comes first, here and where workers wait
        for a turn; `behind`: what others' pages begin with comes first.
        """
        now = time.monotonic()
        job = _Job(
            number=place(now, expected, behind=behind), came=next(self._came), work=work, deadline=now + seconds,
            lengthy=expected > LENGTHY,
        )  # fmt: skip
        with self._door:
            if self._leaving:
                raise TooBusy(f"{self.name} is closed: open the page again.")
            self._jobs.put(job)
        return job.answer

    def ask(self, work: Callable[[LanguageModel], Answer], seconds: float = 60.0) -> Answer:
        """Wait in the queue for the answer; refuses (`TooBusy`) when `seconds` pass first."""
        answer = self.submit(work, seconds)
        try:
            return answer.result(timeout=seconds)
        except (CancelledError, TimeoutError):
            if answer.done() and not answer.cancelled():
                raise  # the work itself ran into a time-out
            answer.cancel()
            if self._closed:
                raise TooBusy(f"{self.name} was closed before it could answer: try again.") from None
            raise TooBusy(
                f"{self.name} did not answer within {seconds:.0f} seconds: shorten the text or try again."
            ) from None

    @property
    def is_open(self) -> bool:
        """Whether the model is in memory."""
        return self._model is not None

    def close(self) -> None:
        """Let the model go after the work in hand; what still waits is refused."""
        with self._door:
            self._leaving = self._closed = True
            self._jobs.put(self._end())

    def retire(self) -> None:
        """Let the model go when all that waits is done; what comes is refused."""
        with self._door:
            self._leaving = True
            self._jobs.put(self._end())

    def is_waited_for(self) -> bool:
        """Whether work waits behind the work in hand."""
        return not self._jobs.empty()

    def _run(self) -> None:
        torch.set_num_threads(1)
        while (job := self._jobs.get()).work is not _last:
            with self._turn(job):
                self._do(job)
            del job  # an answer is its asker's, not kept until the next one comes
        self._model = None
        self.kept.clear()

    def _end(self) -> _Job:
        return _Job(number=math.inf, came=next(self._came), work=_last, deadline=math.inf, lengthy=False)

    def _turn(self, job: _Job) -> contextlib.AbstractContextManager[None]:
        if self._turns is None:
            return contextlib.nullcontext()
        return self._turns.taken(job.number, lengthy=job.lengthy)

    def _do(self, job: _Job) -> None:
        if self._closed or time.monotonic() > job.deadline:
            job.answer.cancel()
        if not job.answer.set_running_or_notify_cancel():
            return
        try:
            if self._model is None:
                self._model = self._opener()
            job.answer.set_result(job.work(self._model))
        except BaseException as error:  # noqa: BLE001  every failure belongs to whoever asked
            job.answer.set_exception(error)
