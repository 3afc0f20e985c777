"""Which texts are looked at across: bundled ones, stories by seed, or a file of the reader's own."""

from html import escape
from typing import Any

import streamlit as st

from dashboard import cached, choices, frame, shelf, worlds

ENDINGS, MEGABYTES = ("txt", "csv", "jsonl", "parquet"), 5
BUNDLED = {
    "reviews": "60 labelled reviews",
    "passages": "50 texts of many kinds",
    "stories": "stories of Storyland",
}
LINES = {True: "each line is a text", False: "blank lines stand between texts"}


def chosen() -> dict[str, Any]:
    """The texts chosen, as options of a study; the page ends with a sentence while there are none."""
    name = choices.model()
    offered = ["stories"] if worlds.world(name) == "storyland" else ["reviews", "passages"]
    if shelf.task(name) != "classify":
        offered.reverse()
    known = {one: BUNDLED[one] for one in offered} | {"own": "a file of your own"}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        source = choices.pick("source", "Texts", known)
        seed = choices.number("draw", "Drawn anew", 0, 99, 0) if source == "stories" else 0
    if source != "own":
        return {"source": source, "seed": seed}
    return _own()


def _own() -> dict[str, Any]:
    given = choices.uploaded(
        f"A file: {', '.join(ENDINGS)}; up to {MEGABYTES} MB, 1,000 texts and 2 million characters are read",
        ENDINGS, MEGABYTES,
    )  # fmt: skip
    if given is not None:
        try:
            choices.keep_texts(_read(*given))
        except shelf.Refusal as refusal:
            choices.forget_texts()
            frame.notice(str(refusal), "Nothing of this file is used. Mend it, or give another one.")
            choices.end_page()
    found = choices.own_texts()
    if found is None:
        frame.notice(
            "No file was given yet.",
            "A .txt holds a text a line, or blank lines between texts; a .csv, .jsonl or .parquet has a column with "
            "texts and may have one with labels. The file stays in this session on this computer.",
            role="status",
        )
        choices.end_page()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        labelled = sum(bool(label) for label in found.labels)
        said = f"{found.name}: {len(found.texts):,} texts, {labelled:,} of them labelled. {found.left}"
        st.html(f'<p class="meta">{escape(said)}</p>', width="content")
        if given is None:
            st.button(
                "Forget them", key=choices.key("forget-texts"), type="tertiary", on_click=choices.forget_texts
            )
    return {"texts": list(found.texts), "labels": list(found.labels)}


def _read(name: str, held: bytes) -> choices.OwnTexts:
    """The file's texts, in the columns that the reader chose or that were guessed."""
    about = cached.columns_of(name, held)
    text, label, lines = "", "", False
    if about.texts:
        left, right = st.columns(2)
        with left:
            text = choices.column("own_column", "Column with the texts", about.texts)
        with right:
            known = [one for one in about.labels if one != text] or [""]
            label = choices.column("own_label", "Column with the labels", known, lambda one: one or "none")
    else:
        ways = [about.lines, not about.lines]
        lines = LINES[True] == choices.column("own_lines", "In this file", [LINES[way] for way in ways])
    found = cached.texts_of(name, held, text, label, lines=lines)
    how = f", lines={lines}" if not text else f", {text!r}, {label!r}"
    return choices.OwnTexts(name, found.texts, found.labels, found.left, how)
