"""Factors of activations beside scikit-learn's at the same error, and an index beside the bare forward pass."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import torch

import models
from interpret.corpus import shards, shipped
from interpret.units_nmf import explained, factorise
from tests.bench import corpus, peers
from tests.bench.rows import Asked
from tests.bench.table import BOUND, Row, Way, race
from tests.bench.units import like_activations

COUNT, ALIKE = 10, 0.01  # factors; how far the two errors may be apart
SHAPES = ((128, 12 * 3072), (10_000, 3072))


def factors(asked: Asked) -> Iterator[Row]:
    """Both stop by their own rule; what is compared is the error they come to."""
    from sklearn.decomposition import NMF

    for tokens, units in ((64, 512),) if asked.quick else SHAPES:
        x = like_activations(tokens, units)

        def ours(x: torch.Tensor = x) -> np.ndarray:
            return np.array([(1 - explained(x, *factorise(x, COUNT))) ** 0.5])

        def theirs(x: torch.Tensor = x) -> np.ndarray:
            kind: Any = NMF  # scikit-learn tells no types
            solver = kind(COUNT, init="nndsvda", random_state=0)
            w = torch.from_numpy(solver.fit_transform(x.numpy()))
            return np.array([(1 - explained(x, w, torch.from_numpy(solver.components_))) ** 0.5])

        yield from race(
            f"factors, {COUNT} of {tokens:,} x {units:,}", Way(name="ours", work=ours),
            [Way(name=f"{peers.version('sklearn')}, NMF (Ecco's choice)", work=theirs, warm=lambda: None, alike=ALIKE,
                 note="of the errors reached")],
            1 if tokens > 1000 else asked.rounds,
        )  # fmt: skip


def index(asked: Asked) -> Iterator[Row]:
    """A shard with its six tables; the bound runs the network on the same tokens, a text at a time."""
    for name in ("story-lstm",) if asked.quick else ("reviews-gpt", "wiki-lstm"):
        model = models.load(name)
        texts = shipped.bundled(models.card(name))[: 4 if asked.quick else 32]
        cut = [
            model.encode(text.text).cut(min(shards.LONGEST, model.card.context or 10**6)) for text in texts
        ]
        found = race(
            f"index, {sum(map(len, cut)):,} tokens, {name}",
            Way(name="ours", work=partial(shards.tables, model, texts, 0)),
            [Way(name=f"{BOUND}: the forward pass alone", work=partial(corpus.forward, model, cut), alike=None)],
            asked.rounds,
        )  # fmt: skip
        yield from (_with_rate(row, sum(map(len, cut))) for row in found)


def _with_rate(row: Row, tokens: int) -> Row:
    assert row.ours is not None
    return Row(**{**row.__dict__, "note": f"{1000 * tokens / row.ours:,.0f} tokens a CPU second"})


ROWS = {"factors": factors, "index": index}
