"""An index of many texts: start one, watch it, take it behind the units."""

import streamlit as st

from dashboard import cached, choices, frame, indexes, shelf
from dashboard.indexes import Indexing
from dashboard.interface import says
from dashboard.literal import literal

ENDINGS, MEGABYTES = ("txt", "csv", "jsonl", "parquet"), 20
SOURCES = {"own": says("behind.a-file-of-your-own"), "bundled": says("behind.the-bundled-texts")}


def offered() -> str:
    """The texts behind the units of this page, among the reader's finished indexes of this model: a folder."""
    sha256 = shelf.card(choices.model()).sha256
    known = {"": says("behind.the-bundled-texts")}
    for name in choices.indexes():
        found = indexes.look(name)
        if found and found.summary and found.summary["model_sha256"] == sha256:
            known[name] = says("behind.texts-of", title=found.title, texts=found.summary["texts"])
    return indexes.folder(choices.behind(known))


def ask() -> None:
    """Which texts, and a button that begins."""
    name = choices.model()
    opened = name if name in shelf.titles() else shelf.whereabouts(name)
    if not opened:
        frame.notice(says("behind.only-models-whose-files-are"), says("behind.choose-another"))
        return
    source, file, column = choices.pick("texts", says("behind.texts"), SOURCES), None, ""
    if source == "own":
        file = choices.uploaded(
            says("behind.a-file-up-to-mb", endings=", ".join(ENDINGS), megabytes=MEGABYTES),
            ENDINGS,
            MEGABYTES,
        )
        column = _column(*file) if file else ""
        st.caption(says("behind.a-txt-holds-texts"))
    title = shelf.card(name).name
    if source == "own" and file is None:
        return
    if st.button(says("behind.let-read-them", title=literal(title)), type="primary"):
        try:
            choices.keep_index(indexes.start(title, opened, file, column))
        except shelf.Refusal as refusal:
            frame.notice(str(refusal), says("behind.one-index-is-made"))
        else:
            st.rerun()


def _column(name: str, held: bytes) -> str:
    """The column with the texts, from those of a file small enough to look into; else it is guessed."""
    try:
        known = cached.columns_of(name, held).texts
    except shelf.Refusal:  # reading it says so, by the line
        return ""
    return (
        choices.column("index_column", says("behind.column-with-the-texts"), known) if len(known) > 1 else ""
    )


def progress(found: Indexing) -> None:
    """How far it is; Stop keeps what is done."""
    share = found.done / found.shards if found.shards else 0.0
    left = "" if found.seconds_left is None else says("behind.left", left=found.seconds_left)
    said = (
        says("behind.of-parts-read", done=found.done, shards=found.shards, left=left)
        if found.shards
        else says("behind.opening-the-model")
    )
    st.progress(share, text=said)
    with st.container(horizontal=True):
        st.button(
            says("behind.stop"), key="stop-index", on_click=indexes.stop, args=(found.name,), disabled=not found.shards,
            help=says("behind.ends-it-after-the-part"),
        )  # fmt: skip
        _forget(found)


def ended(found: Indexing) -> None:
    """One that has ended too early: why, and going on with it."""
    if found.state == "stopped":
        frame.notice(
            says("behind.stopped-of-parts-are-kept", done=found.done, shards=found.shards),
            says("behind.go-on-whenever-you-like"),
            "status",
        )
    else:
        frame.notice(says("behind.this-index-ended-before"), found.why or "")

    def go_on() -> None:
        try:
            indexes.go_on(found.name)
        except indexes.Busy:
            choices.keep_index(found.name)

    with st.container(horizontal=True):
        st.button(says("behind.go-on"), key="go-on-index", type="primary", on_click=go_on)
        _forget(found)


def finished(found: Indexing) -> None:
    """Where to go with it."""
    with st.container(horizontal=True):
        for view, label in (
            ("unit", says("pages.unit")),
            ("select_units", says("pages.select")),
        ):
            if st.button(label, key=f"to-{view}", on_click=choices.put_behind, args=(found.name,)):
                st.switch_page(f"views/{view}.py")
        _forget(found)


def _forget(found: Indexing) -> None:
    def gone() -> None:
        indexes.discard(found.name)
        choices.forget_index(found.name)

    st.button(
        says("behind.forget-it"), key="forget-index", on_click=gone, help=says("behind.nothing-of-it-is-kept")
    )


def in_words(found: Indexing) -> str:
    """What came out, in one sentence."""
    summary = found.summary or {}
    refused = says("behind.of-them-could-not-be", refused=summary["refused"]) if summary["refused"] else ""
    loss = "" if summary["loss"] is None else says("behind.with-a-mean-loss", loss=summary["loss"])
    return says(
        "behind.has-read-texts-tokens-each",
        model=found.model,
        texts=summary["texts"],
        title=found.title,
        tokens=summary["tokens"],
        loss=loss,
        refused=refused,
    )


def listed(watched: str | None) -> None:
    """The reader's other indexes, each with a button that looks at it."""
    others = [one for name in choices.indexes() if name != watched and (one := indexes.look(name))]
    if not others:
        return
    frame.section(says("behind.your-other-indexes"))
    for one in others:
        said = {
            "done": says("behind.finished"),
            "stopped": says("behind.stopped"),
            "lost": says("behind.ended-early"),
        }.get(one.state, says("behind.being-made"))
        st.button(
            literal(says("behind.read-by", title=one.title, model=one.model, said=said)),
            key=f"watch-{one.name}",
            type="tertiary",
            on_click=choices.keep_index,
            args=(one.name,),
        )


def notes() -> None:
    """What an index is, what happens to the texts, and the same on the command line."""
    frame.pair(
        says("behind.how-to-read-this"),
        says("behind.an-index-is-the-models"),
        says("behind.what-it-does-not-tell"),
        [
            says("behind.of-each-text-only"),
            says("behind.of-each-unit-eight-places"),
            says("behind.what-is-highest-in-your"),
            says("behind.the-file-and-the-index"),
        ],
    )
    with st.expander(says("behind.the-same-on-the-command")):
        frame.code(
            f"python -m interpret corpus index --model {choices.model()} --texts FILE --out FOLDER\n"
            f'python -m interpret corpus unit --out FOLDER "{_kind()} 1.0"'
        )


def _kind() -> str:
    return "cell" if "cells" in shelf.card(choices.model()).abilities else "neuron"
