"""Do attention, gradients and leaving words out rank the words alike?

Gradient importance with the attention held fixed: g_t = sum over classes of |e_t . dp/de_t|, as shares.
Leaving out: the mean change of the probabilities when the word is gone and everything is computed anew.
Ranks are compared by Kendall's tau-b; what is constant has no ranks, and its tau is undefined.

Source: Jain, Wallace 2019, https://arxiv.org/abs/1902.10186, section 4.1 and algorithm 1.
"""

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from interpret.attention.subject import Subject

PAIRS = (("attention", "gradients"), ("attention", "leaving out"), ("gradients", "leaving out"))
SIGNIFICANT = 0.05


def gradients(subject: Subject, *, fixed: bool = True) -> Tensor:
    """Sizes of gradient times input of the probabilities, (T,); with `fixed` attention counts as given."""
    model = subject.model
    leaf = subject.vectors[None].clone().requires_grad_(True)
    with torch.enable_grad():
        encoded = model.encoded(leaf)
        weights = subject.attention[None] if fixed else model.attention_scores(encoded).softmax(-1)
        shares = model.unembed(model.pooled(encoded, weights))[0, 0].softmax(-1)
        found = torch.zeros(len(subject))
        for share in shares:
            (slope,) = torch.autograd.grad(share, leaf, retain_graph=True)
            found += (slope * leaf)[0].sum(-1).abs().detach()
    return found


@torch.no_grad()
def left_out(subject: Subject) -> Tensor:
    """Mean change of the classes' probabilities without each word, (T,)."""
    model, length = subject.model, len(subject)
    places = torch.arange(length)
    others = torch.stack([places[places != place] for place in places])  # (T, T - 1)
    without = model.logits(subject.vectors[others])[:, 0].softmax(-1)
    return (without - subject.answer).abs().mean(-1)


def tau(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Kendall's tau-b and its p-value; (nan, nan) where one of the two is constant."""
    from scipy.stats import kendalltau

    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return math.nan, math.nan
    found: Any = kendalltau(one, other)
    return float(found.statistic), float(found.pvalue)


def taus(attention: np.ndarray, slopes: np.ndarray, losses: np.ndarray) -> np.ndarray:
    """Tau and p of the three PAIRS, (3, 2)."""
    return np.array([tau(attention, slopes), tau(attention, losses), tau(slopes, losses)])
