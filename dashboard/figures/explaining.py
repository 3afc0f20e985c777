"""Is attention an explanation? Maps under each other, weights before and after, and many texts at once."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures.look import label, plain
from dashboard.interface import says
from interpret.results import Explaining, Swapped, ThreeMaps
from interpret.results.explaining import PAIRS

GREY = "#8a8f98"


def three_maps(found: ThreeMaps) -> go.Figure:
    """Attention, gradients and leaving out under each other, each as shares of its largest."""
    shown = found.values / np.maximum(found.values.max(axis=1, keepdims=True), 1e-12)
    figure = go.Figure(
        go.Heatmap(
            z=shown, customdata=found.values, coloraxis="coloraxis", xgap=2, ygap=6,
            hovertemplate="%{y}: %{customdata:$.1%}<extra></extra>", y=list(range(3)),
        )
    )  # fmt: skip
    plain(figure, 230)
    figure.update_layout(coloraxis={"cmin": 0.0, "cmax": 1.0, "showscale": False})
    names = [label(token) for token in found.tokens]
    figure.update_xaxes(tickvals=np.arange(len(names)), ticktext=names, side="top", tickangle=-45)
    return figure.update_yaxes(tickvals=np.arange(3), ticktext=list(found.maps), autorange="reversed")


def swapped(found: Swapped) -> go.Figure:
    """The model's own weights and the others, side by side for each word."""
    places, names = np.arange(len(found.tokens)), [label(token) for token in found.tokens]
    other = {
        "shuffled": says("figure-explaining.shuffled"),
        "adversary": says("figure-explaining.as-different-as-can-be"),
        "twin": says("figure-explaining.the-twin"),
    }[found.way]
    bars = [
        go.Bar(
            x=places, y=row, name=name, customdata=names,
            hovertemplate="%{customdata}: %{y:$.1%}<extra></extra>",
        )
        for row, name in zip(found.values, (says("figure-explaining.its-own"), other), strict=True)
    ]  # fmt: skip
    figure = plain(go.Figure(bars), 320)
    figure.update_layout(showlegend=True, legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})
    figure.update_xaxes(tickvals=places, ticktext=names, tickangle=-45)
    return figure.update_yaxes(title="weight", tickformat="$.2~%", rangemode="tozero")


def explaining(found: Explaining) -> go.Figure:
    """Above: tau of each text for the three pairs. Below: what shuffling does, by the largest weight."""
    figure = make_subplots(
        rows=2,
        cols=1,
        vertical_spacing=0.16,
        subplot_titles=(
            says("figure-explaining.how-alike-words-are-ranked"),
            says("figure-explaining.what-shuffling-does"),
        ),
    )
    for at, pair in enumerate(PAIRS):
        known = found.defined[:, at]
        figure.add_trace(
            go.Box(
                y=found.values[known, at], name=pair.replace(" and ", " /<br>"), boxmean=True, boxpoints="outliers",
                jitter=0, showlegend=False, hovertemplate=says("figure-explaining.hover-tau"),
            ),
            row=1, col=1,
        )  # fmt: skip
    for k, name in enumerate(found.classes):
        mine = found.predicted == k
        figure.add_trace(
            go.Scatter(
                x=found.largest[mine], y=found.shuffled[mine], mode="markers", name=f"predicted {label(name)}",
                marker={"size": 6, "opacity": 0.6},
                hovertemplate=says("figure-explaining.hover-largest-weight-the-answer"),
            ),
            row=2, col=1,
        )  # fmt: skip
    plain(figure, 720)
    figure.update_layout(
        showlegend=True,
        margin_t=48,
        legend={"orientation": "h", "x": 0, "y": -0.1, "yanchor": "top", "itemclick": False},
    )
    figure.update_yaxes(title=says("figure-explaining.kendalls-tau"), row=1, col=1)
    figure.update_xaxes(title=says("figure-explaining.largest-weight"), range=[0, 1], row=2, col=1)
    return figure.update_yaxes(
        title=says("figure-explaining.median-change-of-p"), rangemode="tozero", row=2, col=1
    )


FIGURES = {"three-maps": three_maps, "swapped": swapped, "explaining": explaining}
