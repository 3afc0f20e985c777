"""What changes of a text do to a lead: bars that end left of 0 flip the answer."""

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import label, plain, signed
from dashboard.interface import says
from interpret.results import Counterfactuals
from interpret.sentences import named

WIDE = 44  # characters of a label


def counterfactuals(found: Counterfactuals) -> go.Figure:
    """A bar for each change, in the order of the record; the dotted line is the lead before any change."""
    places = np.arange(len(found.values))
    names = [change if len(change) <= WIDE else f"{change[: WIDE - 1]}…" for change in found.changes]
    said = [
        f"{label(change)}: {label(named(a))}" for change, a in zip(found.changes, found.answers, strict=True)
    ]
    figure = go.Figure(
        go.Bar(
            x=found.values, y=places, orientation="h", marker=signed(found.values.tolist()), customdata=said,
            hovertemplate=says("figure-counterfactual.hover-lead-logits"),
        )
    )  # fmt: skip
    plain(figure, 110 + 24 * len(places))
    figure.add_vline(x=found.lead, line_dash="dot", annotation_text="before", annotation_position="top")
    figure.update_xaxes(title=says("figure-counterfactual.lead-of-the-old-answer"), zeroline=True)
    return figure.update_yaxes(
        tickvals=places, ticktext=[label(name) for name in names], autorange="reversed",
        ticklabelstandoff=6,
    )  # fmt: skip


FIGURES = {"counterfactuals": counterfactuals}
