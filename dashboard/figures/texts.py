"""Across many texts: figures of slices with their bounds, calibration, and where factors are strong."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import label, plain
from dashboard.interface import says
from interpret.results import TextFactors, Texts
from interpret.results.text_metrics import Calibration, Slice
from interpret.sentences import rounded

LONGEST_NAME = 34


def texts(found: Texts) -> go.Figure:
    """How it does on short and long texts and on those of each label."""
    return slices(found.slices(), right=found.names_classes)


def slices(found: Sequence[Slice], *, right: bool) -> go.Figure:
    """A dot for each slice with its 95 % bounds; all texts on top. `right`: shares of right answers, not losses."""
    places = np.arange(len(found))
    values = np.array([one.value for one in found])
    low = np.array([one.value if one.low is None else one.low for one in found])
    high = np.array([one.value if one.high is None else one.high for one in found])
    shape = "%{x:$.0%}" if right else says("figure-texts.hover-nats-per-token")
    figure = go.Figure(
        go.Scatter(
            x=values, y=places, mode="markers", marker={"size": 9},
            error_x={
                "type": "data", "symmetric": False, "array": high - values, "arrayminus": values - low,
                "thickness": 1.5, "width": 4,
            },
            customdata=[label(one.name) for one in found],
            hovertemplate=f"%{{customdata}}: {shape}<extra></extra>",
        )
    )  # fmt: skip
    plain(figure, 84 + 28 * len(found))
    figure.add_vline(x=float(values[0]), line_width=1, line_dash="dot", line_color="gray")
    title = says("figure-texts.share-of-right-answers") if right else says("figure-texts.loss-nats-per-token")
    figure.update_xaxes(title=title, tickformat="$.2~%" if right else None, automargin=True)
    if right:
        figure.update_xaxes(range=[max(0.0, float(low.min()) - 0.05), 1.02])
    names = [f"{label(_short(one.name))} ({one.n:,})" for one in found]
    return figure.update_yaxes(
        tickvals=places, ticktext=names, range=[len(found) - 0.5, -0.5], ticklabelstandoff=6, showgrid=False
    )


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def calibration(found: Calibration) -> go.Figure:
    """How often it was right, against how sure it was; on the dotted line both are the same."""
    figure = go.Figure(
        go.Scatter(
            x=found.sure, y=found.right, mode="markers+text", marker={"size": 9},
            text=[f"{n:,}" for n in found.n], textposition="bottom right",
            error_y={
                "type": "data", "symmetric": False, "array": found.most - found.right,
                "arrayminus": found.right - found.least, "thickness": 1.5, "width": 4,
            },
            customdata=[
                says("figure-texts.bin", texts=n, low=rounded(low), high=rounded(high))
                for n, low, high in zip(found.n, found.low, found.high, strict=True)
            ],
            hovertemplate=says("figure-texts.hover-sure-on-average-right"),
        )
    )  # fmt: skip
    start = float(found.low.min())
    figure.add_scatter(
        x=[start, 1],
        y=[start, 1],
        mode="lines",
        line={"width": 1, "dash": "dot", "color": "gray"},
        hoverinfo="skip",
    )
    plain(figure, 340)
    figure.update_xaxes(
        title=says("figure-texts.how-sure-it-was-mean"),
        tickformat="$.2~%",
        range=[start - 0.03, 1.06],
        dtick=0.1,
    )
    return figure.update_yaxes(
        title=says("figure-texts.how-often-it-was-right"), tickformat="$.2~%", range=[-0.08, 1.06]
    )


def text_factors(found: TextFactors) -> go.Figure:
    """The mean of each factor (rows) along each text (columns)."""
    means = found.means()
    figure = go.Figure(
        go.Heatmap(
            z=means, zmin=0.0, coloraxis="coloraxis",
            customdata=[[label(" ".join(text.split())[:60]) for text in found.texts]] * len(means),
            hovertemplate=says("figure-texts.hover-factor-in-text"),
        )
    )  # fmt: skip
    plain(figure, 110 + 26 * len(means))
    figure.update_layout(
        coloraxis={
            "cmin": 0.0,
            "cmax": float(means.max()) or 1.0,
            "colorbar": {"title": says("figure-texts.mean")},
        }
    )
    count = means.shape[1]
    every = max(1, -(-count // 8))
    figure.update_xaxes(
        tickvals=list(range(0, count, every)), ticktext=[str(found.numbers[at]) for at in range(0, count, every)],
        title="text",
    )  # fmt: skip
    return figure.update_yaxes(
        tickvals=np.arange(len(means)), ticktext=[str(k + 1) for k in range(len(means))], autorange="reversed",
        title="factor",
    )  # fmt: skip


FIGURES = {"texts": texts, "text-factors": text_factors}
