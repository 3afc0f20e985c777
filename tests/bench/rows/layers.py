"""The lens: guesses of all layers at all places, against sorting the vocabulary for each cell, and layer by layer."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from interpret import explain
from tests.bench import lens, peers
from tests.bench.rows import Asked
from tests.bench.table import BOUND, Row, Way, race


def rows(asked: Asked) -> Iterator[Row]:
    """Ranks of the model's own guess in every layer."""
    run = lens.run_of(64 if asked.quick else 768)
    tokens = run.logits.argmax(-1).tolist()
    model: Any = run.model
    norm, last = model.network.transformer.ln_f, model.unembed
    layers = [*map(norm, run.hidden[:-1]), run.hidden[-1]]  # the last states of GPT-2 are normalised already

    def ours() -> np.ndarray:
        return explain(run, "lens").rank

    def product() -> None:
        for states in layers:
            last(states)

    yield from race(
        f"lens, {len(layers)} x {len(tokens)} x {run.logits.shape[-1]:,}", Way(name="ours", work=ours),
        [
            Way(name="a layer at a time in plain torch, with topk, entropy and divergence",
                work=lambda: peers.plain_ranks(layers, last, tokens), alike=1e-3),
            Way(name="Ecco's rankings, written anew (ranks only)",
                work=lambda: peers.ecco_ranks(layers, last, tokens),
                warm=lambda: peers.ecco_ranks(layers[:1], last, tokens[:1]), alike=1e-3),
            Way(name=f"{BOUND}: the products with the vocabulary alone", work=product, alike=None),
        ],
        asked.rounds,
    )  # fmt: skip


ROWS = {"lens": rows}
