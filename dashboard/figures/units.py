"""Pictures of units: memory tracks, saturation, half-lives, a unit's histogram and features, rankings."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures.look import label, plain, ramp, signed
from dashboard.interface import says
from interpret.results import TRACKS, Factors, MemoryTraces, PlacesAlike, UnitCard, UnitRanking
from interpret.sentences import rounded

GREY = "#8a8f98"
LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "itemclick": False}


def memory(found: MemoryTraces) -> go.Figure:
    """Six tracks under each other, one line a unit, the words below. One line each keeps a unit's colour."""
    count, figure = len(found.tokens), go.Figure()
    tokens, places = [label(t) or "▸" for t in found.tokens], np.arange(count)
    low, high = np.tile([0.0], 6), np.ones(6)
    low[3:], high[4] = -1.0, float(np.ceil(np.abs(found.values[4]).max()))
    low[4] = -high[4]
    bands = np.arange(len(TRACKS) - 1, -1, -1) * 1.25
    scaled = bands[:, None, None] + (found.values - low[:, None, None]) / (high - low)[:, None, None]
    for row, band in enumerate(bands):
        for level in (0, 0.5, 1) if row > 2 else (0, 1):
            figure.add_hline(y=band + level, line={"color": GREY, "width": 1, "dash": "dot"}, opacity=0.5)
    for number, unit in enumerate(found.units):
        x = np.tile(np.append(places, count), 6).astype(float)
        y = np.concatenate([scaled[:, number], np.full((6, 1), np.nan)], 1).ravel()
        rows = zip(TRACKS, found.values[:, number], strict=True)
        told = [f"{track} {value:.2f} at {t}" for track, row in rows
                for t, value in [*zip(tokens, row, strict=True), ("", 0.0)]]  # fmt: skip
        figure.add_trace(
            go.Scatter(x=x, y=y, name=unit, mode="lines+markers", marker_size=5, customdata=told,
                       cliponaxis=False, hovertemplate=f"{unit}: %{{customdata}}<extra></extra>")
        )  # fmt: skip
    plain(figure, 640)
    figure.update_layout(
        showlegend=len(found.units) > 1, legend=LEGEND, margin_t=40,
        width=90 + 26 * count if count > 42 else None,
    )  # fmt: skip
    ends = [(band + level, TRACKS[k] if level == 0.5 else f"{low[k] + level * (high[k] - low[k]):g}".replace("-", "−"))
            for k, band in enumerate(bands) for level in (0, 0.5, 1)]  # fmt: skip
    figure.update_yaxes(
        tickvals=[at for at, _ in ends], ticktext=[text for _, text in ends], showgrid=False, zeroline=False,
        range=[-0.1, bands[0] + 1.1],
    )  # fmt: skip
    return figure.update_xaxes(tickvals=places, ticktext=tokens, tickangle=-60, range=[-0.5, count - 0.5])


def saturation(found: MemoryTraces) -> go.Figure:
    """Each unit's share of the corpus with a gate shut (across) and open (up), one panel a gate."""
    apart, figure = 1.3, go.Figure()
    named = {unit.split(" ")[1] for unit in found.units}
    for layer in np.unique(found.layer):
        inside = found.layer == layer
        names = [f"{layer}.{i}" for i in found.index[inside]]
        x = np.concatenate([found.shut[gate, inside] + apart * gate for gate in range(3)])
        told = [
            says("figure-units.gate", name=name, gate=TRACKS[gate], shut=rounded(shut), open=rounded(open_))
            for gate in range(3)
            for name, shut, open_ in zip(
                names, found.shut[gate, inside], found.open[gate, inside], strict=True
            )
        ]
        figure.add_trace(
            go.Scatter(
                x=x, y=found.open[:, inside].ravel(), mode="markers", name=f"layer {layer}", customdata=told,
                marker={"size": [14 if name in named else 5 for name in names] * 3, "opacity": 0.65},
                hovertemplate="%{customdata}<extra></extra>", cliponaxis=False,
            )
        )  # fmt: skip
    plain(figure, 340)
    for gate in range(3):
        figure.add_shape(type="line", x0=apart * gate, y0=1, x1=apart * gate + 1, y1=0,
                         line={"dash": "dot", "color": GREY, "width": 1})  # fmt: skip
    figure.update_layout(showlegend=True, legend=LEGEND, margin_t=40)
    ticks = [(apart * gate + at, text) for gate in range(3) for at, text in
             ((0, "0"), (0.5, f"<br>{TRACKS[gate]}"), (1, rounded(1)))]  # fmt: skip
    figure.update_xaxes(tickvals=[at for at, _ in ticks], ticktext=[text for _, text in ticks],
                        range=[-0.05, 2 * apart + 1.05], title=says("figure-units.share-of-time-shut"),
                        showgrid=False, tickangle=0)  # fmt: skip
    return figure.update_yaxes(tickformat="$.2~%", range=[-0.03, 1.03], tickvals=[0, 0.5, 1], title="open")


