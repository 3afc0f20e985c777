"""A view from a file: the JSON that every picture can be saved as opens the same view again.

So does what `python -m interpret METHOD --out FILE.json` writes, where a page shows that method.
"""

import json
import re
from collections.abc import Collection
from typing import Any

import streamlit as st

from dashboard.choices.address import MOST
from dashboard.choices.files import handed_over
from dashboard.interface import says
from interpret.method import find

SCHEMA = "underhood-view/1"
AGAIN = says("choice-saved.choose-a-file-that-was")
KEPT = ("own", "own_guide", "opened_files")  # what belongs to the reader and not to a view


def read_saved(content: bytes, pages: Collection[str]) -> tuple[str, dict[str, str]]:
    """The page and the choices a file names.

    Args:
        content: The file.
        pages: The paths of the pages there are.

    Returns:
        The page's path, "" for the first, and name -> value as in an address, the text as it is.

    Raises:
        ValueError: One sentence: what is wrong with the file, and what to do.
    """
    try:
        record = json.loads(content.decode("utf-8"))
        # No half characters: nothing that shows a text takes them.
        json.dumps(record, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise ValueError(says("choice-saved.this-file-is-not-json", AGAIN=AGAIN)) from None
    view = _view(record)
    page, given = view.get("page"), view.get("choices")
    if not isinstance(page, str) or page not in pages:
        raise ValueError(says("choice-saved.this-file-names-a-page", AGAIN=AGAIN))
    if not isinstance(given, dict) or len(given) > 100:
        raise ValueError(says("choice-saved.this-file-does-not-say", AGAIN=AGAIN))
    for name, value in given.items():
        known = re.fullmatch("[a-z_]{1,40}", name) and isinstance(value, str)
        if not known or len(value) > (MOST if name == "text" else 8000):
            raise ValueError(says("choice-saved.this-file-holds-a-choice", AGAIN=AGAIN))
    return page, given


def _view(record: Any) -> dict[str, Any]:
    """Where a record was saved, whether a page or the command line wrote it."""
    if not isinstance(record, dict):
        raise ValueError(says("choice-saved.this-file-is-json-but", AGAIN=AGAIN))
    view = record.get("view")
    if isinstance(view, dict):
        if view.get("schema") != SCHEMA:
            raise ValueError(says("choice-saved.this-file-is-of-another", SCHEMA=SCHEMA, AGAIN=AGAIN))
        return view
    method = find().get(str(record.get("method")))
    if method is None or not {"model", "text"} <= set(record):
        raise ValueError(says("choice-saved.this-file-is-json-but", AGAIN=AGAIN))
    given = {"model": record["model"], "text": record["text"]}
    if method.gives == "token-grid":
        return {"page": "saliency", "choices": {**given, "method": str(record["method"])}}
    if record["method"] == "next_words":
        return {"page": "", "choices": given}
    raise ValueError(says("choice-saved.no-page-opens-what-computed", title=method.title, AGAIN=AGAIN))


def offer_saved(pages: Collection[str]) -> None:
    """Where a reader gives such a file."""
    name = f"saved-{st.session_state.get('opened_files', 0)}"  # another one once a file was opened

    def taken() -> None:
        file = st.session_state.get(name)
        if file is None:
            return
        try:
            st.session_state["opening"] = read_saved(file.getvalue(), pages)
        except ValueError as fault:
            st.session_state["trouble"] = str(fault)

    with st.popover(says("choice-saved.open-a-saved-view"), type="tertiary"):
        handed_over(says("choice-saved.a-json-file-that-was"), ["json"], key=name, on_change=taken)


def open_view(page: str, given: dict[str, str]) -> None:
    """Go to a page with these choices, as if its link had been followed. For callbacks."""
    st.session_state["opening"] = (page, given)


def opening() -> tuple[str, dict[str, str]] | None:
    """The page to go to, and its address, when a file was just given; all earlier choices are let go."""
    found = st.session_state.get("opening")
    if found is None:
        return None
    page, given = found
    opened = st.session_state.get("opened_files", 0)
    for name in set(st.session_state) - set(KEPT):
        del st.session_state[name]
    st.session_state["opened_files"] = opened + 1
    if "text" in given:
        st.session_state["text"] = given["text"]
    return page, {name: value for name, value in given.items() if name != "text"}
