"""Whole texts on a map: a dot a text, in the colour of its kind, its loss or its length."""

import textwrap
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import label
from dashboard.figures.space import CHOSEN, flat
from dashboard.interface import says
from interpret.results import TextMap

SCALES = {"losses": says("figure-text-map.loss-nats-a-token"), "lengths": says("figure-text-map.tokens")}


def texts(found: TextMap, colour: str = "groups", chosen: int | None = None) -> go.Figure:
    """`colour`: groups, losses or lengths. The chosen text and its nearest in truth are ringed."""
    figure = go.Figure(_by_group(found) if colour == "groups" else _by_number(found, colour))
    if chosen is not None:
        rows = [chosen, *found.near[chosen].tolist()]
        figure.add_trace(
            go.Scatter(
                x=found.values[rows, 0], y=found.values[rows, 1], mode="markers", hoverinfo="skip", showlegend=False,
                marker={
                    "size": [16] + [12] * (len(rows) - 1), "symbol": "circle-open", "color": CHOSEN,
                    "line": {"width": 2},
                },
            )
        )  # fmt: skip
    return flat(figure, found.made_by)


def _by_group(found: TextMap) -> list[go.Scattergl]:
    return [
        _dots(found, np.flatnonzero(found.groups == number), {"opacity": 0.75}, label(group))
        for number, group in enumerate(found.group_names)
    ]


def _by_number(found: TextMap, colour: str) -> list[go.Scattergl]:
    scale = {
        "title": SCALES[colour],
        "orientation": "h",
        "thickness": 10,
        "y": -0.16,
        "yanchor": "top",
        "len": 0.6,
    }
    marker = {"color": getattr(found, colour), "showscale": True, "colorbar": scale}
    return [_dots(found, np.arange(len(found.texts)), marker, "")]


def _dots(found: TextMap, rows: np.ndarray, marker: dict[str, Any], name: str) -> go.Scattergl:
    said = ["<br>".join(label(line) for line in textwrap.wrap(found.texts[row][:160], 50)) for row in rows]
    return go.Scattergl(
        x=found.values[rows, 0].astype(np.float32), y=found.values[rows, 1].astype(np.float32), mode="markers",
        name=name, showlegend=bool(name), customdata=[[int(row), one] for row, one in zip(rows, said, strict=True)],
        marker={"size": 8, "line": {"width": 0}, **marker},
        hovertemplate="%{customdata[1]}<extra>" + name + "</extra>",
    )  # fmt: skip


FIGURES = {"text-map": texts}
