"""dials: temperature, top-k and top-p over the model's own numbers, turned in the browser."""

from collections.abc import Sequence

from dashboard.components import load

Dials = tuple[float, int, float, int]  # temperature, top-k (0: all), top-p, seed


def dials(
    logits: Sequence[float], candidates: Sequence[str], *, key: str, at: Dials, name: str = "next-tokens",
    caption: str = "",
) -> None:  # fmt: skip
    """Draw the dials and the bars; `choices.dials(key)` has what was chosen.

    Args:
        logits: of every token, falling.
        candidates: the likeliest tokens, as shown; no fewer than 1.
        key: the component's key.
        at: where the dials stand at first.
        name: stem of the names of downloads.
        caption: line under exported pictures.
    """
    if not 0 < len(candidates) <= len(logits):
        raise ValueError(f"{len(candidates)} candidates for {len(logits)} logits")
    load("dials", "frame")(
        key=key,
        data={
            "logits": [round(float(logit), 4) for logit in logits], "candidates": list(candidates),
            "at": dict(zip(("temperature", "k", "p", "seed"), at, strict=True)), "name": name, "caption": caption,
        },
        default={"dials": list(at)},
        on_dials_change=lambda: None,
    )  # fmt: skip
