"""Surprise along the text, one bar a word."""

import plotly.graph_objects as go

from dashboard.figures.look import label, plain, ramp
from dashboard.interface import says
from interpret.sentences import visible
from interpret.wording import Surprises

MOST = 30  # words with their name below


def surprise(found: Surprises) -> go.Figure:
    """Bits of each word in the order of the text; the start mark, which nothing predicts, is left out."""
    shown = [i for i, bits in enumerate(found.bits) if bits is not None]
    names = [label(visible(found.words[i].shown)) for i in shown]
    figure = go.Figure(
        go.Bar(
            x=shown,
            y=[found.bits[i] for i in shown],
            marker=ramp([found.bits[i] or 0.0 for i in shown]),
            customdata=names,
            hovertemplate=says("figure-surprise.hover-bits"),
        )
    )
    plain(figure, 260)
    every = -(-len(shown) // MOST) or 1  # so that a phone has room for their names
    figure.update_xaxes(
        tickvals=shown[::every],
        ticktext=names[::every],
        tickangle=-90,
        tickfont_size=10 if len(shown) > 24 else None,
    )
    return figure.update_yaxes(title=says("figure-surprise.surprise-bits"), rangemode="tozero")
