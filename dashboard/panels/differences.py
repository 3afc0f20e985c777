"""A comparison as it is seen: two strips with the difference between them, bars, and what flipped."""

from typing import Any

import numpy as np
import streamlit as st

from dashboard import VERSION, choices, figures, frame
from dashboard.anatomy_parts import scrolling
from dashboard.components.maps import maps
from dashboard.figures.comparison import pairs
from dashboard.interface import says
from interpret.results.comparison import FLIPS, Comparison
from interpret.sentences import bare, percent, two_figures, visible

ROWS = 12  # in the table
FLIP = "⇄"
NONE = "–"
SCALE = says("differences.all-rows-on-one-scale")


def shows(found: Comparison) -> str:
    """Whose numbers, of what, in which unit: a quiet line under the answer."""
    return f"{found.names[0]} and {found.names[1]} · {found.about}{_unit(found, ', in ')}"


def picture(found: Comparison) -> None:
    """Bars of the same things for both sides, or both texts with a row of differences."""
    if found.what in ("next", "classes"):
        st.plotly_chart(pairs(found), key="pairs", config=figures.CONFIG, alt=found.in_words())
    else:
        _strips(found)


def _strips(found: Comparison) -> None:
    most = (
        float(max(np.abs(found.values[found.known]).max(initial=0), np.abs(found.difference).max(initial=0)))
        or 1.0
    )
    rows = [
        _row(found.names[side], found.values[side], found.known[side], most, found, found.signed)
        | {"words": [visible(word) or NONE for word in found.shown[side]]}
        for side in (0, 1)
    ]
    written = [
        f"{FLIP} {_number(found, value, signed=True)}"
        if flip
        else _number(found, value, signed=True)
        if both
        else NONE
        for value, flip, both in zip(found.difference, found.flipped, found.both, strict=True)
    ]
    rows.append(
        _row("difference", found.difference, found.both, most, found, True)
        | {"words": written, "signed": True}
    )
    pair = {
        "one": 0, "other": 1, "rho": found.rho, "kendall": 0.0, "disputed": found.apart(),
        "said": says("differences.the-last-row", found=_legend(found)),
    }  # fmt: skip
    words = [{"t": found.name(at), "s": 1, "n": 0} for at in range(len(found.kinds))]
    key = f"differences-{found.what}"
    pinned = maps(
        words, rows, [pair], key=key, name="differences",  # type: ignore[arg-type]
        held=choices.held("pinned", key, *found.names, *found.texts, found.what),
        direction=figures.direction(found.texts[0]),
        caption=f"{shows(found)} · Underhood {VERSION}",
        scale=(
            f"{_number(found, most, signed=True)}{_unit(found, ' ')}", SCALE,
            f"{_number(found, -most, signed=True)}{_unit(found, ' ')}",
        ),
    )  # fmt: skip
    choices.keep(pinned=pinned or None)


def _row(
    title: str, values: np.ndarray, known: np.ndarray, most: float, found: Comparison, signed: bool
) -> dict[str, Any]:
    order = [int(at) for at in np.argsort(-np.abs(values), kind="stable") if known[at]]
    places = {at: place for place, at in enumerate(order, start=1)}
    pairs_of = list(zip(values.tolist(), known.tolist(), strict=True))
    return {
        "title": title, "signed": signed,
        "values": [value / most if is_known else None for value, is_known in pairs_of],
        "raw": [value if is_known else None for value, is_known in pairs_of],
        "written": [_number(found, value, signed=signed) if is_known else None for value, is_known in pairs_of],
        "ranks": [places.get(at) for at in range(len(values))],
    }  # fmt: skip


def _number(found: Comparison, value: float, *, signed: bool) -> str:
    """A number as it is read, with its unit where that is short."""
    if found.what == "surprise":
        said = f"{value:+.1f}" if signed else f"{value:.1f}"
    elif found.what in ("attention", "layers", "next", "classes"):
        said = f"{100 * value:+.0f}\u00a0%" if signed else percent(value)
    else:
        said = f"{value:+.2f}" if signed else two_figures(value)
    if not any(digit in said for digit in "123456789"):
        said = said.lstrip("+-")  # nothing has no sign
    return said.replace("-", "−")


def _unit(found: Comparison, before: str) -> str:
    """The unit that `_number` leaves out; shares have theirs."""
    return f"{before}{found.unit}" if found.what in ("surprise", "saliency") else ""


def flips(found: Comparison) -> None:
    """The words at which the answer itself is another one, the furthest apart first; then other differences."""
    order = sorted(
        np.flatnonzero(found.both & ((found.difference != 0) | found.flipped)).tolist(),
        key=lambda at: (not found.flipped[at], -abs(found.difference[at])),
    )
    if not order:
        return
    in_words = found.what in ("surprise", "layers")
    head = [
        "",
        says("differences.word"),
        *(f"{name}{_unit(found, ', ')}" for name in found.names),
        says("differences.difference", unit=_unit(found, ", ")),
        *([says("differences.what-it-says", name=name) for name in found.names] if in_words else []),
    ]
    rows = []
    for at in order[:ROWS]:
        told = [_told(found, side, at) for side in (0, 1)] if in_words else []
        numbers = [_number(found, float(value), signed=found.signed) for value in found.values[:, at]]
        rows.append([
            FLIP if found.flipped[at] else "", _called(found, at), *numbers,
            _number(found, float(found.difference[at]), signed=True), *told,
        ])  # fmt: skip
    scrolling("beside", head, rows, says("differences.what-flipped-and-what-differs"))
    more = (
        says("differences.of-that-differ-the-first", order=len(order), rows=ROWS) if len(order) > ROWS else ""
    )
    frame.quiet(_legend(found) + more)


def _legend(found: Comparison) -> str:
    """What the sign of a flip means, or that there is none."""
    return (
        says("differences.marks", flip=FLIP, what=FLIPS[found.what])
        if found.flipped.any()
        else says("differences.nothing-flipped")
    )


def _called(found: Comparison, at: int) -> str:
    """A word, a class or a next token in the table."""
    return bare(found.shown[0][at]) if found.what == "next" else found.name(at) or "(start)"


def _told(found: Comparison, side: int, at: int) -> str:
    said = found.told[side][at]
    return f"{bare(said)} ({percent(float(found.sure[side, at]))})" if said else NONE
