"""Pictures of “How is it built?”: weights beside what a text makes of them, and where heads look."""

import re
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures.look import label, plain, ramp
from dashboard.interface import says
from interpret.results.anatomy import Anatomy, Lines
from interpret.sentences import rounded

MOST_ROWS = 24  # more parts than this are drawn block by block


def parts(found: Anatomy) -> go.Figure:
    """Bars side by side, a row a part: its parameters, and the numbers it computes for this text."""
    rows: dict[str, Any] = {}
    for part in found.parts:
        folded = re.search(r"block \d+$", part.name) if len(found.parts) > MOST_ROWS else None
        name = folded[0] if folded else part.name
        rows[name] = rows.get(name, 0) + np.array((part.parameters, part.numbers))
    figure = make_subplots(1, 2, shared_yaxes=True, horizontal_spacing=0.06)
    values, places = np.array(list(rows.values())), np.arange(len(rows))
    for column, unit in enumerate(("parameters", "computed")):
        counts = values[:, column]
        figure.add_bar(
            x=counts, y=places, orientation="h", marker=ramp(counts.tolist()), cliponaxis=False,
            text=[short(int(count)) for count in counts], textposition="outside", customdata=list(rows),
            hovertemplate=f"%{{customdata}}: %{{x:,}} {unit}<extra></extra>", row=1, col=column + 1,
        )  # fmt: skip
        figure.update_xaxes(
            title=unit, side="top", showticklabels=False, showgrid=False, zeroline=False, fixedrange=True,
            range=[0, float(counts.max()) * 1.5], row=1, col=column + 1,
        )  # fmt: skip
    plain(figure, 60 + 26 * len(rows))
    figure.update_layout(margin={"t": 40}, bargap=0.25)
    figure.update_yaxes(fixedrange=True, autorange="reversed", tickvals=places, automargin=True)
    return figure.update_yaxes(ticktext=[label(name) for name in rows], ticklabelstandoff=6, col=1)


def short(count: int) -> str:
    """A count of at most five characters: 2.1 M, 66 k, 512."""
    if count >= 999_500:
        return f"{count / 1e6:.1f} M"
    return f"{count / 1e3:.0f} k" if count >= 9_950 else f"{count:,}"


def moves(found: Anatomy) -> go.Figure:
    """How far each part moved from the model it started from, in percent of its length there."""
    kept = [part for part in found.parts if part.moved is not None]
    far, places = [part.moved or 0.0 for part in kept], list(range(len(kept)))
    figure = go.Figure(
        go.Bar(
            x=far, y=places, orientation="h", marker=ramp(far), cliponaxis=False,
            text=[rounded(x, 1) for x in far], textposition="outside",
            customdata=[part.name for part in kept], hovertemplate="%{customdata}: %{x:$.2%}<extra></extra>",
        )
    )  # fmt: skip
    plain(figure, 70 + 26 * len(kept))
    figure.update_xaxes(
        title=says("figure-anatomy.change-of-its-weights"),
        tickformat="$.2~%",
        range=[0, max(far, default=1) * 1.2],
    )
    return figure.update_yaxes(
        tickvals=places, ticktext=[label(part.name) for part in kept], autorange="reversed"
    )


def heads(found: Lines) -> go.Figure:
    """The weights of up to eight heads as small squares on one scale."""
    assert found.heads is not None
    count = len(found.heads)
    columns = min(4, count)
    rows = -(-count // columns)
    figure = make_subplots(
        rows, columns, subplot_titles=[f"head {n + 1}" for n in range(count)],
        horizontal_spacing=0.03, vertical_spacing=0.12,
    )  # fmt: skip
    names = _names(found)
    for n, grid in enumerate(found.heads):
        shown = np.where(found.matrices["later"], np.nan, grid)
        figure.add_heatmap(
            z=shown, coloraxis="coloraxis", xgap=1, ygap=1, hoverongaps=False,
            customdata=np.array([[(a, b) for b in names] for a in names], dtype=object),
            hovertemplate=says("figure-anatomy.hover-looks-at"),
            row=n // columns + 1, col=n % columns + 1,
        )  # fmt: skip
    plain(figure, 60 + 190 * rows)
    figure.update_layout(coloraxis={"cmin": 0.0, "cmax": 1.0, "showscale": False})
    hidden = {"showticklabels": False, "ticks": "", "showgrid": False, "zeroline": False, "fixedrange": True}
    return figure.update_xaxes(**hidden).update_yaxes(autorange="reversed", **hidden)


def _names(found: Lines) -> list[str]:
    return [label(token) if token else "▸ start" for token in found.tokens]
