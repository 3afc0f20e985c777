"""Heads one by one: query times key by dimension, kinds of words, and tokens told from their states."""

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import label, plain, signed
from dashboard.interface import says
from interpret.results import QueryKey, TokenIdentity, WordClassHeads
from interpret.results.attention_means import READERS
from interpret.sentences import rounded

GREY = "#8a8f98"
MOST = 64  # dimensions drawn


def query_key(found: QueryKey) -> go.Figure:
    """A bar for each dimension, the largest first; a mark where the row's mean is."""
    order = found.order[:MOST]
    places, values = np.arange(len(order)), found.values[order]
    figure = go.Figure(
        go.Bar(
            x=places, y=values, marker=signed(values.tolist()), name="product",
            customdata=np.stack([order, found.queries[order], found.keys[order]], -1),
            hovertemplate=says("figure-head-means.hover-dimension-query-key"),
        )
    )  # fmt: skip
    figure.add_trace(
        go.Scatter(
            x=places, y=found.usual[order], mode="markers", name=says("figure-head-means.mean-of-the-row"),
            marker={"symbol": "line-ew", "size": 9, "line": {"width": 2, "color": GREY}},
            hovertemplate=says("figure-head-means.hover-on-average-over-the-row"),
        )
    )  # fmt: skip
    plain(figure, 320)
    step = max(1, len(order) // 16)
    figure.update_xaxes(
        tickvals=places[::step],
        ticktext=[str(d) for d in order[::step]],
        title=says("figure-head-means.dimension-by-size"),
    )
    return figure.update_yaxes(title=says("figure-head-means.query-key-nats"), zeroline=True)


def word_class_heads(found: WordClassHeads) -> go.Figure:
    """The head that most exceeds an even look; `of_head` draws any one."""
    return of_head(found, *found.strongest()[:2])


def of_head(found: WordClassHeads, layer: int, head: int) -> go.Figure:
    """One head's mean shares: rows are the words that ask, columns what they look at; bold: twice an even look."""
    shares = found.values[layer, head]
    even = np.broadcast_to(found.even, shares.shape)
    coloured = shares.copy()
    coloured[:, -1] = np.nan  # marks would take all the colour
    said = np.full(shares.shape, "", dtype=object)
    for cell, share in np.ndenumerate(shares):
        text = rounded(share) if share >= 0.01 else ""
        said[cell] = f"<b>{text}</b>" if share > max(0.05, 2 * even[cell]) else text
    figure = go.Figure(
        go.Heatmap(
            z=coloured, customdata=even, coloraxis="coloraxis", xgap=1, ygap=1, text=said,
            texttemplate="%{text}", textfont_size=11,
            hovertemplate=says("figure-head-means.hover-an-even-look"),
        )
    )  # fmt: skip
    plain(figure, min(900, 110 + 30 * len(found.classes)))
    figure.update_layout(
        width=150 + 56 * len(found.columns),
        coloraxis={"cmin": 0.0, "cmax": max(float(shares[:, :-1].max()), 1e-9), "showscale": False},
    )
    names = [label(name) for name in found.columns]
    rows = [f"{label(name)} (n = {n:,})" for name, n in zip(found.classes, found.n, strict=True)]
    figure.update_xaxes(
        tickvals=np.arange(len(names)),
        ticktext=names,
        side="top",
        tickangle=-30,
        showgrid=False,
        zeroline=False,
    )
    return figure.update_yaxes(
        tickvals=np.arange(len(rows)), ticktext=rows, autorange="reversed", showgrid=False, zeroline=False
    )


def token_identity(found: TokenIdentity) -> go.Figure:
    """Share of tokens told, by layer; dashed: by lot; dotted: always the commonest token."""
    layers = np.arange(len(found.values))
    figure = go.Figure()
    for at, name in enumerate(READERS):
        share, low, high = found.values[:, at], found.low[:, at], found.high[:, at]
        figure.add_trace(
            go.Scatter(
                x=layers, y=share, mode="lines+markers", name=name, cliponaxis=False,
                error_y={"array": high - share, "arrayminus": share - low, "thickness": 1, "width": 3},
                hovertemplate=f"%{{y:$.1%}} told<extra>{name}</extra>",
            )
        )  # fmt: skip
    plain(figure, 340)
    for height, dash in ((found.chance, "dash"), (found.majority, "dot")):
        figure.add_hline(y=height, line={"dash": dash, "color": GREY, "width": 1})
    figure.update_layout(
        showlegend=True, legend={"orientation": "h", "y": 1, "yanchor": "bottom", "itemclick": False}
    )
    names = ["embedding", *(f"layer {n}" for n in layers[1:])]
    figure.update_xaxes(tickvals=layers, ticktext=names)
    return figure.update_yaxes(
        title=says("figure-head-means.tokens-told"), tickformat="$.2~%", range=[0, 1.03]
    )


FIGURES = {"query-key": query_key, "word-class-heads": word_class_heads, "token-identity": token_identity}
