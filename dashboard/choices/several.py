"""More than one thing at a time: several methods, a phrase of several words, a number that is doubled."""

from typing import Any

import streamlit as st

from dashboard.choices.address import now, write
from dashboard.choices.controls import played
from dashboard.literal import literal


def several(name: str, title: str, known: dict[str, str], first: list[str], most: int) -> list[str]:
    """Up to `most` of a few things, value -> what to call it; `first`, if none is chosen."""
    given = st.session_state.get(name)
    if given is None:
        given = now().get(name, "").split(",")
    st.session_state[name] = [one for one in given if one in known][:most] or first
    st.pills(
        title, list(known), selection_mode="multi", format_func=lambda value: literal(known[value]),
        key=name, persist_state="session",
    )  # fmt: skip
    chosen = (st.session_state[name] or first)[:most]
    write(**{name: ",".join(chosen) if chosen != first else None})
    return [one for one in known if one in chosen]


def anew(name: str, of: str) -> None:
    """Before a control is drawn: what was chosen in it under another `of` is let go."""
    if st.session_state.get(f"{name}_of", of) != of:
        st.session_state.pop(name, None)
        write(**{name: None})
    st.session_state[f"{name}_of"] = of


def phrase(name: str, count: int) -> tuple[int, int] | None:
    """First and last word of the phrase chosen in a strip of `count` words, from its state or the address."""
    told = played(name)
    given: Any = told["until"] if "until" in told else _written()
    if not isinstance(given, list | tuple) or len(given) != 2 or any(type(n) is not int for n in given):
        return None
    first, last = given
    return (first, last) if 0 <= first < last < count else None


def keep_phrase(given: tuple[int, int] | None) -> None:
    """Write the last word of the phrase to the address; its first is the pinned word."""
    write(until=str(given[1]) if given else None)


def _written() -> list[int] | None:
    try:
        return [int(now()["word"]), int(now()["until"])]
    except (KeyError, ValueError):
        return None


def doubled(name: str, first: int, most: int) -> int:
    """A number that only ever doubles, from the address; `first`, if it was not raised."""
    given = str(st.session_state.get(name) or now().get(name, ""))
    allowed = [first]
    while 2 * allowed[-1] <= most:
        allowed.append(2 * allowed[-1])
    return int(given) if given in [str(number) for number in allowed] else first


def double(name: str, first: int, most: int) -> None:
    """Raise it. For callbacks."""
    raised = min(most, 2 * doubled(name, first, most))
    st.session_state[name] = raised
    write(**{name: str(raised)})
