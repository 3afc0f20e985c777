"""attention_map: all heads at a glance, one or several in detail as arcs or as a matrix."""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dashboard.components import load
from dashboard.interface import says

FINE = 250_000  # values up to which each travels in 16 bits; above, in 8
PARTS = (
    "attention_map", "frame", "attention_values", "attention_rows", "attention_heads", "attention_arcs",
    "attention_matrix", "attention_frame",
)  # fmt: skip
KEPT = ("heads", "tokens", "look", "marks", "share")


def packed(values: np.ndarray, *, causal: bool, signed: bool) -> dict[str, Any]:
    """Maps (L, H, Q, T) as text: roots of their sizes in levels, of causal maps the lower triangle only."""
    layers, heads, askers, tokens = values.shape
    limit = float(np.abs(values).max()) or 1.0
    shown = values[:, :, *np.tril_indices(tokens)] if causal else values
    bits = 16 if shown.size <= FINE else 8
    top = (2 ** (bits - 1) - 1) if signed else 2**bits - 1
    levels = np.sign(shown) * np.round(np.sqrt(np.abs(shown) / limit) * top)
    whole = (levels + (top if signed else 0)).astype("<u2" if bits == 16 else "u1")
    return {
        "w": base64.b64encode(np.ascontiguousarray(whole).tobytes()).decode(), "bits": bits,
        "layers": layers, "heads": heads, "askers": askers, "tokens": tokens, "back": bool(causal),
        "limit": limit, "signed": bool(signed),
    }  # fmt: skip


def attention_map(
    values: np.ndarray,
    tokens: Sequence[str],
    askers: Sequence[str],
    *,
    key: str,
    first: tuple[int, int],
    kept: Mapping[str, str],
    causal: bool = False,
    signed: bool = False,
    shares: bool = True,
    joined: bool = False,
    unit: str = "",
    sinks: Sequence[int] = (),
    ghost: np.ndarray | None = None,
    roles: Sequence[Sequence[str]] | None = None,
    proofs: Sequence[Sequence[str]] | None = None,
    name: str = "attention",
    caption: str = "",
    label: str = says("component-attention-map.where-each-head-looks"),
    on_change: Callable[[], None] = lambda: None,
) -> dict[str, str]:
    """Draw the maps and return what the reader keeps: heads, tokens, look, marks and share, as text.

    Args:
        values: (L, H, Q, T), the asking token first.
        tokens: The T looked-at tokens.
        askers: The Q asking tokens, or what asks once.
        key: The component's key.
        first: The head (layer, head, from 0) that is open when none is kept.
        kept: What was kept before, as text, see `written`.
        causal: Whether nothing looks ahead.
        signed: Whether values can be negative.
        shares: Whether rows are shares that sum to 1.
        joined: Whether the heads of a layer are one map.
        unit: Unit of the values, where they are no shares.
        sinks: Tokens that are marks; left out and made up for unless the reader wants them.
        ghost: The raw maps (L, H', Q, T), drawn in grey behind.
        roles: A word for each head.
        proofs: A sentence for each head.
        name: Stem of the names of downloads; no text of the reader.
        caption: Line under exported pictures.
        label: Accessible name.
        on_change: Called before the page is drawn anew.
    """
    if values.shape[2:] != (len(askers), len(tokens)):
        raise ValueError(f"maps are {values.shape[2:]}, not {(len(askers), len(tokens))}")
    result = load(*PARTS)(
        key=key,
        data={
            "maps": packed(values, causal=causal, signed=signed),
            "ghost": None if ghost is None else packed(ghost, causal=causal, signed=False),
            "tokens": list(tokens), "askers": list(askers), "sinks": [int(at) for at in sinks],
            "first": [int(n) for n in first], "kept": {k: kept.get(k, "") for k in KEPT},
            "shares": bool(shares), "joined": bool(joined), "unit": unit,
            "roles": roles and [list(row) for row in roles],
            "proofs": proofs and [list(row) for row in proofs],
            "name": name, "caption": caption, "label": label,
        },
        default={"kept": None},
        on_kept_change=on_change,
    )  # fmt: skip
    return written(result.kept or kept)


def written(kept: Mapping[str, Any]) -> dict[str, str]:
    """What a reader keeps, as short texts; what the browser sends is not trusted."""
    return {k: str(kept.get(k, ""))[:400] for k in KEPT}