def half_lives(found: MemoryTraces) -> go.Figure:
    """How many units of each layer remember for how long (logarithmic); the chosen units as lines."""
    figure = go.Figure()
    edges, most = np.linspace(-1.5, 4, 45), 1
    for layer in np.unique(found.layer):
        counts, _ = np.histogram(np.log10(found.half_life[found.layer == layer]), bins=edges)
        most = max(most, int(counts.max()))
        middle = 10 ** ((edges[1:] + edges[:-1]) / 2)
        figure.add_trace(
            go.Scatter(x=middle, y=counts, name=f"layer {layer}", mode="lines", line_shape="hvh",
                       fill="tozeroy",
                       hovertemplate=says("figure-units.hover-units-forget-half-in-about"))
        )  # fmt: skip
    plain(figure, 260)
    for unit in found.units:
        life = found.life(unit)
        figure.add_trace(go.Scatter(x=[life, life], y=[0, most], mode="lines", name=unit,
                                    line={"dash": "dash", "color": GREY}))  # fmt: skip
    figure.update_layout(showlegend=True, legend=LEGEND, margin_t=40)
    longest = float(found.half_life.max())
    figure.update_xaxes(type="log", title=says("figure-units.tokens-until-half-is-forgotten"), dtick=1,
                        range=np.log10([max(0.03, found.half_life.min() * 0.7), longest * 1.5]))  # fmt: skip
    return figure.update_yaxes(title="units")


def histogram(found: UnitCard) -> go.Figure:
    """How often the unit is how strong over the corpus."""
    middle = (found.edges[1:] + found.edges[:-1]) / 2
    bars = go.Bar(
        x=middle, y=found.counts, marker=signed(middle.tolist()), width=np.diff(found.edges),
        hovertemplate=says("figure-units.hover-tokens-at-about"),
    )  # fmt: skip
    figure = plain(go.Figure(bars), 240)
    figure.update_xaxes(title=says("figure-units.activation-of", address=found.address))
    return figure.update_yaxes(title=says("figure-units.tokens-log"), type="log")


def features(found: UnitCard, most: int = 8) -> go.Figure:
    """Correlations with features as bars, the best any unit does by chance as marks."""
    order = [f for f in np.argsort(-np.abs(found.r), kind="stable") if found.chance[f] > 0][:most]
    names, places = [found.features[f] for f in order], np.arange(len(order))
    figure = go.Figure(
        go.Bar(x=found.r[order], y=places, orientation="h", marker=signed(found.r[order].tolist()),
               name=says("figure-units.this-unit"), hovertemplate="r = %{x:+.2f}<extra></extra>")
    )  # fmt: skip
    for side in (-1, 1):
        figure.add_trace(
            go.Scatter(x=side * found.chance[order], y=places, mode="markers", name=says("figure-units.best-by-chance"),
                       marker={"symbol": "line-ns", "size": 18, "line": {"width": 2, "color": GREY}},
                       hovertemplate=says("figure-units.hover-by-chance-the-best-unit"))
        )  # fmt: skip
    plain(figure, 90 + 30 * len(order))
    figure.update_xaxes(title=says("figure-units.r-grey-best-by-chance"), range=[-1, 1])
    return figure.update_yaxes(tickvals=places, ticktext=names, autorange="reversed", ticklabelstandoff=6)


