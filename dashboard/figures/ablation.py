"""What switching off changes: probabilities before and after, beside what random units do."""

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import label, plain
from dashboard.interface import says
from interpret.results import Ablation
from interpret.sentences import rounded

GREY = "#8a8f98"


def ablation(found: Ablation) -> go.Figure:
    """Paired bars: each candidate before and after."""
    places = np.arange(len(found.candidates))
    names = [name if found.classifies else label(name) for name in found.candidates]
    bars = [
        go.Bar(x=found.values[k], y=places, orientation="h", name=name, customdata=names, cliponaxis=False,
               text=[rounded(share, 1) for share in found.values[k]], textposition="outside",
               hovertemplate=f"%{{customdata}}, {name}: %{{x:$.2%}}<extra></extra>")
        for k, name in enumerate((says("figure-ablation.as-it"), says("figure-ablation.switched-off")))
    ]  # fmt: skip
    figure = plain(go.Figure(bars), 90 + 44 * len(names))
    figure.update_layout(
        barmode="group", bargap=0.25, showlegend=True, margin_t=40,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "itemclick": False},
    )  # fmt: skip
    figure.update_xaxes(tickformat="$.2~%", range=[0, float(found.values.max()) * 1.18], title="probability")
    return figure.update_yaxes(tickvals=places, ticktext=names, autorange="reversed", ticklabelstandoff=6)


def controls(found: Ablation) -> go.Figure:
    """KL of the chosen units beside that of random ones, on one line."""
    figure = go.Figure(
        [
            go.Scatter(
                x=found.kl_random,
                y=[0] * len(found.kl_random),
                mode="markers",
                name=says("figure-ablation.random-units"),
                marker={"size": 11, "color": GREY, "opacity": 0.6},
                hovertemplate=says("figure-ablation.hover-random-nats"),
            ),
            go.Scatter(
                x=[found.kl],
                y=[0],
                mode="markers",
                name=says("figure-ablation.the-chosen"),
                marker_size=14,
                hovertemplate=says("figure-ablation.hover-chosen-nats"),
            ),
        ]
    )
    plain(figure, 150)
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.1, "yanchor": "bottom", "itemclick": False},
    )
    most = max(found.kl, float(found.kl_random.max(initial=0)), 1e-6)
    figure.update_xaxes(
        title=says("figure-ablation.how-far-the-probabilities-move"), range=[-0.04 * most, 1.08 * most]
    )
    return figure.update_yaxes(visible=False)


FIGURES = {"ablation": ablation}
