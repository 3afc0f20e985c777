"""A classifier that looks once, with its attention in the experimenter's hand.

What is pooled is kept as it is; any other weights can be put in the place of the model's own, and the answer
follows. The models of *Attention is not Explanation*.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from interpret.run import Run
from models.classifier import AttentiveClassifier
from models.refusals import Refusal


class NotForTheLab(Refusal):
    """A model or text that the experiments on explanations cannot be made with."""


@dataclass(frozen=True, eq=False)
class Subject:
    """One text as the model encoded it."""

    model: AttentiveClassifier
    vectors: Tensor  # (T, D)
    encoded: Tensor  # (T, H)
    attention: Tensor  # (T,) the model's own

    def __len__(self) -> int:
        return len(self.attention)

    @cached_property
    def offers(self) -> Tensor:
        """(T, K): the logits with all weight on one word. Weights that sum to 1 mix them, as all is linear."""
        return self.model.unembed(self.encoded)

    def answers(self, attention: Tensor) -> Tensor:
        """(B, T) weights whose rows sum to 1 -> (B, K) probabilities of the classes."""
        return (attention @ self.offers).softmax(-1)

    @property
    def answer(self) -> Tensor:
        """(K,) with the model's own weights."""
        return self.answers(self.attention[None])[0]


@torch.no_grad()
def subject(run: Run) -> Subject:
    """The text of a run ready for experiments; refuses other models and single words."""
    model = run.model
    if not isinstance(model, AttentiveClassifier):
        raise NotForTheLab(
            f"{model.card.name} does not pool words by one row of attention: choose sst-attention or "
            f"sst-average."
        )
    if len(run.tokens) < 2:
        raise NotForTheLab("One word alone has all the attention there is: type a sentence.")
    encoded = model.encoded(run.vectors[None])
    return Subject(model, run.vectors, encoded[0], model.attention_scores(encoded).softmax(-1)[0])


def tvd(one: Tensor, other: Tensor) -> Tensor:
    """Total variation distance of distributions (..., N), 0 to 1."""
    return (one - other).abs().sum(-1) / 2


def jsd(one: Tensor, other: Tensor) -> Tensor:
    """Jensen-Shannon divergence of distributions (..., N) in nats, 0 to ln 2."""
    middle = (one + other) / 2

    def entropy(p: Tensor) -> Tensor:
        return -(p * p.clamp(min=1e-30).log()).sum(-1)  # at 0 the slope stays finite

    return (entropy(middle) - (entropy(one) + entropy(other)) / 2).clamp(min=0)


def conicity(encoded: Tensor) -> float:
    """How much encoded words (T, H) point one way: mean cosine with their mean (Mohankumar et al. 2020)."""
    return float(torch.cosine_similarity(encoded, encoded.mean(0), dim=-1).mean())


def sizes(values: Tensor) -> np.ndarray:
    """Absolute values as shares, float64."""
    found = values.abs().double()
    return (found / found.sum().clamp(min=1e-300)).numpy()
