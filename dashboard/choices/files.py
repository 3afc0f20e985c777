"""Files that a reader hands over: one way for all, and none where the dashboard is shared with others."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from dashboard import shelf
from dashboard.interface import says

SHARED = says("choice-files.this-dashboard-is-shared")


def handed_over(
    title: str, endings: Sequence[str], *, key: str, megabytes: int = 20, on_change: Callable[[], None] | None = None,
) -> Any:  # fmt: skip
    """The file that lies in the box just now, None if there is none; it belongs to this session only.

    Args:
        title: What is asked for.
        endings: The endings of names that are taken.
        key: The box's key.
        megabytes: The largest file.
        on_change: Called when a file was given or taken away.
    """
    if shelf.is_public():
        st.caption(SHARED)
        return None
    return st.file_uploader(
        title, type=list(endings), key=key, max_upload_size=megabytes, on_change=on_change
    )  # fmt: skip
