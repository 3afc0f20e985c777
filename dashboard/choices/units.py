"""Which unit of the network a reader looks at; the same on every page that is about units."""

import random
from collections.abc import Sequence

import streamlit as st

from dashboard.choices.address import now, write
from dashboard.interface import says
from dashboard.literal import literal


def unit(title: str, hint: str) -> str:
    """The unit as the reader wrote it, for instance "cell 2.17"; empty, if they leave it to the page."""
    if "unit" not in st.session_state:
        st.session_state["unit"] = now().get("unit", "")
    typed = st.text_input(title, key="unit", placeholder=hint, persist_state="session", width=260)
    write(unit=typed or None)
    return typed or ""


def take_unit(address: str) -> None:
    """Look at this unit from now on. For callbacks, which run before the box is drawn."""
    st.session_state["unit"] = address


def take_text(text: str) -> None:
    """Look at this text from now on. For callbacks."""
    st.session_state["text"] = text
    st.session_state["example"] = None


def steps(address: str, sizes: Sequence[int]) -> None:
    """Buttons to the unit before and behind, and to any."""
    kind, place = address.split(" ")
    layer, index = (int(part) for part in place.split("."))
    size = sizes[layer - 1]
    with st.container(horizontal=True, gap="small"):
        for label, to in (
            (says("choice-units.previous"), (index - 1) % size),
            (says("choice-units.next"), (index + 1) % size),
        ):
            st.button(label, on_click=take_unit, args=(f"{kind} {layer}.{to}",))
        any_layer = random.randrange(len(sizes))
        any_unit = f"{kind} {any_layer + 1}.{random.randrange(sizes[any_layer])}"
        st.button(
            says("choice-units.any"),
            on_click=take_unit,
            args=(any_unit,),
            help=says("choice-units.a-unit-drawn-at-random"),
        )


def offered_units(name: str, title: str, units: Sequence[str]) -> None:
    """Units to choose from; a chosen one is looked at."""

    def taken() -> None:
        chosen = st.session_state.get(name)
        st.session_state[name] = None
        if chosen:
            take_unit(chosen)

    st.pills(title, list(dict.fromkeys(units)), format_func=literal, key=name, on_change=taken)


def keep(**chosen: str | None) -> None:
    """Write what a component was told into the address."""
    write(**chosen)


def kept(name: str) -> str:
    """What the address says of it."""
    return now().get(name, "")
