"""Running changed texts: the answer before, its lead after each change, and how fluent each text is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from interpret import progress
from interpret.grammar.scoring import predicted, token_nats
from interpret.run import Run
from interpret.target import Target
from models.base import LanguageModel
from models.refusals import BadText

AT_ONCE = 4096  # tokens in one forward pass


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a model answers before any change, and what that is set against: one rival, or all others (-1)."""

    token: int
    rival: int = -1

    def lead(self, logits: Tensor) -> Tensor:
        """By how many logits it is ahead, (B, V) -> (B,); below 0 the answer is another."""
        own = logits[:, self.token]
        if self.rival >= 0:
            return own - logits[:, self.rival]
        others = logits.clone()
        others[:, self.token] = -torch.inf
        return own - others.amax(-1)

    def after(self, logits: Tensor) -> int:
        """What the model answers with these logits, (V,)."""
        if self.rival < 0:
            return int(logits.argmax())
        return self.token if bool(logits[self.token] >= logits[self.rival]) else self.rival


def answer_of(run: Run, target: Target) -> Answer:
    """The class, or the first guess behind the text; of one contrast behind the text, the one that is ahead."""
    logits = run.logits[-1]
    if target.against and target.places == (len(run.tokens),):
        pair = (target.tokens[0], target.against[0])
        one, other = pair if bool(logits[pair[0]] >= logits[pair[1]]) else pair[::-1]
        return Answer(token=one, rival=other)
    return Answer(token=int(logits.argmax()))


@torch.no_grad()
def last_rows(model: LanguageModel, texts: Sequence[str | None]) -> list[Tensor | None]:
    """The row of logits that answers, (V,), for each text; None for one that the model cannot take."""
    rows: list[Tensor | None] = [None] * len(texts)
    alike: dict[int, list[tuple[int, np.ndarray]]] = {}
    for number, text in enumerate(texts):
        try:
            tokens = model.encode(text) if text else None
        except BadText:
            continue
        if tokens is not None and len(tokens) <= (model.card.context or 10**9):
            alike.setdefault(len(tokens), []).append((number, tokens.ids))
    for length, same in sorted(alike.items()):
        step = max(1, AT_ONCE // length)
        for some in (same[start : start + step] for start in range(0, len(same), step)):
            progress.tell(0.0 if not texts else some[0][0] / len(texts))
            ids = torch.tensor(np.stack([row for _, row in some]))
            states = model.states(model.embed(ids.flatten()).unflatten(0, ids.shape))
            for (number, _), row in zip(some, model.unembed(states[:, -1]), strict=True):
                rows[number] = row
    return rows


def leads(model: LanguageModel, answer: Answer, texts: Sequence[str | None]) -> np.ndarray:
    """By how much the answer leads after each text, (N,) logits; infinite where there is no such text."""
    return np.array(
        [np.inf if row is None else float(answer.lead(row[None])[0]) for row in last_rows(model, texts)]
    )


def fluency(model: LanguageModel, texts: Sequence[str]) -> np.ndarray:
    """Log-probability per word of each text, (N,) nats, by a model that writes, as far as it reads.

    A text that was cut to what the model reads may have more tokens by itself, where the cut went through a
    character.
    """
    longest = model.card.context or 10**9
    tokens = [model.encode(text).cut(longest) for text in texts]
    nats = token_nats(model, [(one, predicted(model, one)) for one in tokens])
    return np.array([float(n.sum()) / max(1, len(t.text.split())) for n, t in zip(nats, tokens, strict=True)])
