"""Which texts are looked at across: bundled ones, stories by seed, or a file of the reader's own."""

from html import escape
from typing import Any

import streamlit as st

from dashboard import cached, choices, frame, shelf, worlds
from dashboard.interface import says

ENDINGS, MEGABYTES = ("txt", "csv", "jsonl", "parquet"), 5
BUNDLED = {
    "reviews": says("text-sets.60-labelled-reviews"),
    "passages": says("text-sets.50-texts-of-many-kinds"),
    "stories": says("text-sets.stories-of-storyland"),
}
LINES = {True: says("text-sets.each-line-is-a-text"), False: says("text-sets.blank-lines-stand-between")}


def chosen() -> dict[str, Any]:
    """The texts chosen, as options of a study; the page ends with a sentence while there are none."""
    name = choices.model()
    offered = ["stories"] if worlds.world(name) == "storyland" else ["reviews", "passages"]
    if shelf.task(name) != "classify":
        offered.reverse()
    known = {one: BUNDLED[one] for one in offered} | {"own": says("text-sets.a-file-of-your-own")}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        source = choices.pick("source", says("text-sets.texts"), known)
        seed = choices.number("draw", says("text-sets.drawn-anew"), 0, 99, 0) if source == "stories" else 0
    if source != "own":
        return {"source": source, "seed": seed}
    return _own()


def _own() -> dict[str, Any]:
    given = choices.uploaded(
        says("text-sets.a-file-up-to-mb", endings=', '.join(ENDINGS), megabytes=MEGABYTES),
        ENDINGS, MEGABYTES,
    )  # fmt: skip
    if given is not None:
        try:
            choices.keep_texts(_read(*given))
        except shelf.Refusal as refusal:
            choices.forget_texts()
            frame.notice(str(refusal), says("text-sets.nothing-of-this-file"))
            choices.end_page()
    found = choices.own_texts()
    if found is None:
        frame.notice(
            says("text-sets.no-file-was-given-yet"),
            says("text-sets.a-txt-holds-a-text"),
            role="status",
        )
        choices.end_page()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        labelled = sum(bool(label) for label in found.labels)
        said = says(
            "text-sets.texts-of-them-labelled",
            name=found.name,
            texts=len(found.texts),
            labelled=labelled,
            left=found.left,
        )
        st.html(f'<p class="meta">{escape(said)}</p>', width="content")
        if given is None:
            st.button(
                says("text-sets.forget-them"),
                key=choices.key("forget-texts"),
                type="tertiary",
                on_click=choices.forget_texts,
            )
    return {"texts": list(found.texts), "labels": list(found.labels)}


def _read(name: str, held: bytes) -> choices.OwnTexts:
    """The file's texts, in the columns that the reader chose or that were guessed."""
    about = cached.columns_of(name, held)
    text, label, lines = "", "", False
    if about.texts:
        left, right = st.columns(2)
        with left:
            text = choices.column("own_column", says("text-sets.column-with-the-texts"), about.texts)
        with right:
            known = [one for one in about.labels if one != text] or [""]
            label = choices.column(
                "own_label", says("text-sets.column-with-the-labels"), known, lambda one: one or "none"
            )
    else:
        ways = [about.lines, not about.lines]
        lines = LINES[True] == choices.column(
            "own_lines", says("text-sets.in-this-file"), [LINES[way] for way in ways]
        )
    found = cached.texts_of(name, held, text, label, lines=lines)
    how = f", lines={lines}" if not text else f", {text!r}, {label!r}"
    return choices.OwnTexts(name, found.texts, found.labels, found.left, how)
