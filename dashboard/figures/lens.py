"""What each layer would have answered: a grid of words, the way of some words through the layers."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import label, plain
from dashboard.interface import layer_name, says
from interpret.results import LayerGuesses, LensTraining, Patched
from interpret.sentences import percent, rounded

COLUMN, ROW = 74, 34  # px of a cell
SHADES = {
    "probability": says("figure-lens.how-sure-it-is-probability"),
    "rank": says("figure-lens.how-far-down-it-lists"),
    "entropy": says("figure-lens.how-undecided-it-is-entropy"),
    "divergence": says("figure-lens.how-far-its-answer"),
}
LONGEST = 9  # letters in a cell
EDGE = "#808495"  # seen on light and on dark ground


def grid(found: LayerGuesses, shade: str = "probability", chosen: int | None = None) -> go.Figure:
    """Layers from below, places from left to right; each cell says the layer's first guess there."""
    amounts = _amounts(found, shade)
    layers, places = amounts.shape
    rows, columns = np.repeat(np.arange(layers), places), np.tile(np.arange(places), layers)
    figure = go.Figure(
        [
            go.Heatmap(
                z=amounts, coloraxis="coloraxis", xgap=2, ygap=2, hoverinfo="skip", texttemplate="%{text}",
                text=[[_short(cell[0]) for cell in layer] for layer in found.candidates],
            ),
            go.Scatter(
                x=columns, y=rows, mode="markers",
                marker={"symbol": "square", "size": ROW, "opacity": 0.0},
                unselected_marker_opacity=0.0, selected_marker_opacity=0.0,
                customdata=[_more(found, r, c) for r, c in zip(rows, columns, strict=True)],
                hovertemplate="%{customdata}<extra></extra>",
            ),
        ]
    )  # fmt: skip
    plain(figure, 120 + ROW * layers)
    low, high = (0.0, 1.0) if shade == "probability" else (0.0, float(amounts.max()) or 1.0)
    figure.update_layout(
        width=150 + COLUMN * places, coloraxis={"cmin": low, "cmax": high, "showscale": False},
        clickmode="event+select", hoverlabel_align="left",
    )  # fmt: skip
    asked = [_asked(found, place) for place in found.asked_of]
    names = [layer_name(layer) for layer in found.layers]
    _sides(figure, asked, names)
    if chosen is not None:
        figure.add_shape(
            type="rect",
            x0=chosen - 0.5,
            x1=chosen + 0.5,
            y0=-0.5,
            y1=layers - 0.5,
            line={"width": 2, "color": EDGE},
        )
    return figure


def _sides(figure: go.Figure, columns: list[str], rows: list[str]) -> go.Figure:
    """What stands above and beside a grid, which ends where its fields do: markers would widen it."""
    plainly = {"showgrid": False, "zeroline": False, "ticks": ""}
    figure.update_xaxes(
        tickvals=np.arange(len(columns)), ticktext=columns, side="top", tickangle=0,
        range=[-0.5, len(columns) - 0.5], **plainly,
    )  # fmt: skip
    return figure.update_yaxes(
        tickvals=np.arange(len(rows)), ticktext=rows, range=[-0.5, len(rows) - 0.5], **plainly
    )


def wide(figure: Any) -> int:
    """The width of a figure that keeps its own, in px."""
    return int(figure.layout.width)


def way(found: LayerGuesses, place: int) -> go.Figure:
    """The probability of each watched word, layer by layer, at one place; dotted: where it is settled."""
    assert found.watched_logs is not None and found.watched_rank is not None
    x = np.arange(len(found.layers))
    lines = [
        go.Scatter(
            x=x, y=np.exp(found.watched_logs[:, place, word]), name=label(name), mode="lines+markers",
            customdata=found.watched_rank[:, place, word],
            hovertemplate=says("figure-lens.hover-rank") + label(name) + "</extra>",
        )
        for word, name in enumerate(found.watched)
    ]  # fmt: skip
    figure = plain(go.Figure(lines), 320)
    names = [layer_name(layer) for layer in found.layers]
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.15, "x": 0})
    figure.update_xaxes(tickvals=x, ticktext=names)
    ticks = {
        1.0: rounded(1),
        0.1: rounded(0.1),
        0.01: rounded(0.01),
        1e-3: rounded(1e-3, 1),
        1e-4: rounded(1e-4, 2),
    }
    figure.update_yaxes(
        title="probability",
        type="log",
        range=[-4.3, 0.2],
        tickvals=list(ticks),
        ticktext=list(ticks.values()),
    )
    settled = found.layers.index(int(found.decided[place]))
    figure.add_vline(
        x=settled, line={"dash": "dot", "color": EDGE}, annotation_text=says("figure-lens.first-from-here")
    )
    return figure


