"""What heads are worth: the loss without each one, and how the loss moves with a factor on what it finds.

Sources: Michel, Levy, Neubig 2019, https://arxiv.org/abs/1905.10650 (importance |dL/dxi|, the size taken
text by text before averaging); ablation by holding what the head finds at 0.
"""

import numpy as np
import torch
from torch import Tensor

from interpret.run import hide, record
from models.base import LanguageModel, Tokens
from models.observed import changing
from models.refusals import Refusal
from models.switches import Unit, switched

PLACES = 12  # of a masked model, hidden one at a time in each text


class NothingToGuess(Refusal):
    """A text in which this model has nothing to guess."""


def guesses(model: LanguageModel, tokens: Tokens) -> tuple[Tensor, Tensor, Tensor]:
    """What a model is asked about one text: vectors (B, T, D), rows (G,) of states (B * R) and right answers (G,).

    causal: every token behind the first. masked: up to 12 places, each hidden in a copy of its own.
    classify: its own answer to the whole text, so that a loss says how far the answer holds.
    """
    run = record(model, tokens)
    ids = torch.from_numpy(tokens.ids.copy())
    if model.card.task == "causal":
        if len(ids) < 2:
            raise NothingToGuess("A text of one token leaves nothing to guess: choose another.")
        return run.vectors[None], torch.arange(len(ids) - 1), ids[1:]
    if model.card.task == "classify":
        return run.vectors[None], torch.zeros(1, dtype=torch.long), run.logits[-1].argmax()[None]
    places = np.flatnonzero(tokens.spans[:, 0] < tokens.spans[:, 1])
    chosen = places[np.linspace(0, len(places) - 1, min(PLACES, len(places))).astype(int)]
    vectors = torch.stack([hide(run, int(place)).vectors for place in chosen])
    rows = torch.arange(len(chosen)) * len(ids) + torch.from_numpy(chosen)
    return vectors, rows, ids[chosen]


def loss(model: LanguageModel, asked: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """Mean nats a guess, a scalar; differentiable."""
    vectors, rows, answers = asked
    states = model.states(vectors).flatten(0, 1)[rows]
    return torch.nn.functional.cross_entropy(model.unembed(states), answers)


@torch.no_grad()
def without(model: LanguageModel, asked: tuple[Tensor, Tensor, Tensor], layer: int, head: int) -> float:
    """Nats a guess with one head (layer from 0) finding nothing."""
    with switched(model, {Unit(layer + 1, head, "head"): torch.tensor(0.0)}):
        return float(loss(model, asked))


def importance(model: LanguageModel, asked: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """|dL/dxi| of each head, (L, H), nats: xi is a factor on what it finds, 1 as it is."""
    shape = (model.card.layers, model.card.heads or 1)
    factors = torch.ones(shape, requires_grad=True)
    with torch.enable_grad(), changing(lambda at, w, v: (w, v * factors[at][None, :, None, None]), shape[0]):
        (found,) = torch.autograd.grad(loss(model, asked), factors)
    return found.abs()