def ranking(found: UnitRanking, most: int = 12) -> go.Figure:
    """The best units' activations along the text, a row each, each from its lowest to its highest."""
    count = min(most, len(found.units))
    rows = found.tracks[:count] * np.where(found.low[:count], -1, 1)[:, None]
    low, high = rows.min(axis=1, keepdims=True), rows.max(axis=1, keepdims=True)
    z = (rows - low) / np.where(high > low, high - low, 1)
    names = [f"{unit}{' (low)' if is_low else ''} {v:.2f}" for unit, is_low, v in
             zip(found.units[:count], found.low[:count], found.values[:count], strict=True)]  # fmt: skip
    tokens, places = [label(t) or "▸" for t in found.tokens], np.arange(len(found.tokens))
    figure = go.Figure(
        go.Heatmap(z=z, coloraxis="coloraxis", ygap=3, customdata=found.tracks[:count],
                   hovertemplate=says("figure-units.hover-activation"))
    )  # fmt: skip
    plain(figure, 120 + 26 * count)
    figure.update_layout(coloraxis={"cmin": 0, "cmax": 1, "autocolorscale": True, "showscale": False})
    inside = [f"<b><u>{t}</u></b>" if on else t for t, on in zip(tokens, found.inside, strict=True)]
    figure.update_xaxes(tickvals=places, ticktext=inside, side="top", tickangle=-60)
    return figure.update_yaxes(
        tickvals=np.arange(count), ticktext=names, autorange="reversed", ticklabelstandoff=6
    )


def factors(found: Factors) -> go.Figure:
    """A line a factor along the text (the page has a picture that plays; this one is for notebooks)."""
    figure = make_subplots(rows=len(found.values), cols=1, shared_xaxes=True, vertical_spacing=0.02)
    places = np.arange(len(found.tokens))
    for k, row in enumerate(found.values):
        figure.add_trace(
            go.Scatter(x=places, y=row, name=f"factor {k + 1}", fill="tozeroy", mode="lines"),
            row=k + 1,
            col=1,
        )
    plain(figure, 60 + 56 * len(found.values))
    figure.update_yaxes(range=[0, 1.05], tickvals=[0, 1], fixedrange=True)
    return figure.update_xaxes(
        tickvals=places, ticktext=[label(t) for t in found.tokens], row=len(found.values), col=1
    )


def written(pairs: tuple[tuple[str, float], ...]) -> go.Figure:
    """Words and by how many logits one more of a unit moves them."""
    places, values = np.arange(len(pairs)), [value for _, value in pairs]
    shades = ramp(values) if min(values, default=0) >= 0 else signed(values)
    bars = go.Bar(
        x=values,
        y=places,
        orientation="h",
        marker=shades,
        hovertemplate=says("figure-units.hover-logits"),
    )
    figure = plain(go.Figure(bars), 50 + 24 * len(pairs))
    return figure.update_yaxes(
        tickvals=places,
        ticktext=[label(word) for word, _ in pairs],
        autorange="reversed",
        ticklabelstandoff=6,
    )


def alike(found: PlacesAlike) -> go.Figure:
    """In how many matches each word stands, the commonest on top."""
    words, counts = zip(*found.matches[:10], strict=True)
    places = np.arange(len(words))
    bars = go.Bar(
        x=counts, y=places, orientation="h", marker=ramp([count / max(counts) for count in counts]),
        text=counts, textposition="outside", cliponaxis=False, hovertemplate=says("figure-units.hover-places"),
    )  # fmt: skip
    figure = plain(go.Figure(bars), 80 + 24 * len(words))
    figure.update_xaxes(
        title=says("figure-units.matches-with-this-word"), dtick=max(1, max(counts) // 5), rangemode="tozero"
    )
    return figure.update_yaxes(
        tickvals=places, ticktext=[label(word) for word in words], autorange="reversed", ticklabelstandoff=6
    )


FIGURES = {
    "memory": memory, "unit": histogram, "unit-ranking": ranking, "factors": factors, "places-alike": alike,
}  # fmt: skip
