"""Two sides' probabilities of the same things, bar under bar."""

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import label, plain
from interpret.results.comparison import Comparison
from interpret.sentences import percent


def pairs(found: Comparison) -> go.Figure:
    """Two bars for each next token or class, the first side's on top."""
    names = [label(one) for one in found.shown[0]]
    places = np.arange(len(names))
    figure = go.Figure()
    for k, side in enumerate(found.names):
        figure.add_bar(
            x=found.values[k], y=places + (0.2 if k else -0.2), width=0.36, orientation="h", name=side,
            text=[percent(float(share)) for share in found.values[k]], textposition="outside", cliponaxis=False,
            customdata=names, hovertemplate=f"{label(side)}, %{{customdata}}: %{{x:$.2%}}<extra></extra>",
            marker_pattern_shape="/" if k else "",
        )  # fmt: skip
    plain(figure, 110 + 46 * len(names))
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    figure.update_xaxes(title=found.about, tickformat="$.2~%", range=[0, float(found.values.max()) * 1.18])
    return figure.update_yaxes(tickvals=places, ticktext=names, autorange="reversed", ticklabelstandoff=6)
