"""Maps of words, where chosen words stand on them, how far to believe them, and what moved."""

import textwrap
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import CONFIG, label, plain, ramp
from dashboard.interface import says
from interpret.results import MapTrust, Neighbours, WordMap, WordShift
from interpret.results.space import FEW

CHOSEN = "#6d6af5"  # indigo that reads on both pages: what is chosen
TALL = 540
PAGE = 3000  # pieces in the flip-book
TOOLS = {
    **CONFIG,
    "displayModeBar": True,
    "modeBarButtons": [["zoom2d", "pan2d", "lasso2d", "select2d", "resetScale2d"]],
}


def vocabulary(found: WordMap, near: Neighbours | None = None, kept: np.ndarray | None = None) -> go.Figure:
    """Each piece a dot, common ones larger; `near`: a word and its true neighbours ringed.

    `kept` (P,): colour by the share of true neighbours that the map keeps instead of by group.
    """
    figure = go.Figure(_by_group(found) if kept is None else _by_belief(found, kept))
    if near is not None:
        for trace in rings(found.values, near):
            figure.add_trace(trace)
    return flat(figure, found.made_by)


def flat(figure: go.Figure, made_by: str, height: int = TALL) -> go.Figure:
    """A plane whose directions mean nothing: no ticks, one scale; below it how it was made."""
    plain(figure, height)
    said = "<br>".join(textwrap.wrap(made_by, 52))
    figure.update_xaxes(
        title={"text": said, "font": {"size": 12}}, showticklabels=False, showgrid=False, zeroline=False,
        fixedrange=False,
    )  # fmt: skip
    figure.update_yaxes(
        showticklabels=False, showgrid=False, zeroline=False, fixedrange=False, scaleanchor="x"
    )
    return figure.update_layout(
        showlegend=True, clickmode="event+select", uirevision="map", hoverlabel_align="left",
        legend={"orientation": "h", "x": 0, "y": -0.13, "yanchor": "top", "itemsizing": "constant"},
    )  # fmt: skip


def _by_group(found: WordMap) -> list[go.Scattergl]:
    sizes = dot_sizes(len(found.shown), found.counts)
    names = np.array([label(name) for name in found.shown], dtype=object)
    traces = []
    for number, group in enumerate(found.group_names):
        rows = np.flatnonzero(found.groups == number)
        traces.append(
            go.Scattergl(
                x=found.values[rows, 0].astype(np.float32), y=found.values[rows, 1].astype(np.float32),
                mode="markers", name=label(group),
                customdata=[[row, name] for row, name in zip(rows.tolist(), names[rows], strict=True)],
                marker={"size": sizes[rows], "opacity": 0.6, "line": {"width": 0}},
                hovertemplate="%{customdata[1]}<extra>" + label(group) + "</extra>",
            )
        )  # fmt: skip
    return traces


def _by_belief(found: WordMap, kept: np.ndarray) -> list[go.Scattergl]:
    """A dot's colour and halo: how much of its true neighbourhood stands around it here."""
    names = [label(name) for name in found.shown]
    given = [
        [row, name, round(share, 3)]
        for row, (name, share) in enumerate(zip(names, kept.tolist(), strict=True))
    ]
    x, y = found.values.T.astype(np.float32)
    halo = go.Scattergl(
        x=x, y=y, mode="markers", hoverinfo="skip", showlegend=False,
        marker={"size": 6 + 14 * kept, "opacity": 0.12, "color": kept, "coloraxis": "coloraxis", "line": {"width": 0}},
    )  # fmt: skip
    dots = go.Scattergl(
        x=x, y=y, mode="markers", showlegend=False, customdata=given,
        marker={"size": 4, "color": kept, "coloraxis": "coloraxis", "line": {"width": 0}},
        hovertemplate=says("figure-space.hover-of-its-nearest-words-stand"),
    )  # fmt: skip
    return [halo, dots]


def belief_scale(figure: go.Figure) -> go.Figure:
    """The legend of the colours of belief."""
    return figure.update_layout(
        coloraxis={
            "cmin": 0,
            "cmax": 0.6,
            "colorbar": {
                "title": says("figure-space.neighbours-kept"),
                "tickformat": "$.2~%",
                "orientation": "h",
                "thickness": 10,
                "y": -0.16,
                "yanchor": "top",
                "len": 0.6,
            },
        }
    )


