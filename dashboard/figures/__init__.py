"""Plotly pictures of results.

They know plotly, numpy and the results, nothing else; colours come from the theme.
"""

import importlib
import pkgutil
from collections.abc import Callable

import plotly.graph_objects as go

from dashboard.figures.bars import guesses
from dashboard.figures.look import CONFIG, direction
from dashboard.figures.surprise import surprise
from dashboard.figures.texts import calibration, slices
from dashboard.figures.trust import trust

__all__ = ["CONFIG", "FIGURES", "calibration", "direction", "draw", "guesses", "slices", "surprise", "trust"]

FIGURES: dict[str, Callable[..., go.Figure]] = {}  # by kind of result, from every file that has some
for _module in pkgutil.iter_modules(__path__):
    FIGURES |= getattr(importlib.import_module(f"{__name__}.{_module.name}"), "FIGURES", {})


def draw(result) -> go.Figure:
    """The picture of a result, chosen by its kind (a word: live reload makes second copies of classes)."""
    return FIGURES[result.kind](result)
