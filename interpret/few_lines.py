"""Attention in three lines of code and an LSTM cell in four, on a text's own numbers.

The lines that a page shows are the source of `one_head`, `many_heads` and `cell` below: what is read is what
was run. Their numbers are compared with those of the model's own forward pass. `one_head` also is what "Where
does it look?" runs to take a weight apart (interpret/methods/query_key.py).

Sources: Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, equation 1; Hochreiter, Schmidhuber 1997 with
the forget gate of Gers, Schmidhuber, Cummins 2000, as torch.nn.LSTM computes it.
"""

import inspect
import textwrap
from collections.abc import Callable

import torch
from torch import Tensor

from interpret.results.anatomy import Lines
from interpret.results.base import Check
from interpret.run import Run
from models.attending import asked_by_layer
from models.pullback_lstm import LstmWeights

SHOWN = 6  # tokens in a matrix that can be read
STEPS = 8  # tokens of a cell
LIMIT = 1e-4  # scores of a long text add up hundreds of products in fp32


def one_head(q: Tensor, k: Tensor, v: Tensor, later: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """One head: queries, keys, values (T, D) and what must not be looked at (T, T)."""
    scores = q @ k.T / q.shape[-1] ** 0.5
    weights = scores.masked_fill(later, -torch.inf).softmax(-1)
    out = weights @ v
    return scores, weights, out


def many_heads(q: Tensor, k: Tensor, v: Tensor, later: Tensor, heads: int) -> tuple[Tensor, Tensor]:
    """All heads at once: q, k, v (T, H * D) hold them side by side."""
    from einops import rearrange

    q, k, v = (rearrange(part, "t (h d) -> h t d", h=heads) for part in (q, k, v))
    scores = q @ k.mT / q.shape[-1] ** 0.5
    weights = scores.masked_fill(later, -torch.inf).softmax(-1)
    out = rearrange(weights @ v, "h t d -> t (h d)")
    return weights, out


def cell(vectors: Tensor, w_x: Tensor, w_h: Tensor, bias: Tensor) -> dict[str, Tensor]:
    """An LSTM layer: vectors (T, I), weights (4 D, I) and (4 D, D), bias (4 D,); all that it computes."""
    kept: dict[str, list[Tensor]] = {name: [] for name in ("i", "f", "g", "o", "c", "h")}
    c = h = vectors.new_zeros(w_h.shape[1])
    for x in vectors:
        i, f, g, o = (w_x @ x + w_h @ h + bias).chunk(4)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c = f * c + i * g
        h = o * c.tanh()
        for name, value in zip(kept, (i, f, g, o, c, h), strict=True):
            kept[name].append(value)
    return {name: torch.stack(track) for name, track in kept.items()}


def lines_of(function: Callable, first: str, last: str) -> str:
    """The source of a function from the line that begins with `first` to the one that begins with `last`."""
    source = [line.rstrip() for line in inspect.getsource(function).split("\n")]
    at = next(n for n, line in enumerate(source) if line.lstrip().startswith(first))
    to = max(n for n, line in enumerate(source) if line.lstrip().startswith(last))
    return textwrap.dedent("\n".join(source[at : to + 1]))


@torch.no_grad()
def few_lines(run: Run) -> Lines | None:
    """Layer 1 of a run in a few lines; None for a model that has neither attention heads nor LSTM cells."""
    if run.attention is not None and hasattr(run.model, "network"):
        return _attention(run, run.attention)
    weights = getattr(getattr(run.model, "encoder", run.model), "weights", None)
    if run.memory is not None and isinstance(weights, list) and isinstance(weights[0], LstmWeights):
        return _cell(run, weights[0])
    return None


def _attention(run: Run, recorded: Tensor) -> Lines | None:
    given = asked_by_layer(run.model, run.vectors)
    if not given or recorded.shape[1:] != (len(given[0][0]), given[0][0].shape[1], given[0][1].shape[1]):
        return None
    q, k, v = given[0]
    later = torch.zeros(q.shape[1], k.shape[1], dtype=torch.bool)
    if run.model.card.task == "causal":
        later = torch.ones_like(later).triu(1)
    scores, weights, out = one_head(q[0], k[0], v[0], later)
    every_q, every_k, every_v = (part.transpose(0, 1).flatten(1) for part in (q, k, v))
    all_weights, all_out = many_heads(every_q, every_k, every_v, later, len(q))
    apart = (all_weights - recorded[0]).abs().max(), (weights - recorded[0, 0]).abs().max()
    few = slice(0, SHOWN)
    return Lines(
        kind="attention",
        code=lines_of(one_head, "scores", "out"),
        many=lines_of(many_heads, "q, k, v", "out"),
        tokens=run.tokens.shown[:SHOWN],
        shapes=_shapes(q=q[0], k=k[0], v=v[0], scores=scores, weights=weights, out=out)
        + _shapes(**{"all weights": all_weights, "all out": all_out}),
        matrices={
            "scores": scores[few, few].numpy().copy(),
            "weights": weights[few, few].numpy().copy(),
            "later": later[few, few].numpy().copy(),
        },
        heads=all_weights[:8, few, few].numpy().copy(),
        check=_check(float(max(apart)), "the attention that the model's own forward pass used"),
    )


def _cell(run: Run, weights: LstmWeights) -> Lines:
    assert run.memory is not None
    tracks = cell(run.vectors, weights.input, weights.hidden, weights.bias)
    own = {
        "i": run.memory.input_gate, "f": run.memory.forget_gate, "g": run.memory.candidate,
        "o": run.memory.output_gate, "c": run.memory.cell, "h": run.memory.hidden,
    }  # fmt: skip
    astray = max(float((tracks[name] - kept[0]).abs().max()) for name, kept in own.items())
    unit = int(tracks["c"].std(0, correction=0).argmax())
    return Lines(
        kind="cell",
        code=lines_of(cell, "i, f, g, o = (w_x", "h = o"),
        many="",
        tokens=run.tokens.shown[:STEPS],
        shapes=_shapes(x=run.vectors[0], w_x=weights.input, w_h=weights.hidden, bias=weights.bias)
        + _shapes(**{"i, f, g, o, c and h": tracks["c"][0]}),
        matrices={name: track[:STEPS, unit].numpy().copy() for name, track in tracks.items()},
        unit=unit + 1,
        check=_check(astray, "what the model's own forward pass recorded"),
    )


def _shapes(**parts: Tensor) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return tuple((name, tuple(part.shape)) for name, part in parts.items())


def _check(astray: float, what: str) -> Check:
    return Check(
        name="difference from the model's own numbers",
        value=astray,
        limit=LIMIT,
        says=f"These lines were run on this text: the largest difference from {what} is {{}}.",
    )
