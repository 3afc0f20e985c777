"""What words do to a class, on average over many texts: a bar each, with the bounds of its mean."""

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import label, plain, signed
from interpret.results import OverTexts


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
                "thickness": 1.5, "width": 3,
            },
            customdata=[
                [name, int(found.counts[row]), f"{low[n]:.2f} to {high[n]:.2f}", f"{found.spread[row]:.2f}"]
                for n, (row, name) in enumerate(zip(rows, names, strict=True))
            ],
            hovertemplate="%{customdata[0]}: %{x:.2f} (%{customdata[2]}) in %{customdata[1]} texts, "
            "spread %{customdata[3]}<extra></extra>",
        )
    )  # fmt: skip
    plain(figure, 76 + 24 * len(rows))
    ticks = [f"{name} ({found.counts[row]})" for row, name in zip(rows, names, strict=True)]
    most_seen = 1.6 * float(np.abs(means).max(initial=1e-9))  # a bound far out must not make all bars small
    figure.update_xaxes(
        title=f"mean score towards “{label(found.of)}” ({found.unit})", zeroline=True,
        range=[max(float(low.min(initial=0)), -most_seen) * 1.05, min(float(high.max(initial=0)), most_seen) * 1.05],
    )  # fmt: skip
    return figure.update_yaxes(
        tickvals=np.arange(len(rows)), ticktext=ticks, autorange="reversed", ticklabelstandoff=6
    )


FIGURES = {"over-texts": over_texts}
