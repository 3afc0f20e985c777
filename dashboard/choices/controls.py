"""Controls within a page: kinds, methods, words, rivals, numbers; and Stop."""

from collections.abc import Collection, Sequence
from typing import Any

import streamlit as st

from dashboard.choices.address import linked, now, write
from dashboard.choices.subject import continue_with
from dashboard.interface import says
from dashboard.literal import literal
from interpret.sentences import named, writable


def pick(name: str, title: str, known: dict[Any, str], first: Any = None, *, named: bool = True) -> Any:
    """One of a few things, in a row of buttons: value -> what to call it; `first`, if none was chosen."""
    linked(name, known, first)
    chosen = st.segmented_control(
        title, list(known), format_func=lambda value: literal(known[value]), required=True, key=name,
        persist_state="session", label_visibility="visible" if named else "collapsed",
    )  # fmt: skip
    write(**{name: str(chosen)})
    return chosen


def among(name: str, title: str, known: dict[Any, str], first: Any = None) -> Any:
    """One of many things, from a list: value -> what to call it; `first`, if none was chosen."""
    linked(name, known, first)
    chosen = st.selectbox(
        title, list(known), format_func=known.__getitem__, key=name, persist_state="session"
    )
    write(**{name: str(chosen)})
    return chosen


def number(name: str, title: str, low: int, high: int, first: int) -> int:
    """A whole number from `low` to `high`."""
    linked(name, range(low, high + 1), first)
    if low < high:
        st.slider(title, low, high, key=name, persist_state="session")
    write(**{name: str(st.session_state[name])})
    return st.session_state[name]


def switch(name: str, title: str, *, first: bool = False) -> bool:
    """On or off."""
    linked(name, (False, True), first)
    chosen = st.toggle(title, key=name, persist_state="session")
    write(**{name: str(chosen)})
    return chosen


def written(name: str, title: str, first: str = "") -> str:
    """A line the reader writes."""
    if name not in st.session_state:
        st.session_state[name] = now().get(name, first)
    line = st.text_input(title, key=name, persist_state="session")
    write(**{name: line if line != first else None})
    return line


def set_to(name: str, value: Any) -> None:
    """Choose for the reader. For callbacks."""
    st.session_state[name] = value


def played(name: str) -> dict[str, Any]:
    """What a component that the pointer plays with last told Python, by its key."""
    return st.session_state.get(name) or {}


def method(names: dict[str, str]) -> str:
    """One of the methods a view offers: name -> title."""
    return pick("method", says("choice-controls.method"), names, named=False)


def word(name: str, count: int, written: str = "word") -> int | None:
    """The word pinned in a strip, from its state or else from what is `written`; None if there is none such."""
    kept: Any = st.session_state.get(name) or {}
    try:
        number = int(kept.get("selected", now().get(written)))
    except (TypeError, ValueError):
        return None
    return number if 0 <= number < count else None


def keep_word(number: int | None, written: str = "word") -> None:
    """Write the pinned word to the address."""
    write(**{written: None if number is None else str(number)})


def stage(name: str, known: Sequence[str]) -> int:
    """Which stage of a training is looked at: what the component told, else the address, else the last."""
    told, given = played(name).get("stage"), now().get("stage")
    if type(told) is int and 0 <= told < len(known):
        return told
    return known.index(given) if given in known else len(known) - 1


def keep_stage(name: str) -> None:
    """Write the stage that is looked at to the address."""
    write(stage=name)


def rival(target: str, known: Collection[str]) -> str | None:
    """What the reader wants the explained word set against, if that is offered."""
    chosen = st.session_state.get(f"rival-{target}", now().get("rival"))
    return chosen if chosen in known else None


def choose_rival(target: str, known: list[str], name: str) -> None:
    """Offer words that could stand in place of the explained one."""
    chosen = None
    if known:
        chosen = st.pills(
            says("choice-controls.why-and-not", name=literal(named(name))),
            known,
            format_func=literal,
            key=f"rival-{target}",
            default=rival(target, known),
        )
    write(rival=chosen)


def continue_with_bar(name: str, pieces: tuple[str, ...]) -> None:
    """A bar of the chart `name` was clicked: put its piece behind the text."""
    points = st.session_state[name]["selection"]["points"]
    piece = pieces[int(points[0]["y"])] if points else ""
    if writable(piece):
        continue_with(piece)


def continue_with_pill(name: str) -> None:
    """One of the pieces offered under `name` was chosen: put it behind the text."""
    piece = st.session_state.get(name)
    st.session_state[name] = None
    if piece:
        continue_with(piece)


def stop(key: str) -> None:
    """The reader wants this question's computation to end."""
    st.session_state["stopped"] = key


def stopped(key: str) -> bool:
    """Whether the reader stopped this very question."""
    return st.session_state.get("stopped") == key


def go_on() -> None:
    """The reader wants the stopped computation after all."""
    st.session_state.pop("stopped", None)
