"""What all figures share: how text reaches Plotly, sizes, and which way a text runs."""

import unicodedata
from collections.abc import Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from interpret.sentences import bare

# "31 %", as sentences have it: d3 leaves no room before its own sign for percent, but what a locale calls the currency
# it writes behind the number as given, in place of that sign. So formats of shares begin with "$".
SPACED = {"en-US": {"format": {"currency": ["", "\u00a0%"]}}}
CONFIG: dict[str, Any] = {  # downloads stand below each chart
    "displaylogo": False, "displayModeBar": False, "locale": "en-US", "locales": SPACED,
}  # fmt: skip


def label(token: str) -> str:
    """A token as a Plotly label: nothing in it is read as markup or as a place in a template."""
    return escape(bare(token) if token else "", quote=False).replace("%{", "&#37;{")


def direction(text: str) -> str:
    """Which way a text runs, by its first letter: "rtl" for a right-to-left script, else "ltr"."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def ramp(values: Sequence[float]) -> dict[str, Any]:
    """Bars in the theme's one warm hue, the stronger the larger; the smallest still stands out."""
    most = max(values, default=1.0) or 1.0
    shades = [value + 0.8 * most for value in values]  # below 0 Plotly would take the two-sided ramp
    return {"color": shades, "cmin": 0.0, "cmax": 1.8 * most, "showscale": False}


def signed(values: Sequence[float]) -> dict[str, Any]:
    """Bars in the theme's two-sided ramp: warm above 0, blue below."""
    most = max((abs(value) for value in values), default=1.0) or 1.0
    return {"color": list(values), "cmin": -most, "cmax": most, "autocolorscale": True, "showscale": False}


def plain(figure: go.Figure, height: int) -> go.Figure:
    """Margins, height and no moving parts."""
    return figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        showlegend=False,
        dragmode=False,
        xaxis={"fixedrange": True, "automargin": True},
        yaxis={"fixedrange": True, "automargin": True},
    )
