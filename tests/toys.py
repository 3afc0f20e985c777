"""Models that can be solved on paper.

`Toy`: a text is cut at spaces, the state after token t is x_t + x_(t-1)/2 + x_(t-2)/4 ... (1/2 is the
`decay`), raised to `power`, and a logit is one row of `DECODER` times the state.

For " red dog ran" behind the start mark the states and logits are
    after <s>   (1, 2)        logits 2, 5, 0, 5
    after red   (3.5, 0)      logits 0, 3.5, 7, -3.5
    after dog   (-0.25, 4)    logits 4, 7.75, -4.5, 12.25
    after ran   (4.875, 3)    logits 3, 10.875, 6.75, 4.125
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from interpret.run import Run, record
from models.base import Card, LanguageModel, Recording, Tokens
from models.refusals import BadText

WORDS = ("<s>", " red", " dog", " ran")
EMBEDDING = ((1.0, 2.0), (3.0, -1.0), (-2.0, 4.0), (5.0, 1.0))  # (V, D), a row for each word
DECODER = ((0.0, 1.0), (1.0, 2.0), (2.0, -1.0), (-1.0, 3.0))  # (V, D)
TEXT = " red dog ran"
SHA = "5" * 64


class Toy(LanguageModel):
    """Linear in its inputs for `power` 1: every method's answer is a sum that fits in a comment."""

    def __init__(
        self,
        decoder: Sequence[Sequence[float]] = DECODER,
        bias: Sequence[float] = (0.0, 0.0, 0.0, 0.0),
        power: int = 1,
        decay: float = 0.5,
        start: bool = True,
    ):
        self._embedding = torch.tensor(EMBEDDING)
        self._decoder, self._bias = torch.tensor(decoder), torch.tensor(bias)
        self._power, self._decay, self._start = power, decay, start
        self.card = Card(
            name="toy",
            family="lstm",
            task="causal",
            abilities=frozenset({"gradients", "unembed"}),
            widths=(2, 2),
            vocabulary=4,
            parameters=16,
            sha256=SHA,
        )

    def encode(self, text: str) -> Tokens:
        found = [m.span() for m in re.finditer(r"\s?\S+|\s", text)]
        ids = [WORDS.index(" " + text[a:b].strip()) for a, b in found if " " + text[a:b].strip() in WORDS]
        if len(ids) != len(found) or not ids:
            raise BadText("A toy knows red, dog and ran.")
        first = [(0, 0)] if self._start else []
        return Tokens(
            text=text,
            ids=np.array([0] * len(first) + ids),
            shown=("",) * len(first) + tuple(text[a:b] for a, b in found),
            spans=np.array(first + found),
        )

    def shown(self, token: int) -> str:
        return WORDS[token]

    def embed(self, ids: Tensor) -> Tensor:
        return self._embedding[ids]

    def states(self, vectors: Tensor) -> Tensor:
        t = torch.arange(vectors.shape[1])
        share = self._decay ** (t[:, None] - t).clamp(min=0) * (t[:, None] >= t)
        return torch.einsum("ts,bsd->btd", share, vectors) ** self._power

    def unembed(self, hidden: Tensor) -> Tensor:
        return hidden @ self._decoder.T + self._bias

    @torch.no_grad()
    def record(self, vectors: Tensor) -> Recording:
        states = self.states(vectors[None])[0]
        return Recording(logits=self.unembed(states), hidden=(vectors, states))


def toy_run(text: str = TEXT, **settings: object) -> Run:
    """A text as a `Toy` went through it."""
    return record(Toy(**settings), text)  # type: ignore[arg-type]


class ToyClassifier(Toy):
    """Two classes scored by the first two rows of `DECODER`; its one state is the sum of all vectors.

    " red dog ran" behind the start mark: state (7, 6), logits up 6, down 19.
    """

    def __init__(self) -> None:
        super().__init__(decoder=DECODER[:2], bias=(0.0, 0.0))
        self.card = replace(
            self.card, name="toy-classifier", task="classify", classes=("up", "down"),
            abilities=frozenset({"gradients", "classes"}),
        )  # fmt: skip

    def states(self, vectors: Tensor) -> Tensor:
        return vectors.sum(1, keepdim=True)

    @torch.no_grad()
    def record(self, vectors: Tensor) -> Recording:
        states = self.states(vectors[None])[0]
        return Recording(logits=self.unembed(states), hidden=(vectors, states))


class ToyFiller(Toy):
    """Fills gaps: the state at a place is the sum of all other vectors; the start mark's word is the mask.

    " red dog ran" behind the start mark, each place hidden in turn (the mask's own vector never counts):
        place 1 (red)   state (1, 2) + (-2, 4) + (5, 1) = (4, 7)    logits 7, 18, 1, 17
        place 2 (dog)   state (1, 2) + (3, -1) + (5, 1) = (9, 2)    logits 2, 13, 16, -3
        place 3 (ran)   state (1, 2) + (3, -1) + (-2, 4) = (2, 5)   logits 5, 12, -1, 13
    """

    def __init__(self) -> None:
        super().__init__()
        self.mask = 0
        self.card = replace(self.card, name="toy-filler", task="masked")

    def states(self, vectors: Tensor) -> Tensor:
        return vectors.sum(1, keepdim=True) - vectors
