"""Words in their sentences layer by layer, layers of two models side by side, how alike everything is."""

import textwrap
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import label, plain
from dashboard.figures.space import CHOSEN, flip
from dashboard.interface import says
from interpret.results import Likeness, Narrowness, WordContexts

SYMBOLS = ("circle", "square", "triangle-up", "x", "cross", "triangle-down", "pentagon", "hexagon")


def layer_names(count: int) -> list[str]:
    """What the layers are called: 0 is the embedding."""
    return ["embedding", *(f"layer {layer}" for layer in range(1, count))]


def occurrences(found: WordContexts) -> go.Figure:
    """A dot for each occurrence, a page for each layer; the last layer at first."""
    names = layer_names(len(found.values))
    groups = [np.flatnonzero(found.groups == number) for number in range(len(found.group_names))]
    hover = np.array([_sentence(found, row) for row in range(len(found.sentences))], dtype=object)
    traces = [
        go.Scatter(
            x=found.values[-1, rows, 0], y=found.values[-1, rows, 1], mode="markers", name=label(group),
            text=hover[rows], hovertemplate="%{text}<extra></extra>",
            marker={
                "size": 18 if found.own[rows].all() else 11, "opacity": 0.8, "line": {"width": 1},
                "symbol": "star" if found.own[rows].all() else SYMBOLS[number % len(SYMBOLS)],
            },
        )
        for number, (group, rows) in enumerate(zip(found.group_names, groups, strict=True))
    ]  # fmt: skip
    frames = [
        go.Frame(
            name=names[layer], traces=list(range(len(groups))),
            data=[{"type": "scatter", "x": page[rows, 0], "y": page[rows, 1]} for rows in groups],
        )
        for layer, page in enumerate(found.values)
    ]  # fmt: skip
    made_by = says("figure-contexts.pca-of-each-layers-states")
    figure: Any = flip(go.Figure(traces, frames=frames), found.values, made_by)
    figure.layout.sliders[0].active = len(names) - 1
    return figure


def _sentence(found: WordContexts, row: int) -> str:
    """The sentence with its word in bold, in lines that fit."""
    sentence, start = found.sentences[row], int(found.starts[row])
    end = start + len(found.word)
    around = sentence[max(0, start - 90) : start], sentence[start:end], sentence[end : end + 90]
    text = f"{'…' if start > 90 else ''}{around[0]}\x01{around[1]}\x02{around[2]}"
    lines = textwrap.wrap(text + ("…" if len(sentence) > end + 90 else ""), 46) or [""]
    return "<br>".join(label(line).replace("\ufffd", "") if "\x01" not in line and "\x02" not in line
                       else _bold(line) for line in lines)  # fmt: skip


def _bold(line: str) -> str:
    parts = line.replace("\x02", "\x01").split("\x01")
    marked = [f"<b>{_plain(part)}</b>" if at == 1 else _plain(part) for at, part in enumerate(parts)]
    return "".join(marked)


def _plain(part: str) -> str:
    """A part of a line with its spaces; nothing in it is read as markup."""
    lead, trail = " " * (len(part) - len(part.lstrip(" "))), " " * (len(part) - len(part.rstrip(" ")))
    return f"{lead}{label(part)}{trail}" if part.strip(" ") else part


def senses(found: WordContexts) -> go.Figure:
    """Layer by layer: how many sentences stand by their own sense; and how alike all occurrences are."""
    names = layer_names(len(found.values))
    lines = [
        (says("figure-contexts.two-occurrences-mean-cosine"), found.same),
        (says("figure-contexts.two-random-words-mean-cosine"), found.random),
    ]
    if len(found.sorted_right):
        lines.insert(0, (says("figure-contexts.nearest-has-the-same-sense"), found.sorted_right))
    figure = plain(go.Figure([_line(names, values, name) for name, values in lines]), 300)
    if len(found.sorted_right):
        figure.add_hline(
            y=found.chance, line_dash="dot", annotation_text=says("figure-contexts.senses-dealt-at-random")
        )
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    low = min(0.0, float(found.random.min()), float(found.same.min()))
    return figure.update_yaxes(range=[low - 0.02, 1.05])


def narrowness(found: Narrowness) -> go.Figure:
    """Mean cosines after each layer."""
    names = layer_names(found.values.shape[1])
    lines = [_line(names, values, name) for name, values in zip(found.measures, found.values, strict=True)]
    figure = plain(go.Figure(lines), 320)
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    return figure.update_yaxes(
        title=says("figure-contexts.mean-cosine"), range=[min(0.0, float(found.values.min())) - 0.02, 1.05]
    )


def _line(names: list[str], values: np.ndarray, name: str) -> go.Scatter:
    return go.Scatter(
        x=names,
        y=values,
        name=name,
        mode="lines+markers",
        hovertemplate="%{y:.2f}<extra>" + name + "</extra>",
    )


def likeness(found: Likeness) -> go.Figure:
    """Layers of one model from below, of the other from left to right; transparent squares take clicks."""
    rows, columns = found.values.shape
    y, x = (place.ravel() for place in np.indices((rows, columns)))
    figure = go.Figure(
        [
            go.Heatmap(
                z=found.values, coloraxis="coloraxis", xgap=2, ygap=2, hoverinfo="skip", texttemplate="%{z:.2f}",
            ),
            go.Scatter(
                x=x, y=y, mode="markers", text=[f"{value:.2f}" for value in found.values.ravel()],
                marker={"symbol": "square", "size": 44, "opacity": 0.0},
                selected_marker_opacity=0.0, unselected_marker_opacity=0.0, customdata=found.shuffled.ravel(),
                hovertemplate=says("figure-contexts.hover-cka-words-paired-at-random"),
            ),
        ]
    )  # fmt: skip
    plain(figure, 140 + 48 * rows)
    figure.update_layout(
        coloraxis={"cmin": 0, "cmax": 1, "showscale": False}, clickmode="event+select", hoverlabel_align="left",
        width=170 + 72 * columns,
    )  # fmt: skip
    figure.update_xaxes(
        tickvals=np.arange(columns), ticktext=layer_names(columns), title=label(found.other), side="top",
        showgrid=False, tickangle=0,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=np.arange(rows), ticktext=layer_names(rows), title=label(found.model), showgrid=False
    )
    row, column = found.cell
    figure.add_shape(
        type="rect",
        x0=column - 0.5,
        x1=column + 0.5,
        y0=row - 0.5,
        y1=row + 0.5,
        line={"width": 3, "color": CHOSEN},
    )
    return figure


def matched(found: Likeness) -> go.Figure:
    """Each word along the direction that the two layers share most."""
    figure = go.Figure(
        go.Scattergl(
            x=found.pairs[:, 0], y=found.pairs[:, 1], mode="markers", text=[label(word) for word in found.shown],
            marker={"size": 5, "opacity": 0.6}, hovertemplate="%{text}<extra></extra>",
        )
    )  # fmt: skip
    plain(figure, 380)
    row, column = found.cell
    mine, theirs = layer_names(found.values.shape[0])[row], layer_names(found.values.shape[1])[column]
    figure.update_xaxes(title=f"{label(found.model)}, {mine}")
    return figure.update_yaxes(title=f"{label(found.other)}, {theirs}")


FIGURES = {"word-contexts": occurrences, "likeness": likeness, "narrowness": narrowness}