def rings(places: np.ndarray, near: Neighbours) -> list[go.Scatter]:
    """The chosen word and its nearest words, with their names."""
    extent = np.ptp(places, axis=0)
    names = apart(places[near.rows], list(near.shown), extent, places[near.term_rows])
    return [
        go.Scatter(
            x=places[near.rows, 0], y=places[near.rows, 1], mode="markers+text", text=names, name="nearest",
            textposition=_around(places[near.rows]), textfont={"size": 12}, hoverinfo="skip", showlegend=False,
            marker={"size": 10, "symbol": "circle-open", "color": CHOSEN, "line": {"width": 1.5}},
        ),
        go.Scatter(
            x=places[near.term_rows, 0], y=places[near.term_rows, 1], mode="markers+text", hoverinfo="skip",
            text=[f"<b>{label(term)}</b>" for term in near.terms], textposition="top center", showlegend=False,
            textfont={"size": 15, "color": CHOSEN}, name="chosen",
            marker={"size": 18, "symbol": "circle-open", "color": CHOSEN, "line": {"width": 3}},
        ),
    ]  # fmt: skip


def apart(
    points: np.ndarray, names: list[str], extent: np.ndarray, taken: np.ndarray | None = None
) -> list[str]:
    """Names of points (N, 2), but none where it would lie upon one before it or at a `taken` place.

    `extent` (2,): width and height of the picture, in the units of the points.
    """
    room = np.array([0.13, 0.045]) * extent
    held, said = [] if taken is None else list(taken), []
    for point, name in zip(points, names, strict=True):
        free = all((np.abs(point - other) > room).any() for other in held)
        said.append(label(name) if free else "")
        held += [point] if free else []
    return said


def _around(points: np.ndarray) -> list[str]:
    """Names on the side away from the middle of the points, so that they cross less."""
    middle = points.mean(0)
    sides = []
    for x, y in points - middle:
        height = "top" if y >= 0 else "bottom"
        sides.append(f"{height} {'right' if x >= 0 else 'left'}")
    return sides


def dot_sizes(count: int, counted: np.ndarray | None = None) -> np.ndarray:
    """Common pieces are large, 3 to 9 px: by how often they were counted (P,), else by their place in the vocabulary.

    The step from 10 to 100 occurrences is as large as that from 100 to 1,000.
    """
    if counted is not None and len(counted) and counted.max() > 0:
        return 3 + 6 * np.log1p(counted) / np.log1p(counted.max())
    if count < FEW:
        return np.full(count, 9.0)
    return 3 + 6 * (1 - np.log1p(np.arange(count)) / np.log1p(count))


def of_text(places: np.ndarray, rows: list[int], words: list[str]) -> go.Scatter:
    """The words of a text on the map."""
    rows, words = list(dict.fromkeys(rows)), list(dict.fromkeys(words))
    return go.Scatter(
        x=places[rows, 0],
        y=places[rows, 1],
        mode="markers+text",
        textposition="top center",
        name=says("figure-space.your-text"),
        text=apart(places[rows], words, np.ptp(places, axis=0)),
        textfont={"size": 13, "weight": 600},
        hovertext=[label(word) for word in words],
        hoverinfo="text",
        marker={"size": 10, "symbol": "diamond", "color": CHOSEN, "line": {"width": 1}},
    )


def trust(found: MapTrust) -> go.Figure:
    """Trustworthiness, continuity and neighbours kept for each number of neighbours."""
    lines = [
        go.Scatter(
            x=[str(k) for k in found.ks], y=values, name=name, mode="lines+markers",
            hovertemplate=says("figure-space.hover-at-neighbours") + name + "</extra>",
        )
        for name, values in zip(found.measures, found.values, strict=True)
    ]  # fmt: skip
    figure = plain(go.Figure(lines), 300)
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    figure.update_xaxes(title=says("figure-space.neighbours-asked-about"), type="category")
    return figure.update_yaxes(range=[0, 1.04], title=says("figure-space.1-is-a-perfect-map"))


