"""A training's held-out loss with the stages that were kept, and its heads' aim at each of them."""

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import plain
from dashboard.interface import says
from interpret.results import Replay

READ = says("figure-replay.tokens-read")


def replay(found: Replay) -> go.Figure:
    """The loss along the training, with a mark at each stage; by factors of ten: most is learned early."""
    kept = np.stack((found.tokens_seen, found.losses), axis=1)
    line = np.concatenate((found.curve, kept))
    line = line[line[:, 0].argsort(kind="stable")]
    figure = go.Figure(
        go.Scatter(
            x=line[:, 0], y=line[:, 1], mode="lines", name=says("figure-replay.along-the-training"),
            hovertemplate=f"%{{y:.2f}} nats after %{{x:,}} {READ}<extra></extra>",
        )
    )  # fmt: skip
    names = _short(found)
    figure.add_trace(
        go.Scatter(
            x=kept[:, 0],
            y=kept[:, 1],
            mode="markers+text",
            name=says("figure-replay.kept-stages"),
            text=_apart(found, names),
            textposition="top right",
            cliponaxis=False,
            customdata=names,
            marker={"size": 10},
            hovertemplate=says("figure-replay.hover-nats"),
        )
    )
    _dress(figure)
    figure.update_xaxes(title=says("figure-replay.by-factors-of-ten", READ=READ), type="log", dtick=1)
    return figure.update_yaxes(title=says("figure-replay.loss-on-held-out-text"), rangemode="tozero")


def _short(found: Replay) -> list[str]:
    """The stages' names for a label."""
    names = [found.named(stage) for stage in range(len(found.stages))]
    return [
        name.removesuffix(" of the training").removeprefix("after ").replace(" the training", "")
        for name in names
    ]


def _apart(found: Replay, names: list[str]) -> list[str]:
    """Names of the marks, without those that would run into the one before."""
    kept, last = [], 0.0
    for name, read in zip(names, found.tokens_seen, strict=True):
        clear = read > 1.35 * last
        last = read if clear else last
        kept.append(name if clear else "")
    return kept


def _dress(figure: go.Figure) -> None:
    plain(figure, 340)
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "itemclick": False},
    )


def heads(found: Replay) -> go.Figure:
    """How much each head looks behind earlier places of a token, stage by stage."""
    assert found.matching is not None
    best = int(found.matching[-1].argmax())
    names = _short(found)
    figure = go.Figure()
    for number, (layer, head) in enumerate(found.heads):
        figure.add_trace(
            go.Scatter(
                x=list(range(len(names))), y=found.matching[:, number], name=f"head {layer}.{head - 1}",
                mode="lines+markers", opacity=1.0 if number == best else 0.55, cliponaxis=False,
                line={"width": 4 if number == best else 1.5},
                hovertemplate=f"%{{y:$.0%}}<extra>head {layer}.{head - 1}</extra>",
            )
        )  # fmt: skip
    _dress(figure)
    figure.update_xaxes(
        tickvals=list(range(len(names))), ticktext=names, title=says("figure-replay.stage-of-the-training")
    )
    return figure.update_yaxes(
        title=says("figure-replay.attention-to-what-followed"), tickformat="$.2~%", range=[0, 1.04]
    )


FIGURES = {"replay": replay}
