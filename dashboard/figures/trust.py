"""Evidence about maps: curves of what is left, methods beside each other, scrambled models, whiskers."""

from collections.abc import Callable, Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import label, plain, signed
from dashboard.interface import says
from interpret.results import (
    Agreement,
    Completeness,
    Curves,
    Fidelity,
    Result,
    Scrambling,
    Stability,
    TokenScores,
)
from interpret.sentences import rounded

MARKS, APART = ("circle", "diamond", "square"), 0.24  # of whiskers: seeds, baselines, edits
FORETELLS = ("foretold<br>(1 − infidelity)", says("figure-trust.map-moves-br-max-sensitivity"))
GREY, BAND = "#8a8f98", "rgba(138,143,152,0.22)"


def trust(found: Result, beside: Sequence[TokenScores] | None = None) -> go.Figure:
    """The picture of any evidence; `beside` are the maps that an agreement is about."""
    return FIGURES[found.kind](found, beside) if beside else FIGURES[found.kind](found)


def _curves(found: Curves) -> go.Figure:
    x = found.removed
    lines = [
        go.Scatter(x=x, y=found.random[2], mode="lines", line_width=0, hoverinfo="skip", showlegend=False),
        go.Scatter(
            x=x, y=found.random[1], mode="lines", line_width=0, fill="tonexty", fillcolor=BAND,
            hoverinfo="skip", showlegend=False,
        ),
        go.Scatter(
            x=x, y=found.random[0], name=says("figure-trust.random-orders-area", random_areas=found.random_areas[0, 0]),
            line={"color": GREY},
        ),
    ]  # fmt: skip
    for row, title in enumerate(found.titles):
        away = [says("figure-trust.nothing-yet"), *(label(found.shown[word]) for word in found.orders[row])]
        name = says("figure-trust.area", title=title, area=found.areas[row, 0])
        lines.append(
            go.Scatter(
                x=x, y=found.values[row], name=name, customdata=away, mode="lines+markers",
                line_width=3 if row == 0 else 1.5, marker_size=6 if row == 0 else 4,
                hovertemplate=says("figure-trust.hover-away-last"),
            )
        )  # fmt: skip
    if found.greedy is not None:
        name = says("figure-trust.greedy-order-area", greedy_area=found.greedy_area)
        lines.append(go.Scatter(x=x, y=found.greedy, name=name, line={"dash": "dot", "color": GREY}))
    return _lined(go.Figure(lines), says("figure-trust.words-taken-away"), "probability", 380)


def _lined(figure: go.Figure, x: str, y: str, height: int) -> go.Figure:
    plain(figure, height)
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": -0.22, "x": 0}, margin_b=90)
    figure.update_xaxes(title=x)
    return figure.update_yaxes(title=y, rangemode="tozero")


def _agreement(found: Agreement, beside: Sequence[TokenScores] = ()) -> go.Figure:
    rows, names = [], []
    for scores in beside:
        sums = np.bincount(scores.words, weights=scores.values, minlength=int(scores.words.max()) + 1)
        shown = sums[found.numbers]
        most = float(np.abs(shown).max()) or 1.0
        rows.append(shown / most)
        title = dict(zip(found.names, found.titles, strict=True)).get(scores.method, scores.method)
        like = _like_first(found, scores.method)
        names.append(f"{title}{like}")
    away = found.values + 2 * np.eye(len(found.names))
    one, other = np.unravel_index(int(away.argmin()), away.shape)
    disputed = {int(w) for w in found.disputed[one, other] if found.apart[one, other, w] > 0}
    words = [f"<u>{label(w)}</u>" if i in disputed else label(w) for i, w in enumerate(found.shown)]
    figure = go.Figure(
        go.Heatmap(
            z=np.array(rows), coloraxis="coloraxis", xgap=2, ygap=4,
            hovertemplate=says("figure-trust.hover-of-its-largest-score"),
        )
    )  # fmt: skip
    plain(figure, 110 + 34 * len(rows))
    figure.update_layout(coloraxis={"cmin": -1, "cmax": 1, "autocolorscale": True, "showscale": False})
    figure.update_xaxes(tickvals=np.arange(len(words)), ticktext=words, side="top", tickangle=-45)
    return figure.update_yaxes(tickvals=np.arange(len(names)), ticktext=names, autorange="reversed")


