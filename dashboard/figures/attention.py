"""Heads in numbers: one map, the roles that were measured, what each head is worth, and how far a model looks."""

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.look import label, plain
from dashboard.interface import says
from interpret.results import HeadImportance, HeadMaps, HeadRoles, Reach
from interpret.results.reach import WAYS
from interpret.sentences import rounded

GREY = "#8a8f98"


def head_maps(found: HeadMaps) -> go.Figure:
    """The map with the strongest look, as a heatmap: rows ask, columns are looked at."""
    layer, head, *_ = found.strongest()
    shown = found.values[layer, head]
    most = float(np.abs(shown).max()) or 1.0
    figure = _grid(shown, f"%{{z:.3f}} {found.unit}", 80 + 18 * len(shown))
    figure.update_layout(coloraxis={"cmin": -most if found.signed else 0.0, "cmax": most})
    columns, rows = ([label(t) for t in names] for names in (found.tokens, found.askers))
    figure.update_xaxes(tickvals=np.arange(len(columns)), ticktext=columns, side="top", tickangle=-60)
    return figure.update_yaxes(tickvals=np.arange(len(rows)), ticktext=rows, autorange="reversed")


def _grid(values: np.ndarray, said: str, height: int) -> go.Figure:
    heat = go.Heatmap(z=values, coloraxis="coloraxis", xgap=1, ygap=1, hovertemplate=f"{said}<extra></extra>")
    figure = plain(go.Figure(heat), min(900, height))
    return figure.update_layout(coloraxis={"showscale": False})


def _write(figure: go.Figure, written: np.ndarray, size: int) -> None:
    """Numbers into the fields of a grid, as its own text: Plotly then writes light on dark fields and dark on light."""
    figure.update_traces(text=written, texttemplate="%{text}", textfont_size=size)


def head_roles(found: HeadRoles) -> go.Figure:
    """Every head (rows) by every measure (columns); what passes its threshold has a number in bold."""
    layers, heads, _ = found.values.shape
    flat = found.values.reshape(layers * heads, -1)
    figure = _grid(flat, "%{z:$.0%}", 90 + 22 * len(flat))
    passed = flat >= found.thresholds
    written = np.full(flat.shape, "", dtype=object)
    for field, value in np.ndenumerate(flat):
        if value >= 0.005:
            written[field] = f"<b>{rounded(value)}</b>" if passed[field] else rounded(value)
    _write(figure, written, 11)
    names = [
        says("figure-attention.from", measure=m, threshold=rounded(t))
        for m, t in zip(found.measures, found.thresholds, strict=True)
    ]
    roles = [role for row in found.roles for role in row]
    rows = [f"{at // heads + 1}.{at % heads}  {roles[at]}" for at in range(len(flat))]
    figure.update_layout(coloraxis={"cmin": 0.0, "cmax": 1.0, "showscale": False})
    figure.update_xaxes(tickvals=np.arange(len(names)), ticktext=names, side="top")
    return figure.update_yaxes(tickvals=np.arange(len(rows)), ticktext=rows, autorange="reversed")


def offsets(found: HeadRoles, layer: int, head: int) -> go.Figure:
    """How much of one head's weight goes how far back or ahead, mean over the texts."""
    shares = found.offsets[layer, head]
    keep = np.flatnonzero(found.offsets.any(axis=(0, 1)))
    low, high = int(keep.min()), int(keep.max()) + 1
    names = found.offset_names[low:high]
    figure = go.Figure(
        go.Bar(
            x=np.arange(len(names)), y=shares[low:high], hovertemplate="%{customdata}: %{y:$.1%}<extra></extra>",
            customdata=[f"{name} tokens" for name in names],
        )
    )  # fmt: skip
    plain(figure, 220)
    ticks = [str(name).replace("-", "−") for name in names]
    figure.update_xaxes(
        tickvals=np.arange(len(names)), ticktext=ticks, title=says("figure-attention.tokens-back-or-ahead")
    )
    return figure.update_yaxes(
        title=says("figure-attention.mean-weight"), tickformat="$.2~%", rangemode="tozero"
    )


def head_importance(found: HeadImportance) -> go.Figure:
    """What a guess costs more without each head, layers by heads; sure ones in bold."""
    layers, heads = found.values.shape
    most = float(np.abs(found.values).max()) or 1.0
    figure = _grid(found.values, says("figure-attention.hover-nats-a-guess"), 70 + 44 * layers)
    figure.update_layout(coloraxis={"cmin": -most, "cmax": most, "showscale": False, "autocolorscale": True})
    written = np.full(found.values.shape, "", dtype=object)
    for (layer, head), value in np.ndenumerate(found.values):
        sure, slope = found.certain(layer, head), found.gradients[layer, head]
        number = f"<b>{value:+.3f}</b>" if sure else f"{value:+.3f}"
        text = says("figure-attention.by-gradient", number=number, slope=slope) if heads <= 8 else number
        written[layer, head] = text
    _write(figure, written, 12 if heads <= 8 else 9)
    figure.update_xaxes(tickvals=np.arange(heads), ticktext=[f"head {h}" for h in range(heads)], side="top")
    rows = [f"layer {layer + 1}" for layer in range(layers)]
    return figure.update_yaxes(tickvals=np.arange(layers), ticktext=rows, autorange="reversed")


def reach(found: Reach) -> go.Figure:
    """Cost of a guess by how many tokens are as they were; dashed: with the whole text."""
    lines = []
    for row, way in enumerate(found.ways):
        lines.append(
            go.Scatter(
                x=found.steps, y=found.values[row], name=WAYS[way], mode="lines+markers",
                error_y={"array": 2 * found.errors[row], "thickness": 1, "width": 2},
                hovertemplate=f"{WAYS[way]}: %{{y:.2f}} nats with the last %{{x}}<extra></extra>",
            )
        )  # fmt: skip
    ends = [float(found.steps[0]), float(found.steps[-1])]
    lines.append(
        go.Scatter(
            x=ends, y=[found.whole] * 2, name=says("figure-attention.whole-text", whole=found.whole), mode="lines",
            line={"dash": "dash", "color": GREY}, hoverinfo="skip",
        )
    )  # fmt: skip
    figure = plain(go.Figure(lines), 420)
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": -0.2, "x": 0}, margin_b=90)
    steps = [int(step) for step in found.steps]
    figure.update_xaxes(title=says("figure-attention.tokens-before-the-guess"), type="log", tickvals=steps,
                        ticktext=[str(step) for step in steps])  # fmt: skip
    return figure.update_yaxes(title=says("figure-attention.cost-of-a-guess-nats"))


FIGURES = {
    "head-maps": head_maps,
    "head-roles": head_roles,
    "head-importance": head_importance,
    "reach": reach,
}
