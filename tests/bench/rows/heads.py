"""All heads at a glance, from recorded weights to what goes to the browser: ours and BertViz's model view."""

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from dashboard.components.attention_map import packed
from interpret import record
from tests.bench import attention, peers
from tests.bench.rows import Asked
from tests.bench.rows.gradients import Nets
from tests.bench.saliency import SIZES
from tests.bench.table import Absent, Row, Way, race


def rows(asked: Asked) -> Iterator[Row]:
    """The same weights; ours are kept as roots in 8 bits, which is half a step of 1/255 from the root of each."""
    nets, heads = Nets(asked), SIZES[asked.size][0][2]
    model = nets.models[0]
    known = {**model.card.__dict__, "heads": heads, "abilities": frozenset({"attention"}), "context": 1024}
    model.card = type(model.card)(**known)
    tokens = attention.numbered(nets.ids)
    run = record(model, tokens)
    weights = run.attention
    assert weights is not None
    sizes: dict[str, float] = {}

    def ours() -> np.ndarray:
        sent = packed(weights.numpy(), causal=True, signed=False)
        text = json.dumps(sent | {"names": list(tokens.shown)})
        sizes["ours"] = len(text) / 1e6
        return weights.numpy()[0, 0]

    what = f"heads, {len(weights)} x {heads} x {len(tokens)} tokens, weights to page"
    found = list(
        race(what, Way(name="ours", work=ours), [_bertviz(weights, list(tokens.shown), sizes)], asked.rounds)
    )
    yield from (_with_sizes(row, sizes) for row in found)


def _bertviz(weights: torch.Tensor, shown: list[str], sizes: dict[str, float]) -> Way | Absent:
    view = peers.found("bertviz", "model_view")
    if isinstance(view, Absent):
        return view
    layers = tuple(layer[None] for layer in weights)

    def work() -> np.ndarray:
        page: Any = view.model_view(layers, shown, html_action="return").data
        sizes["theirs"] = len(page) / 1e6
        first = re.search(r'"attn": (\[\[\[\[.*?\]\])', page)
        assert first is not None
        return np.array(json.loads(first.group(1)[2:]))

    return Way(name=f"{peers.version('bertviz')}, model view", work=work, alike=1e-6)


def _with_sizes(row: Row, sizes: dict[str, float]) -> Row:
    if row.theirs is None:
        return row
    note = f"{sizes['ours']:.1f} MB against {sizes['theirs']:.1f} MB to the browser. {row.note}".strip()
    return Row(**{**row.__dict__, "note": note})


ROWS = {"heads": rows}
