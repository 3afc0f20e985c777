"""One text with the numbers to explain in it, and for each of them which words are its true causes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from interpret import progress
from interpret.league.measures import auc, hit
from interpret.method import explain, find
from interpret.results import NotFinite
from interpret.run import Run
from interpret.target import Target
from models.refusals import Refusal

READINGS = ("signed", "size")  # scores as they are; how large they are, whichever way they push
RANDOM = "random"


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """One explained number: which of the K words (or phrases) are its true causes.

    Words that are neither, because they say the same as the cause, are not among them.
    """

    group: str  # agreement, copied_name ...
    row: int  # of the target
    items: tuple[np.ndarray, ...]  # K entries: the tokens of each word
    true: np.ndarray  # (K,) of bool
    against: bool = False  # causes should have the lowest scores: they push the number down

    @property
    def chance(self) -> float:
        """How often a word chosen by lot is a cause."""
        return float(self.true.mean())

    def judged(self, scores: np.ndarray, *, directed: bool = True) -> np.ndarray:
        """Hit and AUC of a map's row of token scores (T,), in both readings: (2, 2).

        Scores without direction say how much and not which way: they are read by size both times.
        """
        sums = np.array([float(scores[item].sum()) for item in self.items])
        signed = -sums if self.against else sums
        read = (signed if directed else np.abs(sums), np.abs(sums))
        return np.array([(hit(values, self.true), auc(values, self.true)) for values in read])


@dataclass(frozen=True, kw_only=True, eq=False)
class Asked:
    """One text, its explained numbers and their cases.

    `model_nats`, `true_nats`: mean surprise of what is explained, to the model and to the grammar itself (0 where
    there is no grammar).
    """

    run: Run
    target: Target
    cases: tuple[Case, ...]
    model_nats: float = 0.0
    true_nats: float = 0.0


def judge(
    texts: Sequence[Asked], methods: Sequence[str], settings: Mapping[str, Mapping[str, Any]], seed: int
) -> tuple[np.ndarray, list[str]]:
    """Hit and AUC of every method, and of random scores last, in both readings: (M + 1, N cases, 2, 2).

    Also the methods that could not answer, with the sentence why; their numbers are NaN.
    """
    known: list[Callable[[Asked], np.ndarray]] = [
        lambda asked, name=name: _map(asked, name, settings.get(name, {})) for name in methods
    ]
    directed = [*(find()[name].signed for name in methods), True]
    rng = np.random.default_rng(seed)
    known.append(lambda asked: rng.standard_normal((len(asked.target.places), len(asked.run.tokens))))
    rows: list[list[np.ndarray]] = [[] for _ in known]
    failed: dict[str, str] = {}
    for at, asked in enumerate(texts):
        for number, scored in enumerate(known):
            share = (at + number / len(known)) / len(texts)
            progress.tell(share)
            values = np.full((len(asked.target.places), len(asked.run.tokens)), np.nan)
            name = methods[number] if number < len(methods) else RANDOM
            if name not in failed:
                try:
                    with progress.part(share, 1 / len(texts) / len(known)):
                        values = scored(asked)
                except (Refusal, NotFinite) as refusal:
                    failed[name] = str(refusal)
            rows[number] += [
                np.full((2, 2), np.nan)
                if name in failed
                else case.judged(values[case.row], directed=directed[number])
                for case in asked.cases
            ]
    return np.array(rows), [f"{find()[name].title} ({why.rstrip('.')})." for name, why in failed.items()]


def _map(asked: Asked, method: str, options: Mapping[str, Any]) -> np.ndarray:
    """The method's scores of every row, (C, T)."""
    found = explain(asked.run, method, asked.target, **options)
    return np.atleast_2d(found.values)
