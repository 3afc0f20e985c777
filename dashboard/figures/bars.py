"""Bars: guesses with their probabilities, and scores of one target; a heatmap for every target at once."""

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import label, plain, ramp
from dashboard.interface import says
from interpret.results import ClassScores, NextWords, TokenGrid, TokenScores
from interpret.sentences import percent, rounded


def next_words(found: NextWords) -> go.Figure:
    """The likeliest next tokens after the text, the likeliest on top, with percentages beside them."""
    return guesses(found, -1)


def guesses(found: NextWords, row: int) -> go.Figure:
    """The candidates of one row, the likeliest on top."""
    of = says("figure-bars.of-being-the-next-token") if found.ahead else says("figure-bars.of-standing-here")
    top = found.values[row]
    figure = shares(top, [label(token) for token in found.marked(row)], f"probability {of}")
    return figure.update_xaxes(range=[0, float(top[0]) * 1.15])


def classes(found: ClassScores) -> go.Figure:
    """The probability of each class, the likeliest on top."""
    order = np.argsort(-found.values, kind="stable")
    names = [label(found.classes[k]) for k in order]
    figure = shares(found.values[order], names, says("figure-bars.probability-of-the-class"))
    return figure.update_xaxes(range=[0, 1.1], tickvals=[0, 0.25, 0.5, 0.75, 1]).update_layout(
        height=96 + 28 * len(names), margin_b=56
    )


def shares(found: np.ndarray, names: list[str], title: str) -> go.Figure:
    """Bars of probabilities, with percentages beside them."""
    places = np.arange(len(found))
    figure = go.Figure(
        go.Bar(
            x=found,
            y=places,
            orientation="h",
            marker=ramp(found.tolist()),
            text=[rounded(share, 1) if share >= 0.001 else percent(share) for share in found],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{customdata}: %{x:$.2%}<extra></extra>",
            customdata=names,
        )
    )
    plain(figure, 44 + 28 * len(found))
    figure.update_xaxes(title=title, tickformat="$.2~%")
    return figure.update_yaxes(tickvals=places, ticktext=names, autorange="reversed", ticklabelstandoff=6)


def token_scores(found: TokenScores) -> go.Figure:
    """One bar a token, in the order of the text; above 0 pushes up, below 0 pushes down."""
    places = np.arange(len(found.tokens))
    figure = go.Figure(
        go.Bar(
            x=places,
            y=found.values,
            customdata=[label(token) for token in found.tokens],
            hovertemplate=f"%{{customdata}}: %{{y:.3f}} {found.unit}<extra></extra>",
        )
    )
    plain(figure, 320)
    figure.update_yaxes(title=found.unit, zeroline=True)
    return figure.update_xaxes(tickvals=places, ticktext=[label(token) for token in found.tokens])


def token_grid(found: TokenGrid) -> go.Figure:
    """Every target (rows) by every token (columns), one colour scale with 0 in the middle if signed."""
    most = float(np.abs(found.values).max()) or 1.0
    rows, columns = found.values.shape
    figure = go.Figure(
        go.Heatmap(
            z=found.values,
            zmin=-most if found.signed else 0.0,
            zmax=most,
            coloraxis="coloraxis",
            hovertemplate=f"%{{z:.3f}} {found.unit}<extra></extra>",
        )
    )
    plain(figure, min(900, 80 + 18 * rows))
    figure.update_layout(
        coloraxis={"cmin": -most if found.signed else 0.0, "cmax": most, "colorbar": {"title": found.unit}}
    )
    figure.update_xaxes(tickvals=np.arange(columns), ticktext=[label(t) for t in found.tokens])
    return figure.update_yaxes(
        tickvals=np.arange(rows), ticktext=[label(t) for t in found.asked.shown], autorange="reversed"
    )


FIGURES = {
    "next-words": next_words,
    "classes": classes,
    "token-scores": token_scores,
    "token-grid": token_grid,
}