def _like_first(found: Agreement, method: str) -> str:
    if method not in found.names or found.names[0] == method:
        return ""
    return f" ({found.values[0, found.names.index(method)]:+.2f})"


def _scrambling(found: Scrambling) -> go.Figure:
    lines = [
        go.Scatter(
            x=np.arange(len(found.stages)),
            y=np.where(found.defined[row], found.values[row], np.nan),
            name=title,
            mode="lines+markers", hovertemplate="%{y:.2f}<extra></extra>",
        )
        for row, title in enumerate(found.titles)
    ]  # fmt: skip
    figure = _lined(
        go.Figure(lines), says("figure-trust.scrambled-down"), says("figure-trust.rank-correlation"), 360
    )
    figure.add_hline(y=found.limit, line={"dash": "dot", "color": GREY})
    figure.update_layout(showlegend=False, margin_b=60)
    names = [label(stage) for stage in found.stages]
    figure.update_xaxes(tickvals=np.arange(len(names)), ticktext=names)
    return figure.update_yaxes(range=[min(-0.05, float(found.values.min()) - 0.05), 1.05], rangemode="normal")


def _stability(found: Stability) -> go.Figure:
    """The map as shown, and beside each other a whisker for each kind of change."""
    shown, x = found.values[0], np.arange(found.values.shape[1])
    words = [label(word) for word in found.shown]
    figure = go.Figure(
        go.Bar(
            x=x, y=shown, marker=signed(shown.tolist()), customdata=words, showlegend=False,
            hovertemplate=f"%{{customdata}}: %{{y:.3f}} {found.unit}<extra></extra>",
        )
    )  # fmt: skip
    count = len(found.ranges)
    for at, (kind, (low, high)) in enumerate(found.ranges.items()):
        told = np.stack((np.array(words, dtype=object), low, high), axis=-1)
        figure.add_scatter(
            x=x + APART * (at - (count - 1) / 2), y=(low + high) / 2, mode="markers", name=kind, customdata=told,
            marker={"symbol": MARKS[at], "size": 7, "color": GREY},
            error_y={"type": "data", "array": (high - low) / 2, "color": GREY, "thickness": 1.5, "width": 3},
            hovertemplate=f"%{{customdata[0]}}, {kind}: %{{customdata[1]:.3f}} to %{{customdata[2]:.3f}}"
            "<extra></extra>",
        )  # fmt: skip
    plain(figure, 360)
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.14, "x": 0}, margin_t=48)
    figure.update_yaxes(title=found.unit, zeroline=True)
    return figure.update_xaxes(tickvals=x, ticktext=words, tickangle=-45)


def _fidelity(found: Fidelity) -> go.Figure:
    shares = np.stack((1 - found.unexplained, found.sensitivity))
    bars = [
        go.Bar(
            x=shares[:, row], y=FORETELLS, orientation="h", name=title,
            text=[rounded(share) for share in shares[:, row]], textposition="outside", cliponaxis=False,
            hovertemplate="%{x:$.1%}<extra></extra>",
        )
        for row, title in enumerate(found.titles)
    ]  # fmt: skip
    figure = plain(go.Figure(bars), 190)
    return figure.update_xaxes(
        tickformat="$.2~%", range=[min(0.0, shares.min()), max(1.1, shares.max() * 1.1)]
    )


def _completeness(found: Completeness) -> go.Figure:
    """The sum of the scores by steps, and the line that it must reach."""
    gaps = [f"{gap:.2g}\u00a0%" for gap in found.values]
    bars = go.Bar(
        x=np.arange(len(found.steps)), y=found.sums, text=gaps, textposition="outside", cliponaxis=False,
        marker=signed(found.sums.tolist()), hovertemplate=says("figure-trust.hover-gap"),
    )  # fmt: skip
    figure = plain(go.Figure(bars), 280)
    figure.add_hline(y=found.wanted, line={"dash": "dot", "color": GREY})
    figure.update_yaxes(title=found.measured)
    names = [str(step) for step in found.steps]
    return figure.update_xaxes(title="steps", tickvals=np.arange(len(names)), ticktext=names)


FIGURES: dict[str, Callable[..., go.Figure]] = {
    "curves": _curves,
    "scrambling": _scrambling,
    "stability": _stability,
    "fidelity": _fidelity,
    "agreement": _agreement,
    "completeness": _completeness,
}
