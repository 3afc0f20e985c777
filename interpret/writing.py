"""Writing on: which tokens are left after temperature, top-k and top-p, and texts drawn from them.

In this order: logits are divided by the temperature; all but the k likeliest tokens go; of those, the
likeliest stay whose probabilities (of what the first two steps left) come to p or just beyond; what is left
is scaled to 1. Ties go to the token that stands first in the vocabulary.

Source: Fan, Lewis, Dauphin 2018, https://arxiv.org/abs/1805.04833 (top-k); Holtzman et al. 2020,
https://arxiv.org/abs/1904.09751 (top-p, “nucleus”).
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from interpret import progress
from interpret.run import Run
from models.base import Tokens
from models.refusals import Refusal

PLAIN = 1e-3  # temperatures below this would divide by nothing


@dataclass(frozen=True, kw_only=True)
class Dials:
    """How adventurous to write: `temperature` above 0; `top_k` tokens, 0 for all; `top_p` of the probability."""

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0

    def __post_init__(self) -> None:
        if not PLAIN <= self.temperature <= 10:
            raise Refusal(f"temperature must lie between {PLAIN} and 10, not {self.temperature:g}")
        if self.top_k < 0:
            raise Refusal(f"top_k must be 0 (all tokens) or more, not {self.top_k}")
        if not 0 < self.top_p <= 1:
            raise Refusal(f"top_p must be above 0 and at most 1, not {self.top_p:g}")


def dialled(logits: Tensor, dials: Dials) -> Tensor:
    """Logits (V,) -> probabilities (V,) after the dials; 0 for tokens that are cut off."""
    scaled = logits.double() / dials.temperature
    order = scaled.argsort(descending=True, stable=True)
    sorted_logits = scaled[order]
    if dials.top_k:
        sorted_logits[dials.top_k :] = -torch.inf
    shares = sorted_logits.softmax(-1)
    before = shares.cumsum(-1) - shares
    shares[before >= dials.top_p] = 0.0
    shares[0] = max(float(shares[0]), 1e-300)  # the likeliest is never cut
    return torch.zeros_like(shares).scatter(0, order, shares / shares.sum())


@torch.no_grad()
def go_on(run: Run, count: int, seed: int, temperature: float = 0.7, dials: Dials | None = None) -> Tokens:
    """The text with `count` tokens that the model adds, drawn by the seed; the same draws whatever is off.

    Each step takes the token with the largest log-probability after the dials + its own Gumbel noise
    (Maddison et al. 2014, https://arxiv.org/abs/1411.0030), so that two models that expect the same write the
    same.
    """
    model, tokens = run.model, run.tokens
    if model.card.task != "causal":
        raise Refusal(f"{model.card.name} does not write: choose a model that writes the next word.")
    given = dials or Dials(temperature=temperature)
    lots = torch.Generator().manual_seed(seed)
    ids, text, shown, spans = tokens.ids.tolist(), tokens.text, list(tokens.shown), tokens.spans.tolist()
    room = (model.card.context or 10**6) - len(ids)
    for step in range(min(count, room)):
        progress.tell(step / count)
        logits = model.unembed(model.states(model.embed(torch.tensor(ids))[None])[:, -1])[0]
        noise = -(-torch.rand(len(logits), generator=lots).clamp(min=1e-12).log()).log()
        ids.append(int((dialled(logits, given).log() + noise).argmax()))
        piece = model.shown(ids[-1])
        spans.append([len(text), len(text) + len(piece)])
        text, shown = text + piece, [*shown, piece]
    return Tokens(text=text, ids=np.array(ids), shown=tuple(shown), spans=np.array(spans))
