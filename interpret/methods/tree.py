"""The likeliest ways to go on, as a tree.

From the text, the `children` likeliest next tokens; from each of these again, `depth` times. A node's
probability is that of its token behind all before it; a path's is their product. The tree does not hold the
likeliest continuations for certain (a likely one may begin with an unlikely word), but all that begin likely.
All nodes of a depth go through the model at once.

Source: Graves 2012, https://arxiv.org/abs/1211.3711 (beam search; here nothing is pruned).
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from interpret import progress
from interpret.method import Method
from interpret.results import Check, Tree
from interpret.run import Run
from interpret.target import Target
from models.base import LanguageModel
from models.refusals import Refusal

AT_ONCE = 4096  # tokens in one pass
MOST = 1000  # nodes


@dataclass(frozen=True, kw_only=True)
class Options:
    """`depth` tokens ahead, `children` of each."""

    depth: int = 3
    children: int = 3

    def __post_init__(self) -> None:
        if self.depth < 1 or self.children < 1:
            raise Refusal("depth and children must be 1 or more")
        if sum(self.children**level for level in range(1, self.depth + 1)) > MOST:
            raise Refusal(f"depth {self.depth} with {self.children} children is more than {MOST} nodes")


def next_logs(model: LanguageModel, ids: Tensor) -> Tensor:
    """(B, T) tokens -> (B, V) log-probabilities of what follows, in chunks."""
    rows = max(1, AT_ONCE // ids.shape[1])
    found = []
    for start in range(0, len(ids), rows):
        some = ids[start : start + rows]
        vectors = model.embed(some.reshape(-1)).reshape(*some.shape, -1)
        found.append(model.unembed(model.states(vectors)[:, -1]).double().log_softmax(-1))
    return torch.cat(found)


@torch.no_grad()
def compute(run: Run, target: Target, options: Options) -> Tree:
    """All nodes, parents first: parents, tokens, probabilities, log-probabilities of paths, each (N,)."""
    model, children = run.model, options.children
    room = (model.card.context or 10**6) - len(run.tokens)
    if room < options.depth:
        raise Refusal(
            f"The text leaves {model.card.name} no room for {options.depth} more tokens: shorten it."
        )
    if children > model.card.vocabulary:
        raise Refusal(f"{model.card.name} has {model.card.vocabulary} tokens: ask for fewer children.")
    ids = torch.from_numpy(run.tokens.ids.copy())[None]
    logs = run.logits[-1:].double().log_softmax(-1)
    above, ways = np.array([-1]), torch.zeros(1, dtype=torch.double)
    parents, depths, tokens, shares, paths = [], [], [], [], []
    for depth in range(1, options.depth + 1):
        top = logs.topk(children, dim=-1)  # (B, children)
        ways = (ways[:, None] + top.values).flatten()
        first = sum(len(level) for level in parents)
        parents.append(above.repeat(children))
        depths.append(np.full(len(ways), depth))
        tokens.append(top.indices.flatten())
        shares.append(top.values.exp().flatten())
        paths.append(ways)
        if depth == options.depth:
            break
        above = np.arange(first, first + len(ways))
        ids = torch.cat((ids.repeat_interleave(children, 0), tokens[-1][:, None]), 1)
        progress.tell(first / sum(children**level for level in range(1, options.depth)))
        logs = next_logs(model, ids)
    every, ends = torch.cat(tokens), torch.cat(paths)
    return Tree(
        method="tree",
        model=model.card.name,
        model_sha256=model.card.sha256,
        text=run.tokens.text,
        tokens=run.tokens.shown,
        spans=run.tokens.spans,
        words=run.tokens.words,
        asked=target.asked(model),
        values=torch.cat(shares).numpy(),
        unit="probability",
        signed=False,
        check=_check(run, np.concatenate(parents), every, ends),
        options={"depth": options.depth, "children": children},
        parents=np.concatenate(parents),
        depths=np.concatenate(depths),
        node_ids=every.numpy(),
        shown=tuple(model.shown(int(token)) for token in every),
        paths=ends.numpy(),
    )


def _check(run: Run, parents: np.ndarray, tokens: Tensor, paths: Tensor) -> Check:
    """The likeliest and the last path, read through once more as whole texts."""
    model, length, missed = run.model, len(run.tokens), 0.0
    leaves = np.setdiff1d(np.arange(len(parents)), parents)
    for leaf in (int(leaves[paths[leaves].argmax()]), int(leaves[-1])):
        way = [leaf]
        while parents[way[-1]] >= 0:
            way.append(int(parents[way[-1]]))
        added = tokens[way[::-1]]
        whole = torch.cat((torch.from_numpy(run.tokens.ids.copy()), added))
        logs = model.logits(model.embed(whole)[None])[0].double().log_softmax(-1)
        read = logs[length - 1 : -1].gather(-1, added[:, None]).sum()
        missed = max(missed, float((read - paths[leaf]).abs()))
    return Check(
        name="a path against the whole text",
        says="Read as whole texts, the likeliest and the last way come to the same probability; their logarithms "
        "differ by {}.",
        value=missed,
        limit=1e-3,
        unit=" nats",
    )


METHOD = Method(
    name="tree",
    title="Tree of continuations",
    question="Where could it go from here?",
    gives="tree",
    needs=frozenset(),
    options=Options,
    source="Graves 2012 (beam search)",
    signed=False,
    compute=compute,
    tasks=frozenset({"causal"}),
)