def learning(found: LensTraining) -> go.Figure:
    """How far each layer's answer was from the model's while the lens was learned."""
    lines = [
        go.Scatter(
            x=found.seconds, y=found.values[:, layer], mode="lines",
            name=layer_name(layer),
            hovertemplate=says("figure-lens.hover-nats"),
        )
        for layer in range(found.values.shape[1])
    ]  # fmt: skip
    figure = plain(go.Figure(lines), 280)
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": -0.3, "x": 0}, margin_b=70)
    figure.update_xaxes(title=says("figure-lens.seconds-of-training"))
    return figure.update_yaxes(title=says("figure-lens.kl-divergence-nats-a-token"), rangemode="tozero")


def _amounts(found: LayerGuesses, shade: str) -> np.ndarray:
    if shade == "rank":
        return np.log10(found.rank)
    return {"probability": found.values, "entropy": found.entropy, "divergence": found.divergence}[shade]


def _asked(found: LayerGuesses, place: int) -> str:
    return "<b>next</b>" if place >= len(found.tokens) else _short(found.tokens[place])


def _short(token: str) -> str:
    said = label(token)
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


def _more(found: LayerGuesses, row: int, column: int) -> str:
    """The five likeliest of a cell, and how it stands to the final answer."""
    guesses = [
        f"{label(word)} {percent(float(share))}"
        for word, share in zip(found.candidates[row][column], found.probabilities[row, column], strict=True)
    ]
    final = label(found.candidates[-1][column][0])
    return "<br>".join(
        [
            *guesses, "",
            says("figure-lens.final-guess-rank-here", final=final, rank=int(found.rank[row, column])),
            says("figure-lens.undecided-by-bits", entropy=found.entropy[row, column]),
            says("figure-lens.nats-from-the-final-answer", divergence=found.divergence[row, column]),
        ]
    )  # fmt: skip


def patched(found: Patched) -> go.Figure:
    """Layers from below, places from left to right; warm: the state carries the other answer over."""
    layers, places = found.values.shape
    shown = np.where(found.compared, found.values, np.nan) if found.options["layer"] < 0 else found.values
    pairs = [found.other_tokens[at] if at >= 0 else "" for at in found.sources]
    rows, columns = np.repeat(np.arange(layers), places), np.tile(np.arange(places), layers)
    said = [rounded(share) if abs(share) >= 0.005 else "" for share in shown.ravel()]  # none of NaN either
    figure = go.Figure(
        [
            go.Heatmap(
                z=shown, coloraxis="coloraxis", xgap=2, ygap=2, hoverinfo="skip", hoverongaps=False,
                text=np.array(said).reshape(shown.shape), texttemplate="%{text}",
            ),
            go.Scatter(
                x=columns, y=rows, mode="markers", text=said,
                marker={"symbol": "square", "size": ROW, "opacity": 0.0},
                unselected_marker_opacity=0.0, selected_marker_opacity=0.0,
                customdata=[label(pairs[column]) for column in columns],
                hovertemplate=says("figure-lens.hover-state-of"),
            ),
        ]
    )  # fmt: skip
    plain(figure, 130 + ROW * layers)
    most = max(1.0, float(np.nanmax(np.abs(shown))))
    figure.update_layout(
        width=150 + COLUMN * places,
        coloraxis={"cmin": -most, "cmax": most, "autocolorscale": True, "showscale": False},
        clickmode="event+select",
    )
    names = [
        _short(token) if not pair or pair == token else f"{_short(token)}<br>← {_short(pair)}"
        for token, pair in zip(found.tokens, pairs, strict=True)
    ]
    return _sides(
        figure,
        names,
        [layer_name(layer) for layer in range(layers)],
    )


FIGURES = {"lens": grid, "lens-training": learning, "patched": patched}
