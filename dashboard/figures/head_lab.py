"""Do heads explain? Taus of every head, of one text and over many, and what shuffling each head does."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures.look import label, plain
from dashboard.interface import says
from interpret.results import HeadsExplaining, HeadTaus
from interpret.results.head_lab import MAPS
from interpret.sentences import rounded

PAIRED = (says("figure-head-lab.with-gradients"), says("figure-head-lab.with-leaving-out"))


def head_taus(found: HeadTaus) -> go.Figure:
    """Tau of every head with gradients and with leaving out; bold: p below 0.05."""
    return _grids(
        [found.values[..., 0], found.values[..., 1]], PAIRED,
        [(found.p[..., at] < 0.05) & found.defined[..., at] for at in range(2)], says("figure-head-lab.hover-tau"),
    )  # fmt: skip


def maps(found: HeadTaus) -> go.Figure:
    """The three maps under each other, each as shares of its largest."""
    shown = found.maps / np.maximum(found.maps.max(axis=1, keepdims=True), 1e-12)
    figure = go.Figure(
        go.Heatmap(
            z=shown, customdata=found.maps, coloraxis="coloraxis", xgap=2, ygap=6, y=list(range(3)),
            hovertemplate="%{customdata:$.1%}<extra></extra>",
        )
    )  # fmt: skip
    plain(figure, 230)
    figure.update_layout(coloraxis={"cmin": 0.0, "cmax": 1.0, "showscale": False})
    names = [label(found.tokens[at]) for at in found.at]
    figure.update_xaxes(tickvals=np.arange(len(names)), ticktext=names, side="top", tickangle=-45)
    return figure.update_yaxes(tickvals=np.arange(3), ticktext=list(MAPS), autorange="reversed")


def heads_explaining(found: HeadsExplaining) -> go.Figure:
    """Mean taus of every head (bold: the bounds leave out 0), and the median change by shuffling it."""
    sure = [(found.heads_low[..., at] > 0) | (found.heads_high[..., at] < 0) for at in range(2)]
    moved = np.median(found.shuffled, 0)
    most = np.zeros_like(moved, dtype=bool)
    most[found.head] = True
    return _grids(
        [found.values[..., 0], found.values[..., 1], moved],
        (*PAIRED, says("figure-head-lab.answer-moves-shuffled")),
        [*sure, most],
        "%{z:.3f}",
    )


def _grids(
    values: list[np.ndarray], titles: tuple[str, ...], strong: list[np.ndarray], said: str
) -> go.Figure:
    """Layers by heads: two side by side, three under each other. A third one are shares and no taus."""
    stacked, (layers, heads) = len(values) > 2, values[0].shape
    places = [(at + 1, 1) if stacked else (1, at + 1) for at in range(len(values))]
    figure = make_subplots(
        rows=places[-1][0], cols=places[-1][1], subplot_titles=titles, horizontal_spacing=0.06,
        vertical_spacing=0.1,
    )  # fmt: skip
    for at, ((row, column), grid) in enumerate(zip(places, values, strict=True)):
        axis = "coloraxis" if at < 2 else "coloraxis2"
        marks = np.full(grid.shape, "", dtype=object)
        for cell, value in np.ndenumerate(grid):
            text = f"{value:+.2f}" if at < 2 else rounded(value, 1)
            marks[cell] = f"<b>{text}</b>" if strong[at][cell] else text
        heat = go.Heatmap(
            z=grid, coloraxis=axis, xgap=1, ygap=1, hovertemplate=f"{said}<extra></extra>", text=marks,
            texttemplate="%{text}" if heads <= 8 else "", textfont_size=11,
        )  # fmt: skip
        figure.add_trace(heat, row=row, col=column)
    plain(figure, 60 + places[-1][0] * (50 + 34 * layers))
    figure.update_layout(
        margin_t=48, coloraxis={"cmin": -1, "cmax": 1, "showscale": False, "autocolorscale": True}
    )
    if stacked:
        most = max(float(values[2].max()), 1e-9)
        figure.update_layout(coloraxis2={"cmin": 0.0, "cmax": 1.6 * most, "showscale": False})
    figure.update_annotations(font_size=12, selector={"yanchor": "bottom"})  # the titles
    figure.update_xaxes(tickvals=np.arange(heads), ticktext=[str(h) for h in range(heads)], fixedrange=True)
    rows = [f"layer {n + 1}" for n in range(layers)]
    figure.update_yaxes(tickvals=np.arange(layers), ticktext=rows, autorange="reversed", fixedrange=True)
    for at in range(len(values) - 1) if stacked else ():
        figure.update_xaxes(showticklabels=False, row=at + 1, col=1)
    if not stacked:
        figure.update_yaxes(showticklabels=False, row=1, col=2)
    return figure


FIGURES = {"head-taus": head_taus, "heads-explaining": heads_explaining}
