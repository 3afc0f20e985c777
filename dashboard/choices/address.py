"""The address of a view: everything chosen is in it, so that a link opens the same view.

A long text stands in it compressed (zlib, then base64 with the alphabet for addresses: RFC 1950, RFC 4648), under
a name of its own. A text that is too long even then stays out of it, and the page says so.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Collection, Mapping
from typing import Any, NoReturn
from urllib.parse import quote, urlencode

import streamlit as st

from dashboard.interface import says

PACKED = "packed"  # the name of a compressed text
PLAIN = 1500  # characters of the address that a text may take as it is
LONGEST = 6000  # characters of the address that a compressed text may take
MOST = 400_000  # bytes that a compressed text may grow to: a small link must not fill the memory
OFFERED = "offered"  # what each choice was made from
GATHERED = "address_to_be"  # in the session: what a run of a page will write
CHOSEN = "address_chosen"  # in the session: the choices in it
FORGOTTEN = "address_without"  # in the session: what the next run takes out
BROKEN = says("choice-address.the-text-in-this-link")
TOO_LONG = says("choice-address.the-text-in-this-link-2", MOST=MOST // 1000)


def spelled(text: str | None) -> dict[str, str | None]:
    """How a text stands in an address: as it is, compressed, or not at all."""
    if text is None or len(quote(text, errors="replace")) <= PLAIN:
        return {"text": text, PACKED: None}
    packed = pack(text)
    return {"text": None, PACKED: packed if len(packed) <= LONGEST else None}


def room(text: str) -> bool:
    """Whether an address has room for a text."""
    return any(part is not None for part in spelled(text).values())


def read(given: Mapping[str, str]) -> str | None:
    """The text in an address, None without one; ValueError, one sentence, where it is damaged or a trap."""
    if "text" in given or PACKED not in given:
        return given.get("text")
    return unpack(given[PACKED])


def pack(text: str) -> str:
    """A text, compressed, in letters an address may hold."""
    written = zlib.compress(text.encode("utf-8", "surrogatepass"), 9)
    return base64.urlsafe_b64encode(written).decode().rstrip("=")


def unpack(packed: str) -> str:
    """The text that was packed; ValueError, one sentence, where it is damaged or a trap."""
    if len(packed) > LONGEST or not re.fullmatch("[A-Za-z0-9_-]+", packed):
        raise ValueError(BROKEN)
    reader = zlib.decompressobj()
    try:
        written = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        found = reader.decompress(written, MOST + 1)
        if len(found) > MOST:
            raise ValueError(TOO_LONG)
        if not reader.eof or reader.unused_data:
            raise ValueError(BROKEN)
        return found.decode("utf-8")  # no half characters: nothing that shows a text takes them
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        raise ValueError(BROKEN) from None


def given_text(first: str) -> str:
    """The text of the address, else `first`; a damaged one is told by `trouble`."""
    try:
        text = read(now())
    except ValueError as fault:
        st.session_state["trouble"] = str(fault)
        text = None
    return first if text is None else text


def trouble() -> str | None:
    """What was wrong with the address or the file this view was opened from; said once."""
    return st.session_state.pop("trouble", None)


def linked(name: str, known: Collection[Any], first: Any = None) -> None:
    """Before its widget is drawn: the choice starts from the address, if that names one there is."""
    if st.session_state.get(name) not in known:
        known_first = next(iter(known)) if first is None else first
        given = {str(value): value for value in known}.get(now().get(name, ""), known_first)
        st.session_state[name] = given
    # Streamlit lets go of a choice when another page offers other things under its name, and gives None.
    offered, before = tuple(map(str, known)), st.session_state.setdefault(OFFERED, {})
    if before.get(name) != offered:
        st.session_state[name] = st.session_state[name]
    before[name] = offered


def begin() -> None:
    """From here to `end` choices are gathered: a run of a page is one step in the browser's history."""
    gone = st.session_state.pop(FORGOTTEN, ())
    st.session_state[CHOSEN] = {}
    st.session_state[GATHERED] = {
        name: value for name, value in st.query_params.to_dict().items() if name not in gone
    }


def end() -> None:
    """Write what was gathered, if the address does not say it yet."""
    wanted, chosen = st.session_state.pop(GATHERED, None), st.session_state.pop(CHOSEN, {})
    if wanted is None:
        return
    if wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)
    st.session_state["address"] = {**st.session_state.get("address", {}), **chosen}


def alone() -> bool:
    """Whether a fragment runs by itself, and not as a part of its page."""
    return GATHERED not in st.session_state


def end_page() -> NoReturn:
    """Draw nothing more; what was chosen is written first, because afterwards nothing reaches the browser."""
    end()
    st.stop()


def now() -> dict[str, str]:
    """The address, with what will be written to it."""
    found = st.session_state.get(GATHERED)
    return st.query_params.to_dict() if found is None else found


def write(**choices: str | None) -> None:
    """Put choices into the address; None takes one out. Outside of a run (in a fragment) at once."""
    before = now()
    spelt = {**choices, **spelled(choices["text"])} if "text" in choices else choices
    wanted = {name: value for name, value in {**before, **spelt}.items() if value is not None}
    if GATHERED in st.session_state:
        st.session_state[GATHERED] = wanted
        st.session_state[CHOSEN] |= choices
        return
    if wanted != before:
        st.query_params.from_dict(wanted)
    st.session_state["address"] = {**st.session_state.get("address", {}), **choices}


def forget(*names: str) -> None:
    """Take choices out of the address when the page runs next. For callbacks."""
    st.session_state[FORGOTTEN] = (*st.session_state.get(FORGOTTEN, ()), *names)


def go_back() -> None:
    """Take up what the address says where it is not what was last written: the reader went back."""
    for name, written in st.session_state.get("address", {}).items():
        given = _given(name)
        if given not in (None, written) and st.session_state.get(name) == written:  # else newly chosen: kept
            st.session_state[name] = given


def _given(name: str) -> str | None:
    try:
        return read(now()) if name == "text" else now().get(name)
    except ValueError:
        return None


def link() -> str | None:
    """The address that opens this view again; None when the text does not fit into one."""
    said = now()
    if not {"text", PACKED} & set(said):
        return None
    return leading_to(said)


def leading_to(said: Mapping[str, str]) -> str:
    """The address of this page with these choices."""
    return (st.context.url or "").split("?")[0] + "?" + urlencode(said, quote_via=quote)
