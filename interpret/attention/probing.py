"""Maps that ask the model again: values zeroed layer by layer, and gradients through its layers."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from interpret import progress
from models.attending import blocks, results_of
from models.base import LanguageModel
from models.observed import changing

AT_ONCE = 16  # texts in one pass


class _Enough(Exception):
    pass


def _stop(out: Tensor, kept: list[Tensor]) -> None:
    kept.append(out)
    raise _Enough


def block_output(model: LanguageModel, vectors: Tensor, layer: int) -> Tensor:
    """(B, T, D) -> (B, T, D): what layer `layer` (from 0) passes on; the layers above are not run."""
    kept: list[Tensor] = []
    with results_of(blocks(model)[layer], lambda out: _stop(out, kept)):
        try:
            model.states(vectors)
        except _Enough:
            return kept[0]
    raise AssertionError("the layer was not reached")


@torch.no_grad()
def value_zeroing(model: LanguageModel, vectors: Tensor) -> Tensor:
    """(T, D) -> (L, T, T): how far each layer's token i turns when token j's values in that layer are 0.

    1 - cosine between the two outputs of the layer; weights stay as they are. Below 0 only by rounding: 0.

    Source: Mohebbi et al. 2023, https://arxiv.org/abs/2301.12971.
    """
    length, count = len(vectors), model.card.layers
    found = torch.zeros(count, length, length, dtype=torch.float64)
    for layer in range(count):
        usual = block_output(model, vectors[None], layer)[0].double()
        for start in range(0, length, AT_ONCE):
            progress.tell((layer * length + start) / (count * length))
            tokens = torch.arange(start, min(start + AT_ONCE, length))

            def zero(at: int, weights: Tensor, values: Tensor, tokens: Tensor = tokens, layer: int = layer):
                if at != layer:
                    return weights, values
                values = values.clone()
                values[torch.arange(len(tokens)), :, tokens] = 0
                return weights, values

            with changing(zero, count):
                turned = block_output(model, vectors.expand(len(tokens), -1, -1), layer).double()
            cosine = torch.cosine_similarity(turned, usual, dim=-1)  # (b, T)
            found[layer][:, tokens] = (1 - cosine).clamp(min=0).T
    return found


@contextmanager
def with_factors(model: LanguageModel, length: int) -> Iterator[list[Tensor]]:
    """Inside, the weights of every layer are multiplied by factors (H, T, T), all 1, that gradients can reach."""
    factors = [
        torch.ones(model.card.heads or 1, length, length, requires_grad=True)
        for _ in range(model.card.layers)
    ]
    with changing(lambda layer, weights, values: (weights * factors[layer], values), model.card.layers):
        yield factors


def weighted_gradients(model: LanguageModel, vectors: Tensor, number) -> Tensor:
    """(L, H, T, T): each weight times the gradient of `number` (states (1, R, D) -> scalar) by it."""
    with torch.enable_grad(), with_factors(model, len(vectors)) as factors:
        score = number(model.states(vectors[None]))
        return torch.stack(torch.autograd.grad(score, factors)).detach()


def relevance(gradients: Tensor) -> Tensor:
    """(L, H, T, T) weights times gradients -> (L, T, T): relevance after each layer, what is kept taken off.

    R <- R + E_h[(gradient * weight)+] R, from R = I. Source: Chefer et al. 2021,
    https://arxiv.org/abs/2103.15679, equations 5 and 6.
    """
    found = torch.eye(gradients.shape[-1], dtype=torch.float64)
    steps = []
    for layer in gradients.double().clamp(min=0).mean(1):
        found = found + layer @ found
        steps.append(found - torch.eye(len(found), dtype=torch.float64))
    return torch.stack(steps)


def token_attribution(model: LanguageModel, vectors: Tensor, probes: int, seed: int) -> tuple[Tensor, Tensor]:
    """(L, T, T): how much each layer's token i moves with each input vector, rows sum to 1; and errors.

    The Frobenius norm of the Jacobian, from `probes` random directions v: E|J'v|^2 = |J|^2. The second result
    are standard errors of the shares, from halves of the probes.

    Source: Brunner et al. 2020, https://arxiv.org/abs/1908.04211, section 5.
    """
    made = torch.Generator().manual_seed(seed)
    length, count = len(vectors), model.card.layers
    kept: list[Tensor] = []
    leaf = vectors[None].clone().requires_grad_(True)
    with torch.enable_grad():
        from contextlib import ExitStack

        with ExitStack() as stack:
            for block in blocks(model):
                stack.enter_context(results_of(block, kept.append))
            model.states(leaf)
    squares = torch.zeros(count, probes, length, length, dtype=torch.float64)
    for layer, states in enumerate(kept):
        for token in range(length):
            progress.tell((layer * length + token) / (count * length))
            sent = torch.zeros(probes, *states.shape)
            sent[:, 0, token] = torch.randn(probes, states.shape[-1], generator=made)
            (back,) = torch.autograd.grad(states, leaf, sent, is_grads_batched=True, retain_graph=True)
            squares[layer, :, token] = back[:, 0].double().pow(2).sum(-1)
    sizes = squares.mean(1).sqrt()
    shares = sizes / sizes.sum(-1, keepdim=True)
    halves = [half.mean(1).sqrt() for half in squares.split(probes // 2, dim=1)[:2]]
    one, other = (half / half.sum(-1, keepdim=True) for half in halves)
    return shares, (one - other).abs() / 2
