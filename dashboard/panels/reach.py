"""How far two models look, beside each other: what a cut text costs either, and the difference."""

import numpy as np

from dashboard import choices, frame
from dashboard.anatomy_parts import scrolling
from dashboard.interface import says
from interpret.results import Reach


def beside(found: Reach) -> None:
    """Below both sides: each model's cost by the tokens kept, as far as both were asked the same."""
    earlier = choices.beside("reach", found)
    if earlier is None:
        return
    first, place = earlier
    steps = [int(step) for step in first.steps if step in found.steps]
    mine, theirs = (_costs(one, steps) for one in (first, found))
    rows = [
        [f"{step:,}", *(_nats(float(cost)) for cost in (one, other, other - one))]
        for step, one, other in zip(steps, mine, theirs, strict=True)
    ]
    with place:
        frame.section(says("reach.what-does-a-cut-text"))
        head = [says("reach.tokens-kept"), first.model, found.model, "difference"]
        scrolling("laid", head, rows, says("reach.nats-a-guess-more-than"))
        frame.quiet(says("reach.nats-a-guess-more-than-2"))


def _costs(found: Reach, steps: list[int]) -> np.ndarray:
    """Of a cut text, (steps,): nats a guess above the whole text's."""
    at = [int(np.flatnonzero(found.steps == step)[0]) for step in steps]
    return found.values[found.ways.index("cut"), at] - found.whole


def _nats(amount: float) -> str:
    return f"{amount:+.2f}".replace("-", "−")
