"""Is attention an explanation, for this model? The experiments over many sentences, and a verdict with numbers.

For each sentence: Kendall's tau between attention, gradients and leaving words out; the median change of the
answer under shuffled attention, by the largest weight; the furthest other attention with the answer within
epsilon; an exact twin; and how much must be erased before the answer changes. Bounds are of the mean tau, by
bootstrap over sentences (95 %). Sentences of fewer than five pieces are left out, as in the papers.

Sources: Jain, Wallace 2019, https://arxiv.org/abs/1902.10186; Serrano, Smith 2019,
https://arxiv.org/abs/1906.03731.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from interpret import progress
from interpret.attention.agreement import gradients, left_out, taus
from interpret.attention.erasure import ORDERS, needed, orders, single
from interpret.attention.subject import NotForTheLab, Subject, subject, tvd
from interpret.attention.swapping import Found, adversaries, classifier_twin, shuffles
from interpret.attention.texts import sentences
from interpret.results.attention import NOTHING
from interpret.results.base import Check
from interpret.results.explaining import Explaining
from interpret.run import record
from interpret.study import Study
from models.base import LanguageModel

SHORTEST = 5  # pieces
AT_ONCE = 64  # texts
DRAWS = 1000  # of the bootstrap
SINGLE = ("weight", "divergence", "top flips", "other flips")


@dataclass(frozen=True, kw_only=True)
class Options:
    """`texts` at most; `epsilon`; `orders` to shuffle; `starts`, `steps` of the adversary; `seed`; `file`.

    `file`: sentences of one's own, one a line, or with a label behind a tab as in SST-2; "" for the bundled
    ones.
    """

    texts: int = 60
    epsilon: float = 0.05
    orders: int = 100
    starts: int = 5
    steps: int = 500
    seed: int = 0
    file: str = ""

    def __post_init__(self) -> None:
        if self.texts < 2 or self.orders < 1 or self.starts < 1:
            raise ValueError("texts are 2 or more, orders and starts 1 or more")


def compute(model: LanguageModel, options: Options) -> Explaining:
    """The experiments on up to `texts` sentences."""
    where = f"sentences of {Path(options.file).name}" if options.file else "bundled sentences"
    runs = []
    for sentence in sentences(model, options.file):
        tokens = model.encode(sentence)
        if len(tokens) >= SHORTEST and len(runs) < options.texts:
            runs.append(record(model, tokens))
    if len(runs) < 2:
        raise NotForTheLab("There are fewer than two sentences of five pieces: give a file with more.")
    subjects, rows = [subject(run) for run in runs], []
    for start in range(0, len(subjects), AT_ONCE):
        some = subjects[start : start + AT_ONCE]
        seeds = [options.seed + start + number for number in range(len(some))]
        far = adversaries(some, options.epsilon, seeds, starts=options.starts, steps=options.steps)
        for number, one in enumerate(some):
            progress.tell((start + (number + 1) / 2) / len(subjects))
            rows.append(_one(one, far[number], options.orders, seeds[number]))
    found = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    tau, p = found["taus"][..., 0], found["taus"][..., 1]
    known = np.isfinite(tau) & np.isfinite(p)
    tau, p = np.where(known, tau, 0.0), np.where(known, p, 1.0)
    low, high = _bounds(tau, known, options.seed)
    card = model.card
    return Explaining(
        method="attention_as_explanation", model=card.name, model_sha256=card.sha256, text="",
        tokens=(), spans=np.zeros((0, 2), int), words=np.zeros(0, int), asked=NOTHING, values=tau,
        unit="Kendall's tau", signed=True, options={**asdict(options), "file": Path(options.file).name},
        defined=known, p=p, predicted=found["predicted"], classes=card.classes, largest=found["largest"],
        shuffled=found["shuffled"], distance=found["distance"], moved=found["moved"], twins=found["twin"],
        flips=found["flips"], single=found["single"], orders=ORDERS, where=where, low=low, high=high,
        check=Check(
            name="bound", value=float(found["moved"].max()), limit=options.epsilon,
            says="Checked afterwards, no adversary moves the answer by more than {}.",
        ),
    )  # fmt: skip


def _one(one: Subject, far: Found, count: int, seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    own = one.attention.double().numpy()
    twin = classifier_twin(one)
    by_order, alone = orders(one, rng), single(one, rng)
    return {
        "taus": taus(own, gradients(one).double().numpy(), left_out(one).double().numpy()),
        "predicted": int(one.answer.argmax()),
        "largest": float(own.max()),
        "shuffled": float(shuffles(one, count, seed)[1].median()),
        "distance": far.distance,
        "moved": far.moved,
        "twin": 0.0 if twin is None else float(tvd(torch.from_numpy(own), twin)),
        "flips": [needed(one, by_order[name]) for name in ORDERS],
        "single": [alone[name] for name in SINGLE],
    }


def _bounds(tau: np.ndarray, known: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """2.5 % and 97.5 % of the mean tau over resampled sentences, (3,) each; 0 where none is defined."""
    rng = np.random.default_rng(seed)
    means = np.zeros((DRAWS, tau.shape[1]))
    for draw in range(DRAWS):
        rows = rng.integers(len(tau), size=len(tau))
        counts = known[rows].sum(0)
        means[draw] = np.divide((tau[rows] * known[rows]).sum(0), counts, out=np.zeros(3), where=counts > 0)
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    return low, high


STUDY = Study(
    name="attention_as_explanation", title="Is attention an explanation?",
    question="Is attention an explanation?", gives="explaining",
    needs=frozenset({"attention", "classes", "gradients"}), options=Options,
    source="Jain and Wallace 2019; Serrano and Smith 2019", signed=True, compute=compute, place=53,
    tasks=frozenset({"classify"}),
    unfit=lambda card: (
        None if card.heads == 1 else f"{card.name} has many heads: choose sst-attention or sst-average."
    ),
)  # fmt: skip
