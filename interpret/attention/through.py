"""Attention followed through the layers: rollout and flow.

Source: Abnar, Zuidema 2020, https://arxiv.org/abs/2005.00928, section 3.
"""

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import Tensor

from interpret import progress

UNIT = 2**24  # flows are whole numbers of this many parts


def with_residual(attention: Tensor) -> Tensor:
    """(L, T, T) heads averaged -> half attention, half what each token keeps of itself."""
    return (attention + torch.eye(attention.shape[-1], dtype=attention.dtype)) / 2


def rollout(mixed: Tensor) -> Tensor:
    """Products of layers (L, T, T), the lower ones on the right: entry l is what layer l sees of the input."""
    found = [mixed[0]]
    for layer in mixed[1:]:
        found.append(layer @ found[-1])
    return torch.stack(found)


def fair(found: Tensor, mixed: Tensor) -> Tensor:
    """Rollout (L, T, T) by what even attention over the same tokens would give, rows made shares again.

    In a model that only looks back the first tokens are seen by all others, and rollout grows towards them.
    """
    lower = torch.ones_like(mixed[0]).tril() if not mixed.triu(1).any() else torch.ones_like(mixed[0])
    even = with_residual((lower / lower.sum(-1, keepdim=True)).expand_as(mixed))
    divided = torch.where(lower > 0, found / rollout(even).clamp(min=1e-12), 0)
    return divided / divided.sum(-1, keepdim=True)


def flow(mixed: Tensor) -> np.ndarray:
    """Most that can flow from each token of each layer down to each input token, (L, T, T), from 0 to 1.

    `mixed` (L, T, T) are the capacities. By Dinic's algorithm on whole numbers of 2^-24; each capacity is
    rounded down.
    """
    from scipy.sparse.csgraph import maximum_flow

    count, length = mixed.shape[0], mixed.shape[1]
    parts = np.floor(mixed.numpy() * UNIT).astype(np.int32)
    graph = np.zeros(((count + 1) * length,) * 2, dtype=np.int32)
    for layer in range(count):
        above, below = (layer + 1) * length, layer * length
        graph[above : above + length, below : below + length] = parts[layer]
    network = csr_matrix(graph)
    found = np.zeros((count, length, length))
    for layer in range(count):
        for query in range(length):
            progress.tell((layer * length + query) / (count * length))
            for key in range(length):
                source = (layer + 1) * length + query
                found[layer, query, key] = maximum_flow(network, source, key).flow_value / UNIT
    return found
