"""A text the model wrote on: probability, indecision and focus of each token, aligned under it."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures.look import label, plain, ramp
from interpret.results import Written

TRACK = 130  # pixels


def written(found: Written) -> go.Figure:
    """Tracks over the drawn tokens, one below the other; a click on a bar chooses its token."""
    new = np.arange(found.given, len(found.tokens))
    tracks = [
        ("probability", found.values[new], "%{customdata}: %{y:.1%}<extra></extra>", ".0%", [0, 1.05]),
        ("undecided (bits)", found.entropy[new], "%{customdata}: %{y:.1f} bits<extra></extra>", "", None),
    ]
    if found.focus is not None:
        tracks.append(
            (
                "focus",
                found.focus[new],
                "%{customdata}: %{y:.0%} on three tokens<extra></extra>",
                ".0%",
                [0, 1.05],
            )
        )
    names = [label(found.tokens[k]) for k in new]
    figure = make_subplots(rows=len(tracks), shared_xaxes=True, vertical_spacing=0.06)
    for row, (title, values, hover, ticks, reach) in enumerate(tracks, start=1):
        bars = go.Bar(
            x=new, y=values, marker=ramp(values.tolist()), customdata=names, hovertemplate=hover,
        )  # fmt: skip
        figure.add_trace(bars, row=row, col=1)
        figure.update_yaxes(title=title, tickformat=ticks, range=reach, row=row, col=1)
    plain(figure, 70 + TRACK * len(tracks))
    figure.update_yaxes(fixedrange=True, automargin=True, rangemode="tozero", nticks=4)
    figure.update_xaxes(fixedrange=True)
    return figure.update_xaxes(
        tickvals=new, ticktext=names, tickangle=-60 if len(new) > 8 else 0, row=len(tracks), col=1
    )


FIGURES = {"written": written}
