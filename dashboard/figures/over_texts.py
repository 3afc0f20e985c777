"""What words do to a class, on average over many texts: a bar each, with the bounds of its mean."""

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import label, plain, signed
from dashboard.interface import says
from interpret.results import OverTexts

GREY = "#8a8f98"  # readable on light and on dark


def over_texts(found: OverTexts, most: int = 10) -> go.Figure:
    """The words that push up most on top, those that push down most below."""
    rows = found.ends(most)
    means, low, high = found.values[rows], found.low[rows], found.high[rows]
    names = [label(found.shown[row]) for row in rows]
    figure = go.Figure(
        go.Bar(
            x=means, y=np.arange(len(rows)), orientation="h", marker=signed(means.tolist()),
            error_x={
                "type": "data", "symmetric": False, "array": high - means, "arrayminus": means - low,
                "thickness": 1.5, "width": 3, "color": GREY,
            },
            customdata=[
                [name, int(found.counts[row]), f"{low[n]:.2f} to {high[n]:.2f}", f"{found.spread[row]:.2f}"]
                for n, (row, name) in enumerate(zip(rows, names, strict=True))
            ],
            hovertemplate=says("figure-over-texts.hover-in-texts-spread"),
        )
    )  # fmt: skip
    plain(figure, 76 + 24 * len(rows))
    ticks = [f"{name} ({found.counts[row]})" for row, name in zip(rows, names, strict=True)]
    ends = _ends(found, rows)
    for side, (end, bounds) in enumerate(zip(ends, (low, high), strict=True)):
        out = [n for n, bound in enumerate(bounds) if abs(bound) > abs(end) and bound * end > 0]
        figure.add_scatter(
            x=[end] * len(out), y=out, mode="markers", cliponaxis=False, customdata=[f"{bounds[n]:.2f}" for n in out],
            marker={"symbol": ("triangle-left", "triangle-right")[side], "size": 10, "color": GREY},
            hovertemplate=says("figure-over-texts.hover-the-bound-is-at"),
        )  # fmt: skip
    figure.update_xaxes(
        title=says("figure-over-texts.mean-score-towards", of=label(found.of), unit=found.unit),
        zeroline=True,
        range=ends,
    )
    return figure.update_yaxes(
        tickvals=np.arange(len(rows)), ticktext=ticks, autorange="reversed", ticklabelstandoff=6
    )


def _ends(found: OverTexts, rows: list[int]) -> list[float]:
    """Where the axis begins and ends: a bound far out must not make all bars small."""
    seen = 1.6 * float(np.abs(found.values[rows]).max(initial=1e-9))
    low, high = float(found.low[rows].min(initial=0)), float(found.high[rows].max(initial=0))
    return [1.05 * max(low, -seen), 1.05 * min(high, seen)]


def outside(found: OverTexts, most: int = 10) -> list[str]:
    """The words with a bound further out than the picture reaches."""
    rows = found.ends(most)
    first, last = _ends(found, rows)
    return [found.shown[row] for row in rows if found.low[row] < first or found.high[row] > last]


FIGURES = {"over-texts": over_texts}
