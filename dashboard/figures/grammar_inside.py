"""Inside a model: what each unit does for agreement, what each layer holds, where it beats counting."""

from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import label, plain, signed
from dashboard.interface import layer_name, says
from interpret.results import Against, NumberUnits, Probes

GREY = "#808495"  # seen on light and on dark ground
NAMED = 4


def units(found: NumberUnits) -> go.Figure:
    """One dot a unit: the lead lost behind singular subjects to the right, behind plural ones upwards."""
    names = [found.called(unit) for unit in range(len(found.p))]
    top = found.order[:NAMED].tolist()
    figure = go.Figure()
    for layer in np.unique(found.layers):
        rows = np.flatnonzero(found.layers == layer)
        figure.add_trace(
            go.Scatter(
                x=found.leads[rows, 0], y=found.leads[rows, 1], mode="markers+text", name=f"layer {layer}",
                text=[names[row] if row in top else "" for row in rows], textposition="top center",
                marker={"size": [11 if row in top else 6 for row in rows]},
                customdata=[[label(names[row]), *(100 * found.values[row])] for row in rows],
                hovertemplate=says("figure-grammar-inside.hover-of-verbs-lost-behind-singular"),
            )
        )  # fmt: skip
    plain(figure, 420)
    for line in (figure.add_hline, figure.add_vline):
        line(0, line={"color": GREY, "width": 1})
    low, high = float(found.leads.min()), float(found.leads.max())
    room = 0.12 * (high - low or 1.0)
    figure.update_layout(
        showlegend=True, legend={"orientation": "h", "y": 1, "yanchor": "bottom", "itemclick": False}
    )
    figure.update_xaxes(
        title=says("figure-grammar-inside.lead-lost-behind-a-singular"), range=[low - room, high + room]
    )
    return figure.update_yaxes(
        title=says("figure-grammar-inside.lead-lost-behind-a-plural"), range=[low - room, high + room]
    )


def probes(found: Probes) -> go.Figure:
    """Of a number: one line a layer, along the words; of word classes: bars by layer. Grey: the control."""
    return _along(found) if len(found.places) > 1 else _by_layer(found)


def _along(found: Probes) -> go.Figure:
    x, figure = np.arange(len(found.places)), go.Figure()
    for layer in range(len(found.values)):
        name = layer_name(layer)
        figure.add_trace(
            go.Scatter(
                x=x, y=found.values[layer], mode="lines+markers", name=name, cliponaxis=False,
                hovertemplate=f"%{{y:$.0%}} of sentences<extra>{name}</extra>",
            )
        )  # fmt: skip
    last = found.control[-1]
    figure.add_trace(
        go.Scatter(
            x=x,
            y=last,
            mode="lines",
            name=says("figure-grammar-inside.labels-by-lot-last-layer"),
            line={"dash": "dot", "color": GREY},
            hovertemplate=says("figure-grammar-inside.hover-by-heart"),
        )
    )
    plain(figure, 400)
    figure.add_hline(y=float(found.majority.mean()), line={"dash": "dash", "color": GREY, "width": 1})
    figure.update_layout(
        showlegend=True, legend={"orientation": "h", "y": 1, "yanchor": "bottom", "itemclick": False}
    )
    names = [label(place.rstrip(" 2")) for place in found.places]
    figure.update_xaxes(tickvals=x, ticktext=names, tickangle=-35)
    return figure.update_yaxes(
        title=says("figure-grammar-inside.subjects-number-read"), tickformat="$.2~%", range=[0, 1.03]
    )


def _by_layer(found: Probes) -> go.Figure:
    layers = np.arange(len(found.values))
    names = ["embedding", *(f"layer {layer}" for layer in layers[1:])]
    figure = go.Figure(
        [
            go.Bar(
                x=layers,
                y=found.values[:, 0],
                name=says("figure-grammar-inside.parts-of-speech"),
                hovertemplate="%{y:$.1%}<extra></extra>",
            ),
            go.Bar(
                x=layers,
                y=found.control[:, 0],
                name=says("figure-grammar-inside.labels-by-lot-by-heart"),
                marker_color=GREY,
                hovertemplate="%{y:$.1%}<extra></extra>",
            ),
        ]
    )
    plain(figure, 320)
    figure.add_hline(y=float(found.majority[0]), line={"dash": "dash", "color": GREY, "width": 1})
    figure.update_layout(
        showlegend=True, legend={"orientation": "h", "y": 1, "yanchor": "bottom", "itemclick": False}
    )
    figure.update_xaxes(tickvals=layers, ticktext=names)
    return figure.update_yaxes(
        title=says("figure-grammar-inside.read-right"), tickformat="$.2~%", range=[0, 1.03]
    )


def against(found: Against) -> go.Figure:
    """One bar a kind of place: by how many nats the network expects better what comes there."""
    rows = np.arange(len(found.groups))
    figure = go.Figure(
        go.Bar(
            x=found.values, y=rows, orientation="h", marker=signed(found.values.tolist()),
            error_x={"type": "data", "array": 2 * found.error, "thickness": 1.5, "width": 0, "color": GREY},
            customdata=found.n, hovertemplate=says("figure-grammar-inside.hover-nats-tokens"),
        )
    )  # fmt: skip
    plain(figure, 90 + 34 * len(rows))
    figure.update_xaxes(title=says("figure-grammar-inside.nats-by-which-the-network"))
    names = [label(group) for group in found.groups]
    return figure.update_yaxes(tickvals=rows, ticktext=names, autorange="reversed")


FIGURES: dict[str, Callable[..., go.Figure]] = {
    "number-units": units,
    "probes": probes,
    "against": against,
}
