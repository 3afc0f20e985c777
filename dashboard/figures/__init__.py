"""Plotly pictures of results.

They know plotly, numpy and the results, nothing else; colours come from the theme.
"""

import plotly.graph_objects as go

from dashboard.figures import bars
from dashboard.figures.look import CONFIG, direction
from dashboard.figures.surprise import surprise

__all__ = ["CONFIG", "FIGURES", "direction", "draw", "surprise"]

FIGURES = {
    "next-words": bars.next_words,
    "token-scores": bars.token_scores,
    "token-grid": bars.token_grid,
}


def draw(result) -> go.Figure:
    """The picture of a result, chosen by its kind (a word: live reload makes second copies of classes)."""
    return FIGURES[result.kind](result)
