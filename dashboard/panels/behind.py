"""An index of many texts: start one, watch it, take it behind the units."""

import streamlit as st

from dashboard import cached, choices, frame, indexes, shelf
from dashboard.indexes import Indexing
from dashboard.literal import literal

ENDINGS, MEGABYTES = ("txt", "csv", "jsonl", "parquet"), 20
SOURCES = {"own": "a file of your own", "bundled": "the bundled texts"}


def offered() -> str:
    """The texts behind the units of this page, among the reader's finished indexes of this model: a folder."""
    sha256 = shelf.card(choices.model()).sha256
    known = {"": "the bundled texts"}
    for name in choices.indexes():
        found = indexes.look(name)
        if found and found.summary and found.summary["model_sha256"] == sha256:
            known[name] = f"{found.title} ({found.summary['texts']:,} texts)"
    return indexes.folder(choices.behind(known))


def ask() -> None:
    """Which texts, and a button that begins."""
    name = choices.model()
    opened = name if name in shelf.titles() else shelf.whereabouts(name)
    if not opened:
        frame.notice(
            "Only models whose files are on this machine can read in the background.", "Choose another one."
        )
        return
    source, file, column = choices.pick("texts", "Texts", SOURCES), None, ""
    if source == "own":
        file = choices.uploaded(f"A file: {', '.join(ENDINGS)}; up to {MEGABYTES} MB", ENDINGS, MEGABYTES)
        column = _column(*file) if file else ""
        st.caption(
            "A .txt holds texts with blank lines between; a .csv, .jsonl or .parquet has a column with texts. "
            "Larger files: `python -m interpret corpus index`, on the command line, takes any size."
        )
    title = shelf.card(name).name
    if source == "own" and file is None:
        return
    if st.button(f"Let {literal(title)} read them", type="primary"):
        try:
            choices.keep_index(indexes.start(title, opened, file, column))
        except shelf.Refusal as refusal:
            frame.notice(str(refusal), "One index is made at a time, so that the pages stay quick.")
        else:
            st.rerun()


def _column(name: str, held: bytes) -> str:
    """The column with the texts, from those of a file small enough to look into; else it is guessed."""
    try:
        known = cached.columns_of(name, held).texts
    except shelf.Refusal:  # reading it says so, by the line
        return ""
    return choices.column("index_column", "Column with the texts", known) if len(known) > 1 else ""


def progress(found: Indexing) -> None:
    """How far it is; Stop keeps what is done."""
    share = found.done / found.shards if found.shards else 0.0
    left = "" if found.seconds_left is None else f", about {found.seconds_left:,.0f} s left"
    said = f"{found.done:,} of {found.shards:,} parts read{left}" if found.shards else "Opening the model"
    st.progress(share, text=said)
    with st.container(horizontal=True):
        st.button(
            "Stop", key="stop-index", on_click=indexes.stop, args=(found.name,), disabled=not found.shards,
            help="Ends it after the part it is at; what is done is kept.",
        )  # fmt: skip
        _forget(found)


def ended(found: Indexing) -> None:
    """One that has ended too early: why, and going on with it."""
    if found.state == "stopped":
        frame.notice(
            f"Stopped: {found.done:,} of {found.shards:,} parts are kept.",
            "Go on whenever you like.",
            "status",
        )
    else:
        frame.notice("This index ended before its time.", found.why or "")

    def go_on() -> None:
        try:
            indexes.go_on(found.name)
        except indexes.Busy:
            choices.keep_index(found.name)

    with st.container(horizontal=True):
        st.button("Go on", key="go-on-index", type="primary", on_click=go_on)
        _forget(found)


def finished(found: Indexing) -> None:
    """Where to go with it."""
    with st.container(horizontal=True):
        for view, label in (
            ("unit", "What does one unit watch for?"),
            ("select_units", "Which units know these words?"),
        ):
            if st.button(label, key=f"to-{view}", on_click=choices.put_behind, args=(found.name,)):
                st.switch_page(f"views/{view}.py")
        _forget(found)


def _forget(found: Indexing) -> None:
    def gone() -> None:
        indexes.discard(found.name)
        choices.forget_index(found.name)

    st.button("Forget it", key="forget-index", on_click=gone, help="Nothing of it is kept.")


def in_words(found: Indexing) -> str:
    """What came out, in one sentence."""
    summary = found.summary or {}
    refused = f" {summary['refused']:,} of them could not be read." if summary["refused"] else ""
    loss = "" if summary["loss"] is None else f", with a mean loss of {summary['loss']:.2f} nats per token"
    return (
        f"{found.model} has read {summary['texts']:,} texts ({found.title}), {summary['tokens']:,} tokens{loss}."
        f"{refused} Each of its units now has a card from them: where it is highest, lowest and half way up."
    )


def listed(watched: str | None) -> None:
    """The reader's other indexes, each with a button that looks at it."""
    others = [one for name in choices.indexes() if name != watched and (one := indexes.look(name))]
    if not others:
        return
    frame.section("Your other indexes")
    for one in others:
        said = {"done": "finished", "stopped": "stopped", "lost": "ended early"}.get(one.state, "being made")
        st.button(
            literal(f"{one.title}, read by {one.model}: {said}"), key=f"watch-{one.name}", type="tertiary",
            on_click=choices.keep_index, args=(one.name,),
        )  # fmt: skip


def notes() -> None:
    """What an index is, what happens to the texts, and the same on the command line."""
    frame.pair(
        "How to read this",
        "An index is the model's way through many texts, kept so that a unit's card opens at once: its highest, lowest "
        "and middling places, how often it is how strong, what it goes with. It is made in the background, part by "
        "part; close the page and come back, stop it and go on, and nothing is read twice.",
        "What it does not tell you",
        [
            "Of each text only the first 256 tokens are read.",
            "Of each unit eight places at either end are kept; what is ninth is not.",
            "What is highest in your texts need not be what the unit watches for in others.",
            "The file and the index stay on this machine, are listed in this session only, and go with “Forget it”.",
        ],
    )
    with st.expander("The same on the command line"):
        frame.code(
            f"python -m interpret corpus index --model {choices.model()} --texts FILE --out FOLDER\n"
            f'python -m interpret corpus unit --out FOLDER "{_kind()} 1.0"'
        )


def _kind() -> str:
    return "cell" if "cells" in shelf.card(choices.model()).abilities else "neuron"
