"""Which tour or lesson a reader follows, what they guess before they look, and whether they present to a room.

A small tour or lesson of a teacher's own stands in the address as a whole, compressed as long texts are.
"""

from collections.abc import Collection
from typing import Any

import streamlit as st

from dashboard.choices import address
from dashboard.choices.address import forget, now, write
from dashboard.choices.files import handed_over
from dashboard.guides import FOLDERS, OWN, Guide, read, written
from dashboard.interface import says

STEP = "step"
CARRIED = "carried"  # a whole tour or lesson, in the address
UNREAD = says("choice-guided.what-this-link-carries-as")
DAMAGED = says("choice-guided.it-is-damaged-ask", UNREAD=UNREAD)


def take_up() -> None:
    """At the beginning of a run: what is followed and whether it is presented, from the address or the session."""
    given = now()
    kind = _kind(given)
    if kind:
        st.session_state["guide"] = (kind, given[kind], _number(given.get(STEP)))
    if "present" in given:
        st.session_state["presents"] = given["present"] == "1"
    if followed := following():
        write(**{followed[0]: followed[1], STEP: str(followed[2])})
    own = own_guide() if followed and followed[1] == OWN else None
    write(**{CARRIED: carried(own) if own else None})
    write(present="1" if presents() else None)


def following() -> tuple[str, str, int] | None:
    """Kind, name and step (from 1) of the tour or lesson that is followed."""
    return st.session_state.get("guide")


def arriving() -> tuple[str, str, int] | None:
    """The step that a short link names without saying what stands there."""
    given = now()
    kind = _kind(given)
    if kind is None or "model" in given or following():
        return None
    return kind, given[kind], _number(given.get(STEP))


def leave() -> None:
    """Follow nothing any more; page, text and model stay. For callbacks."""
    for name in [name for name in st.session_state if name == "guide" or str(name).startswith("guess_")]:
        del st.session_state[name]
    forget(*FOLDERS, STEP, CARRIED, "guess")


def presents() -> bool:
    """Whether the page is shown to a room: large type, no side bar."""
    return bool(st.session_state.get("presents", now().get("present") == "1"))


def present(on: bool) -> None:
    """Show the page to a room, or no longer. For callbacks."""
    st.session_state["presents"] = on
    forget("present")


def own_guide() -> Guide | None:
    """The tour or lesson that this reader opened from a file."""
    return st.session_state.get("own_guide")


def keep_guide(found: Guide) -> None:
    """Have this tour or lesson for the session."""
    st.session_state["own_guide"] = found


def carried(found: Guide) -> str | None:
    """A tour or lesson as an address carries it; None for one that is too long for that."""
    packed = address.pack(written(found))
    return packed if len(packed) <= address.LONGEST else None


def unpacked(given: str, pages: Collection[str], models: Collection[str]) -> Guide:
    """The tour or lesson that an address carries; ValueError says in a sentence or two what is wrong with it."""
    try:
        content = address.unpack(given).encode()
    except ValueError:
        raise ValueError(DAMAGED) from None
    try:
        return read(content, pages, models=models)
    except ValueError as fault:
        raise ValueError(f"{UNREAD} {str(fault).replace('his file', 'his')}") from None


def take_guide(pages: Collection[str], models: Collection[str]) -> None:
    """Have the tour or lesson that a link carries; what is wrong with it is told by `address.trouble`."""
    given, own = now().get(CARRIED), own_guide()
    if given is None or given == st.session_state.get("unread") or (own and carried(own) == given):
        return
    try:
        keep_guide(unpacked(given, pages, models))
    except ValueError as fault:
        st.session_state["trouble"], st.session_state["unread"] = str(fault), given


def guide_link(found: Guide) -> str | None:
    """The address that opens a tour or lesson anywhere; None for one of a reader's own that is too long for that."""
    whole = {CARRIED: carried(found)} if found.name == OWN else {}
    if None in whole.values():
        return None
    return address.leading_to({found.kind: found.name, STEP: "1", **{k: v for k, v in whole.items() if v}})


def guide_file() -> bytes | None:
    """The file of a tour or lesson that lies in the box just now."""
    given = handed_over(says("choice-guided.a-tour-or-lesson"), ["json"], key=f"{OWN}-guide", megabytes=1)
    return None if given is None else given.getvalue()


def guess(page: str, known: dict[str, str]) -> None:
    """Offer what can be guessed on a page before it shows it, value -> what to call it."""
    name = f"guess_{page}"
    if now().get("guess") in known:
        st.session_state[name] = now()["guess"]
    if known:
        st.segmented_control(
            says("choice-guided.guess-before-you-look"), list(known), format_func=known.__getitem__, key=name,
            persist_state="session", on_change=_guess_otherwise,
        )  # fmt: skip
    chosen = st.session_state.get(name) if known else None
    st.session_state["guessing"] = chosen
    if chosen:
        write(guess=chosen)


def guessing() -> str:
    """What is guessed on this page; "" for nothing."""
    return st.session_state.get("guessing") or ""


def guess_again() -> None:
    """Hide what was revealed. For callbacks."""
    st.session_state.pop("revealed", None)


def _guess_otherwise() -> None:
    guess_again()
    forget("guess")  # what is chosen now is written when the page runs


def revealed(key: str) -> Any:
    """What the reader had guessed when they revealed this very question; None before."""
    held = st.session_state.get("revealed") or {}
    return held.get(key)


def has_revealed() -> bool:
    """Whether anything was revealed since this view was opened."""
    return bool(st.session_state.get("revealed"))


def reveal(key: str, given: Any) -> None:
    """Keep a guess and show the answer. For callbacks."""
    st.session_state["revealed"] = {**(st.session_state.get("revealed") or {}), key: given}


def marks(name: str, could: set[int]) -> list[int]:
    """The words marked in the component `name`; what the browser sends is not trusted."""
    told = (st.session_state.get(name) or {}).get("marked")
    given = told if isinstance(told, list) else []
    return [word for word in dict.fromkeys(given) if type(word) is int and word in could]


def written_guesses(name: str, labels: list[str]) -> None:
    """Words the reader expects, one in each box; `revealed(name)` has them when they ask for the answer."""
    boxes = {label: f"{name}-{label}" for label in labels}

    def asked() -> None:
        reveal(name, [str(st.session_state.get(box) or "").strip() for box in boxes.values()])

    with st.form(name, border=True):
        for column, (label, box) in zip(st.columns(len(labels)), boxes.items(), strict=True):
            column.text_input(label, key=box, max_chars=60)
        st.form_submit_button(says("choice-guided.reveal"), type="primary", on_click=asked)


def _kind(given: dict[str, str]) -> str | None:
    return next((kind for kind in FOLDERS if kind in given), None)


def _number(written: str | None) -> int:
    return int(written) if written and written.isdecimal() and len(written) < 4 else 1
