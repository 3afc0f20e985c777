"""Running means over the rows of every attention head of a shard."""

import math
from typing import Any

import numpy as np
import torch

from interpret.run import Run

Table = dict[str, list[Any]]


class Heads:
    """Sums over the rows of every attention head."""

    def __init__(self) -> None:
        self._sums: np.ndarray | None = None  # (L, H, 4): rows, entropy, first, previous

    def take(self, run: Run) -> None:
        """Add one text; the first row, which can only look at itself, does not count."""
        if run.attention is None or run.attention.shape[2] < 2:
            return
        found = run.attention[:, :, 1:]  # (L, H, Q, T)
        places = torch.arange(found.shape[2])
        entropy = torch.special.entr(found).sum(-1) / math.log(2)
        parts = [torch.ones_like(entropy), entropy, found[..., 0], found[:, :, places, places]]
        new = torch.stack([part.double().sum(-1) for part in parts], -1).numpy()
        self._sums = new if self._sums is None else self._sums + new

    def table(self) -> Table:
        """A row for each head."""
        names = ("layer", "head", "rows", "entropy", "first", "previous")
        rows: Table = {name: [] for name in names}
        if self._sums is not None:
            for layer, head in np.ndindex(self._sums.shape[:2]):
                values = [layer + 1, head, *self._sums[layer, head].tolist()]
                for name, value in zip(names, values, strict=True):
                    rows[name].append(value)
        return rows
