"""The choices as pages ask for them: on the second side of a page what was chosen on the first, as far as it fits."""

from collections.abc import Collection, Sequence
from typing import Any

import streamlit as st

from dashboard.choices import controls, files, pairs, subject, texts, units
from dashboard.choices import writing as dials_of
from dashboard.choices.behind import behind as one_index
from dashboard.choices.picked import clicked as clicked_in
from dashboard.choices.picked import held as held_in
from dashboard.choices.picked import picked as picked_of
from dashboard.choices.picked import points as points_of
from dashboard.choices.several import anew as let_go
from dashboard.choices.several import keep_phrase as write_phrase
from dashboard.choices.several import phrase as one_phrase
from dashboard.choices.several import several as some_of
from dashboard.choices.sides import first_only, is_second, key, shared, side
from dashboard.interface import says


def model() -> str:
    """The name of the model that is looked at."""
    now = side()
    return subject.model() if now is None else now.model


def text() -> str:
    """The text that is looked at, as typed."""
    now = side()
    return subject.text() if now is None else now.text


def played(name: str) -> dict[str, Any]:
    """What a component that the pointer plays with last told Python, by the name of its key."""
    return controls.played(key(name))


def word(name: str, count: int, written: str = "word") -> int | None:
    """The word pinned in a strip; on the second side, until one is pinned there, that of the first."""
    now = side()
    if now is None:
        return controls.word(name, count, written)
    if now.second and "selected" in played(name):
        return controls.word(key(name), count, written)
    if now.second and not now.alike:
        return None
    return controls.word(name, count, written)


def token(name: str, count: int) -> int | None:
    """The token pinned in a strip of tokens, kept in the address; on the second side as `word`."""
    found = word(name, count, "token")
    keep_word(found, "token")
    return found


def phrase(name: str, count: int) -> tuple[int, int] | None:
    """First and last word of the phrase chosen in a strip; on the second side as `word`."""
    now = side()
    if now is not None and now.second and "until" not in played(name) and not now.alike:
        return None
    return one_phrase(key(name) if "until" in played(name) else name, count)


def _one_of(chosen: Any, name: str, title: str, known: dict[Any, str], first: Any = None, **_: Any) -> Any:
    return _fitting(chosen, title, known, first)


def _method(chosen: Any, names: dict[str, str]) -> str:
    return _fitting(chosen, says("choice-shared.method"), names, None)


def _fitting(chosen: Any, title: str, known: dict[Any, str], first: Any) -> Any:
    """What was chosen if it is offered here, too; else the first, and a word about it."""
    if chosen in known:
        return chosen
    found = first if first in known else next(iter(known))
    if chosen is not None:
        st.caption(says("choice-shared.what-is-chosen-beside", title=title))
    return found


def _number(chosen: int | None, name: str, title: str, low: int, high: int, first: int) -> int:
    return max(low, min(high, first if chosen is None else chosen))


def _switch(chosen: bool | None, name: str, title: str, *, first: bool = False) -> bool:
    return first if chosen is None else chosen


def _written(chosen: str | None, name: str, title: str, first: str = "") -> str:
    return first if chosen is None else chosen


def _unit(chosen: str | None, title: str, hint: str) -> str:
    return chosen or ""


def _several(
    chosen: list[str] | None, name: str, title: str, known: dict[str, str], first: list[str], most: int
) -> list[str]:
    return [one for one in chosen or first if one in known] or first


def _behind(chosen: str | None, known: dict[str, str]) -> str:
    return chosen if chosen in known else ""


def _stage(chosen: int | None, name: str, known: Sequence[str]) -> int:
    return len(known) - 1


def _rival(chosen: str | None, target: str, known: Collection[str]) -> str | None:
    return chosen if chosen in known else None


def _unchanged(chosen: list[str] | None, word: int | None, others: list[str]) -> list[str]:
    return others


def picked(name: str, live: list[int], count: int) -> list[int]:
    """Rows picked on a map; on the second side those of its own lasso, which no address keeps."""
    return [row for row in live if 0 <= row < count] if is_second() else picked_of(name, live, count)


def points(name: str) -> list[dict[str, Any]]:
    """The points chosen in a chart, by the name of its key."""
    return points_of(key(name))


def clicked(name: str, told: Sequence[int] | None, most: Sequence[int]) -> tuple[int, ...] | None:
    """What was clicked in a picture; on the second side only what was clicked there, which no address keeps."""
    if not is_second():
        return clicked_in(name, told, most)
    return None if told is None or any(n >= m for n, m in zip(told, most, strict=True)) else tuple(told)


def held(name: str, picture: str, *of: str) -> dict[str, str]:
    """What is held in a component, by the name of its key; on the second side what is held there, in no address."""
    return held_in(None if is_second() else name, key(picture), *of)


def _given(chosen: Any, *_: Any, **__: Any) -> Any:
    """A file, or lines, of the reader's own: the same for both sides."""
    return chosen


def _pasted(chosen: str | None, *_: Any) -> str:
    return chosen or ""


def _column(chosen: str | None, name: str, title: str, known: Sequence[str], *_: Any) -> str:
    return known[0] if chosen not in known else str(chosen)


pick, among = shared(controls.pick, _one_of), shared(controls.among, _one_of)
method = shared(controls.method, _method)
number, switch = shared(controls.number, _number), shared(controls.switch, _switch)
written, unit = shared(controls.written, _written), shared(units.unit, _unit)
several, behind = shared(some_of, _several), shared(one_index, _behind)
stage, rival = shared(controls.stage, _stage), shared(controls.rival, _rival)
handed_over, uploaded = shared(files.handed_over, _given), shared(texts.uploaded, _given)
pasted, column = shared(texts.pasted, _pasted), shared(texts.column, _column)
with_versus = shared(pairs.with_versus, _unchanged)
steps, offered_units = first_only(units.steps), first_only(units.offered_units)
choose_rival = first_only(controls.choose_rival)
anew = first_only(let_go)
keep, keep_stage = first_only(units.keep), first_only(controls.keep_stage)
keep_word, keep_phrase = first_only(controls.keep_word), first_only(write_phrase)
keep_dials = first_only(dials_of.keep_dials)
