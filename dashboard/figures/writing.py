"""How a text could go on: the next token, the ways, and a text the model wrote."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures.bars import shares
from dashboard.figures.look import label, plain, ramp
from dashboard.interface import says
from interpret.results import NextShares, Tree, Written

TRACK = 130  # pixels
SHOWN = 15


def written(found: Written) -> go.Figure:
    """Tracks over the drawn tokens, or words, one below the other; a click on a bar chooses one."""
    new = np.arange(len(found.drawn))
    tracks = [
        ("probability", found.values, "%{customdata}: %{y:$.1%}<extra></extra>", "$.0%", [0, 1.05]),
        (
            says("figure-writing.surprise-bits"),
            found.surprise,
            says("figure-writing.hover-bits"),
            "",
            None,
        ),
        (
            says("figure-writing.undecided-bits"),
            found.entropy,
            says("figure-writing.hover-bits"),
            "",
            None,
        ),
    ]
    if found.focus is not None:
        tracks.append(
            (
                "focus",
                found.focus,
                says("figure-writing.hover-on-three-tokens"),
                "$.0%",
                [0, 1.05],
            )
        )
    names = [label(token) for token in found.drawn]
    figure = make_subplots(rows=len(tracks), shared_xaxes=True, vertical_spacing=0.06)
    for row, (title, values, hover, ticks, reach) in enumerate(tracks, start=1):
        bars = go.Bar(
            x=new, y=values, marker=ramp(values.tolist()), customdata=names, hovertemplate=hover,
        )  # fmt: skip
        figure.add_trace(bars, row=row, col=1)
        figure.update_yaxes(title=title, tickformat=ticks, range=reach, row=row, col=1)
    plain(figure, 70 + TRACK * len(tracks))
    figure.update_yaxes(fixedrange=True, automargin=True, rangemode="tozero", nticks=4)
    figure.update_xaxes(fixedrange=True)
    return figure.update_xaxes(
        tickvals=new, ticktext=names, tickangle=-60 if len(new) > 8 else 0, row=len(tracks), col=1
    )


def next_shares(found: NextShares) -> go.Figure:
    """The likeliest next tokens as bars."""
    names = [label(token) for token in found.marked()[:SHOWN]]
    return shares(found.values[: len(names)], names, says("figure-writing.probability-of-being-the-next"))


def tree(found: Tree) -> go.Figure:
    """The ways as nested boxes, each as high as its whole way is likely."""
    icicle = go.Icicle(
        ids=[str(node) for node in range(len(found.parents))],
        labels=[label(token) for token in found.marked()],
        parents=["" if up < 0 else str(up) for up in found.parents],
        values=np.exp(found.paths), branchvalues="remainder", sort=False,
        customdata=np.exp(found.paths), hovertemplate="%{label}: %{customdata:$.2%}<extra></extra>",
    )  # fmt: skip
    return plain(go.Figure(icicle), 480)


FIGURES = {"written": written, "next-shares": next_shares, "tree": tree}
