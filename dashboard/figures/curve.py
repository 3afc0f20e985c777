"""A training's curves: what its guesses cost, and how many verbs it gets right, against what it has read."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.figures.look import plain
from dashboard.interface import says

Points = Sequence[dict[str, Any]]
READ = says("figure-curve.words-and-marks-read")


def loss(points: Points) -> go.Figure:
    """The held-out loss, between guessing evenly (above) and the grammar itself (below)."""
    figure = go.Figure(
        _line(points, says("figure-curve.the-model"), [point["held_out_nats"] for point in points], ".2f")
    )
    evenly, grammar = points[-1]["evenly_nats"], points[-1]["grammar_nats"]
    for name, nats in (
        (says("figure-curve.guessing-evenly", evenly=evenly), evenly),
        (says("figure-curve.the-grammar", grammar=grammar), grammar),
    ):
        figure.add_trace(_level(points, name, nats))
    _dress(figure, 360)
    return figure.update_yaxes(title=says("figure-curve.cost-of-a-guess-nats"), range=[0, 1.08 * evenly])


def verbs(points: Points) -> go.Figure:
    """The share of verbs that agree: right behind the subject, and behind a noun of the other number."""
    ways = (says("figure-curve.nothing-in-between"), says("figure-curve.another-noun-in-between"))
    figure = go.Figure(
        [
            _line(points, way, [point["agreement"][k] for point in points], "$.0%")
            for k, way in enumerate(ways)
        ]
    )
    figure.add_trace(_level(points, "chance", 0.5))
    _dress(figure, 280)
    return figure.update_yaxes(
        title=says("figure-curve.verbs-that-agree"), tickformat="$.2~%", range=[0, 1.04]
    )


def _line(points: Points, name: str, values: list[float], as_written: str) -> go.Scatter:
    return go.Scatter(
        x=[point["tokens"] for point in points], y=values, name=name, mode="lines+markers", cliponaxis=False,
        customdata=[f"{point['seconds'] / 60:.1f} min" for point in points],
        hovertemplate=f"%{{y:{as_written}}} after %{{x:,}} {READ} (%{{customdata}})<extra>{name}</extra>",
    )  # fmt: skip


def _level(points: Points, name: str, value: float) -> go.Scatter:
    """A line to compare with, dashed, as wide as the curve."""
    ends = [0, points[-1]["tokens"]]
    return go.Scatter(
        x=ends, y=[value, value], name=name, mode="lines", line={"dash": "dash", "width": 2}, hoverinfo="skip"
    )


def _dress(figure: go.Figure, height: int) -> None:
    plain(figure, height)
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "itemclick": False},
        margin={"t": 8},
    )
    figure.update_xaxes(title=READ, rangemode="tozero", tickformat="~s")