def flip_book(found: MapTrust) -> go.Figure:
    """The same words from each seed; the slider turns the pages."""
    early = np.arange(len(found.shown)) < PAGE
    groups = [np.flatnonzero(early & (found.groups == number)) for number in range(len(found.group_names))]
    frames = [
        go.Frame(
            name=f"seed {seed}", traces=list(range(len(groups))),
            data=[{"type": "scatter", "x": page[rows, 0], "y": page[rows, 1]} for rows in groups],
        )
        for seed, page in enumerate(found.pages)
    ]  # fmt: skip
    first = [
        go.Scatter(
            x=found.pages[0][rows, 0], y=found.pages[0][rows, 1], mode="markers", name=label(name),
            marker={"size": 4, "opacity": 0.7}, text=[label(found.shown[row]) for row in rows],
            hovertemplate="%{text}<extra></extra>",
        )
        for name, rows in zip(found.group_names, groups, strict=True)
    ]  # fmt: skip
    return flip(go.Figure(first, frames=frames), found.pages[:, early], found.made_by)


def flip(figure: go.Figure, pages: np.ndarray, made_by: str) -> go.Figure:
    """A figure with frames gets a slider and axes that hold every page (S, P, 2)."""
    flat(figure, made_by, 500)
    low, high = pages.min((0, 1)), pages.max((0, 1))
    room = 0.06 * np.maximum(high - low, 1e-6)
    figure.update_xaxes(range=[low[0] - room[0], high[0] + room[0]], fixedrange=True)
    figure.update_yaxes(range=[low[1] - room[1], high[1] + room[1]], fixedrange=True)
    frames: Any = figure.frames
    move = {"mode": "immediate", "frame": {"duration": 500, "redraw": False}, "transition": {"duration": 500}}
    steps = [
        {"label": frame.name, "method": "animate", "args": [[frame.name], move]} for frame in frames
    ]  # fmt: skip
    slider = {
        "steps": steps,
        "x": 0.05,
        "len": 0.9,
        "pad": {"t": 46, "b": 4},
        "currentvalue": {"visible": False},
    }
    return figure.update_layout(sliders=[slider], legend={"y": 1.02, "yanchor": "bottom"}, clickmode="none")


def shift(found: WordShift) -> go.Figure:
    """All words on the first model's axes; lines lead the farthest moved ones to where they went."""
    told = np.array(found.told[:16])
    lines = np.full((3 * len(told), 2), np.nan)
    lines[0::3], lines[1::3] = found.before[told], found.after[told]
    figure = go.Figure(
        [
            go.Scattergl(
                x=found.before[:, 0], y=found.before[:, 1], mode="markers", name=f"in {label(found.first)}",
                text=[label(name) for name in found.shown], customdata=found.values,
                marker={"size": 4, "opacity": 0.45}, hovertemplate=says("figure-space.hover-moved"),
            ),
            go.Scatter(
                x=lines[:, 0], y=lines[:, 1], mode="lines", line={"width": 1, "color": CHOSEN}, hoverinfo="skip",
                showlegend=False,
            ),
            go.Scatter(
                x=found.after[told, 0], y=found.after[told, 1], mode="markers+text",
                text=apart(found.after[told], [found.shown[at] for at in told], np.ptp(found.before, axis=0)),
                textposition=_around(found.after[told]),
                name=f"in {label(found.second)}", marker={"size": 7, "color": CHOSEN}, hoverinfo="skip",
            ),
        ]
    )  # fmt: skip
    return flat(figure, says("figure-space.pca-of-the-first-models"))


def neighbours(found: Neighbours) -> go.Figure:
    """Bars, the nearest on top; the line is what two random words have."""
    figure = go.Figure(
        go.Bar(
            x=found.values, y=np.arange(len(found.values)), orientation="h", marker=ramp(found.values.tolist()),
            text=[f"{value:.2f}" for value in found.values], textposition="outside", hoverinfo="skip",
        )
    )  # fmt: skip
    plain(figure, 60 + 26 * len(found.values))
    figure.add_vline(x=found.chance, line_dash="dot", annotation_text=says("figure-space.two-random-words"))
    figure.update_xaxes(title="cosine")
    names = [label(name) for name in found.shown]
    return figure.update_yaxes(tickvals=np.arange(len(names)), ticktext=names, autorange="reversed")


FIGURES = {"word-map": vocabulary, "word-neighbours": neighbours, "map-trust": trust, "word-shift": shift}
