"""Surprise along the text, one bar a word."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import label, plain


def surprise(words: Sequence, bits: np.ndarray) -> go.Figure:
    """Bits (W,) of each word in the order of the text; the start mark, which nothing predicts, is left out."""
    shown = [i for i, word in enumerate(words) if word.shown]
    names = [label(words[i].shown) for i in shown]
    figure = go.Figure(
        go.Bar(
            x=shown,
            y=bits[shown],
            customdata=names,
            hovertemplate="%{customdata}: %{y:.1f} bits<extra></extra>",
        )
    )
    plain(figure, 260)
    every = max(1, len(shown) // 40)
    figure.update_xaxes(tickvals=shown[::every], ticktext=names[::every], tickangle=-45)
    return figure.update_yaxes(title="surprise (bits)", rangemode="tozero")
