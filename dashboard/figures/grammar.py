"""Minimal pairs as pictures: rules with their intervals, agreement across nouns, leads, two sentences."""

from collections.abc import Callable, Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import label, plain, signed
from dashboard.interface import says
from interpret.results import Grammar, MinimalPairs, SentencePair
from interpret.sentences import rounded

GREY = "#808495"  # seen on light and on dark ground
ROW = 46  # px


def rules(found: Grammar, counting: Grammar | None = None) -> go.Figure:
    """One row a rule: the model's share with its interval, counting words, and chance."""
    names = [rule.name for rule in found.rules()]
    figure = go.Figure(_dots(found, names, found.model, 11, None))
    if counting is not None and counting.model != found.model:
        figure.add_trace(
            _dots(counting, names, says("figure-grammar.counting-words", model=counting.model), 7, GREY)
        )
    plain(figure, 92 + ROW * len(names))
    for row, name in enumerate(names):
        figure.add_annotation(
            x=0, y=row - 0.36, text=label(name), showarrow=False, xanchor="left", yanchor="middle"
        )  # above its dots: beside them, a phone would have no room for them
    figure.add_vline(x=0.5, line={"dash": "dash", "color": GREY, "width": 1})
    figure.add_annotation(
        x=0.5, y=-0.85, text="a coin", showarrow=False, font_color=GREY, xanchor="left", xshift=6
    )
    _legend(figure, 1.0)
    figure.update_layout(legend_yanchor="bottom", margin_b=24)
    figure.update_xaxes(range=[-0.04, 1.06], tickformat="$.2~%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    return figure.update_yaxes(range=[len(names) - 0.4, -1.1], visible=False)


def _dots(found: Grammar, names: Sequence[str], called: str, size: int, colour: str | None) -> go.Scatter:
    known = {rule.name: rule for rule in found.rules()}
    rows = [row for row, name in enumerate(names) if name in known]
    shown = [known[names[row]] for row in rows]
    shares = np.array([rule.accuracy for rule in shown])
    bars = {
        "type": "data", "symmetric": False, "thickness": 2, "width": 0,
        "array": np.array([rule.high for rule in shown]) - shares,
        "arrayminus": shares - np.array([rule.low for rule in shown]),
    }  # fmt: skip
    return go.Scatter(
        x=shares, y=rows, mode="markers", name=called, error_x={**bars, "color": colour},
        marker={"size": size, "color": colour, "symbol": "diamond" if colour else "circle"},
        customdata=[[f"{rounded(rule.low)} to {rounded(rule.high)}", rule.n] for rule in shown],
        hovertemplate=says("figure-grammar.hover-pairs") + called + "</extra>",
    )  # fmt: skip


def distance(found: Sequence[Grammar], chosen: str) -> go.Figure:
    """The share of verbs that agree, by how many nouns stand in between; after Linzen et al. 2016."""
    figure = go.Figure()
    for one in found:
        for same in (False, True):
            counts, shares, low, high = one.along(same)
            if len(counts) < 2 or (same and one.model != chosen):
                continue
            name = says("figure-grammar.nouns-of-the-same-number", model=one.model) if same else one.model
            figure.add_trace(
                go.Scatter(
                    x=counts, y=shares, name=name, mode="lines+markers", cliponaxis=False,
                    line={
                        "width": 3.5 if one.model == chosen else 1.5, "dash": "dot" if same else "solid",
                        "color": GREY if same else None,
                    },
                    marker={"size": 9 if one.model == chosen else 6, "color": GREY if same else None},
                    error_y={
                        "type": "data", "symmetric": False, "array": high - shares,
                        "arrayminus": shares - low,
                        "thickness": 1, "width": 0, "color": GREY if same else None,
                    },
                    hovertemplate=f"%{{y:$.0%}} with %{{x}} in between<extra>{label(name)}</extra>",
                )
            )  # fmt: skip
    plain(figure, 430)
    figure.add_hline(y=0.5, line={"dash": "dash", "color": GREY, "width": 1})
    _legend(figure, -0.2)
    figure.update_layout(margin_b=120)
    figure.update_xaxes(title=says("figure-grammar.nouns-of-the-other-number"), dtick=1)
    return figure.update_yaxes(
        title=says("figure-grammar.verbs-that-agree"), tickformat="$.2~%", range=[-0.03, 1.03]
    )


def _legend(figure: go.Figure, y: float) -> None:
    legend = {"orientation": "h", "x": 0, "y": y, "yanchor": "top", "itemclick": False}
    figure.update_layout(showlegend=True, legend=legend, margin={"t": 8, "b": 60})


def leads(found: MinimalPairs) -> go.Figure:
    """How many pairs by how clearly: above 0 the right sentence is likelier."""
    most = float(np.abs(found.values).max()) or 1.0
    edges = np.linspace(-most, most, 33)
    counts, _ = np.histogram(found.values, edges)
    middles = (edges[1:] + edges[:-1]) / 2
    figure = go.Figure(
        go.Bar(
            x=middles, y=counts, width=edges[1] - edges[0], marker=signed(np.sign(middles).tolist()),
            hovertemplate=says("figure-grammar.hover-pairs-near-nats"),
        )
    )  # fmt: skip
    plain(figure, 220)
    figure.add_vline(x=0, line={"color": GREY, "width": 1})
    figure.update_xaxes(title=says("figure-grammar.wrong-sentence-likelier-nats"), range=[-most, most])
    return figure.update_yaxes(title="pairs", rangemode="tozero")


def pair(found: SentencePair) -> go.Figure:
    """Two sentences side by side: the surprise of every word in bits."""
    columns = np.arange(found.values.shape[1])
    figure = go.Figure(
        [
            go.Bar(
                x=columns,
                y=found.values[side],
                name=label(_short(found.sentences[side])),
                customdata=[
                    label(word) if word else says("figure-grammar.no-word")
                    for word in found.words_shown[side]
                ],
                hovertemplate=says("figure-grammar.hover-bits"),
            )
            for side in (0, 1)
        ]
    )
    plain(figure, 330)
    names = [
        label(one or "–") if one == other else f"<b>{label(one or '–')}</b><br><b>{label(other or '–')}</b>"
        for one, other in zip(*found.words_shown, strict=True)
    ]
    _legend(figure, 1.02)
    figure.update_layout(barmode="group", legend={"yanchor": "bottom"}, bargap=0.25)
    figure.update_xaxes(tickvals=columns, ticktext=names, tickangle=-45 if len(columns) > 9 else 0)
    return figure.update_yaxes(title=says("figure-grammar.surprise-bits"), rangemode="tozero")


def _short(sentence: str, most: int = 44) -> str:
    return sentence if len(sentence) <= most else f"… {sentence[2 - most :]}"


FIGURES: dict[str, Callable[..., go.Figure]] = {
    "grammar": rules,
    "minimal-pairs": leads,
    "sentence-pair": pair,
}
