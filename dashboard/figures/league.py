"""Maps against the truth: a row a method, with its bounds, and the line of chance."""

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import label, plain
from dashboard.interface import says
from interpret.results import League
from interpret.results.league import ALL, MEASURES, READINGS

UNBEATEN = says("figure-league.no-better-than-chance")
GREY, ROW = "#808495", 36  # seen on light and on dark ground; px
AXES = {
    "auc": says("figure-league.auc-probability-that-a-true"),
    "hit": says("figure-league.maps-whose-largest-score"),
}


def league(found: League, group: str = ALL, measure: str = "auc", reading: str = "signed") -> go.Figure:
    """The best on top; open marks are no better than chance."""
    r, m, at = READINGS.index(reading), MEASURES.index(measure), found.groups.index(group)
    order = found.ranking(reading, measure, group)
    beaten, chance = found.beats(reading, measure)[:, at], float(found.chance[m, at])
    shares = found.values[r, m, order, at]
    low, high = found.low[r, m, order, at], found.high[r, m, order, at]
    figure = go.Figure(
        go.Scatter(
            x=shares, y=np.arange(len(order)), mode="markers", cliponaxis=False,
            error_x={
                "type": "data", "symmetric": False, "array": np.maximum(high - shares, 0),
                "arrayminus": np.maximum(shares - low, 0), "thickness": 2, "width": 0,
            },
            marker={
                "size": 11, "symbol": ["circle" if beaten[row] else "circle-open" for row in order],
                "line": {"width": 2},
            },
            customdata=[
                [label(found.titles[row]), f"{low[n]:.2f} to {high[n]:.2f}", "" if beaten[row] else UNBEATEN]
                for n, row in enumerate(order)
            ],
            hovertemplate="%{customdata[0]}: %{x:.2f} (%{customdata[1]})%{customdata[2]}<extra></extra>",
        )
    )  # fmt: skip
    plain(figure, 96 + ROW * len(order))
    for row, method in enumerate(order):  # above its dot: beside them, a phone would have no room
        figure.add_shape(
            type="line",
            x0=0,
            x1=1,
            y0=row,
            y1=row,
            line={"color": GREY, "width": 1},
            opacity=0.3,
            layer="below",
        )
        said = f"{label(found.titles[method])}  {shares[row]:.2f}"
        figure.add_annotation(
            x=0, y=row - 0.42, text=said, showarrow=False, xanchor="left", yanchor="middle", font_size=12
        )
    figure.add_vline(x=chance, line={"dash": "dash", "color": GREY, "width": 1})
    figure.add_annotation(
        x=chance, y=-1.0, text="chance", showarrow=False, font_color=GREY, xanchor="left", xshift=6
    )
    figure.update_xaxes(range=[-0.02, 1.02], dtick=0.25, title=AXES[measure])
    return figure.update_yaxes(range=[len(order) - 0.5, -1.3], visible=False)


FIGURES = {"league": league}
