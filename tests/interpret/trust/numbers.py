"""One number of each task, as tiny models have it, and the slow way to what is left without some words."""

from pathlib import Path

import numpy as np
import torch

import models
from interpret import record
from interpret.results import Asked, Check, TokenScores
from interpret.run import Run, hide
from interpret.target import Target, at, span
from interpret.trust.subject import Subject
from tests import families, tiny
from tests.toys import EMBEDDING, ToyClassifier

TEXT = "the keys to the cabinet are on the old table"
TASKS = ("lstm", "gpt2", "llama", "bert", "bert-classifier", "span")


class Faint(ToyClassifier):
    """A `ToyClassifier` whose vectors are a tenth as long, so that nothing is certain.

    down - up reads the sum of both entries: <s> 0.3, red 0.2, dog 0.2, ran 0.6.
    """

    def __init__(self) -> None:
        super().__init__()
        self._embedding = torch.tensor(EMBEDDING) / 10


def of(name: str, folder: Path, text: str = TEXT) -> tuple[Run, Target]:
    """A run and one number of it; "span" is two tokens of a causal model."""
    if name == "lstm":
        run = record(tiny.lstm_model(folder), text)
    else:
        run = record(models.load(families.folder(folder / name, {"span": "gpt2"}.get(name, name))), text)
    if name == "span":
        return run, span(run, len(run.tokens) - 3, len(run.tokens) - 2)
    return run, at(run, 3 if run.model.card.task == "masked" else len(run.tokens))


def scored(run: Run, target: Target, values: np.ndarray, *, signed: bool = True, method="leave_one_out"):
    """A map made up for a test, (T,)."""
    tokens = run.tokens
    return TokenScores(
        method=method, model="m", model_sha256="0", text=tokens.text, tokens=tokens.shown, spans=tokens.spans,
        words=tokens.words, asked=Asked(measure="logit", places=(1,), tokens=(0,), shown=("",)),
        values=values, unit="logits", signed=signed, check=Check(name="none", value=0.0), total=0.0,
    )  # fmt: skip


def left(subject: Subject, kept: np.ndarray, way: str) -> float:
    """The probability with only the words of `kept` (K,), one text at a time, every row of logits made."""
    product = 1.0
    gone = np.concatenate([g for g, stays in zip(subject.groups, kept, strict=True) if not stays] + [[]])
    for row, place in enumerate(subject.target.places):
        run, token = subject.run, subject.target.tokens[row]
        masked = run.model.card.task == "masked"
        vectors = (hide(run, place) if masked else run).vectors.clone()
        if way == "zero":
            vectors[gone.astype(int)] = 0
        if way == "mask":
            vectors[gone.astype(int)] = run.model.embed(torch.tensor([run.model.mask]))[0]
        stay = [t for t in range(len(vectors)) if way != "left out" or t not in gone]
        logits = run.model.logits(vectors[stay][None])[0]
        if run.model.card.task == "classify":
            shares = logits[0].softmax(-1)
        elif masked:
            shares = logits[stay.index(place)].softmax(-1)
        else:
            shares = logits[sum(t < place for t in stay) - 1].softmax(-1)
        product *= float(shares[token])
    return product
