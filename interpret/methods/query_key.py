"""Why does a head look there? The product of query and key, dimension by dimension.

The score of token j seen from token i is q_i k_j / sqrt(C), a sum over C dimensions; the weights of a row are the
softmax of its scores. Shown are the C terms of one score. The scores are computed by the same three lines that
"How is it built?" shows (interpret/few_lines.py), and their softmax is compared with the weights that the model
used: where these differ, something else than query and key decides, and nothing is shown. Where positions turn
queries and keys (rotary), both are taken as they meet, after the turn.

Source: Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, equation 1; the view: Vig 2019,
https://arxiv.org/abs/1906.05714, section 2.3; rotary: Su et al. 2021, https://arxiv.org/abs/2104.09864.
"""

from dataclasses import asdict, dataclass

import numpy as np
import torch

from interpret.attention.maps import chosen_head, sinks, square
from interpret.few_lines import one_head
from interpret.method import Method
from interpret.results.attention import NOTHING
from interpret.results.base import Check
from interpret.results.query_key import QueryKey
from interpret.run import Run
from interpret.target import BadTarget, Target
from models.attending import NotTakenApart, asked_by_layer, turns

LIMIT = 1e-4


@dataclass(frozen=True, kw_only=True)
class Options:
    """`layer` (from 1), `head` (from 0); `query`, `key`: tokens from 0; -1: the last, and what it most looks at."""

    layer: int = 1
    head: int = 0
    query: int = -1
    key: int = -1


def compute(run: Run, target: Target, options: Options) -> QueryKey:
    """Terms (C,) of one score; refuses weights that are not the softmax of queries times keys."""
    recorded = square(run)
    layer, head = chosen_head(recorded, options.layer, options.head)
    weights = torch.from_numpy(recorded[layer, head])
    query, key = _places(run, weights, options)
    parts = asked_by_layer(run.model, run.vectors)
    if len(parts) != len(recorded) or parts[layer][0].shape[:2] != recorded.shape[1:3]:
        raise NotTakenApart(
            f"The queries and keys of {run.model.card.name} cannot be seen: choose another model."
        )
    q, k, v = (part[head] for part in parts[layer])
    scores, again, _ = one_head(q, k, v, weights == 0)
    gap = float((again[query] - weights[query]).abs().max())
    if gap > LIMIT:
        raise NotTakenApart(
            f"The weights of {run.model.card.name} are not made of queries and keys alone (they differ by "
            f"{gap:.2g}), so the products would not tell why: choose another model."
        )
    terms = (q[query] * k / k.shape[-1] ** 0.5).double()  # (T, C)
    seen = np.flatnonzero(weights[query].numpy() > 0)
    card = run.model.card
    return QueryKey(
        method="query_key", model=card.name, model_sha256=card.sha256, text=run.tokens.text,
        tokens=run.tokens.shown, spans=run.tokens.spans, words=run.tokens.words, asked=NOTHING,
        values=terms[key].numpy(), unit="nats", signed=True, options=asdict(options), layer=layer + 1, head=head,
        query=query, key=key, queries=q[query].double().numpy(), keys=k[key].double().numpy(),
        usual=terms[seen].mean(0).numpy(), scores=scores[query, seen].double().numpy(), seen=seen,
        weight=float(weights[query, key]), notes=_notes(run, k.shape[-1]), check=Check(
            name="weights", value=gap, limit=LIMIT,
            says="The softmax of these scores differs from the weights that the model used by {}.",
        ),
    )  # fmt: skip


def _places(run: Run, weights: torch.Tensor, options: Options) -> tuple[int, int]:
    """The asking and the looked-at token; refuses those that the text does not have, or that are not seen."""
    count = len(run.tokens)
    if not (-1 <= options.query < count and -1 <= options.key < count):
        raise BadTarget(f"This text has tokens 0 to {count - 1}: choose two of them.")
    query = options.query % count
    if options.key >= 0:
        if weights[query, options.key] == 0:
            raise BadTarget(
                f"Token {query} does not see token {options.key}: choose one that stands before it."
            )
        return query, options.key
    row = weights[query].clone()
    row[list(sinks(run))] *= 1e-6  # a mark only if nothing else is seen
    return query, int(row.argmax())


def _notes(run: Run, width: int) -> tuple[str, ...]:
    if not turns(run.model):
        return ()
    return (
        f"This model turns queries and keys by their places (rotary positions), dimension d together with "
        f"d + {width // 2}: the products are those after the turn, and hold the distance too.",
    )


METHOD = Method(
    name="query_key",
    title="Query × key by dimension",
    question="Why does this head look there?",
    gives="query-key",
    needs=frozenset({"attention"}),
    options=Options,
    source="Vaswani et al. 2017; Vig 2019",
    signed=True,
    compute=compute,
    place=60,
    unfit=lambda card: (
        f"{card.name} has additive attention: there are no queries and keys to multiply."
        if card.heads == 1
        else None
    ),
)
