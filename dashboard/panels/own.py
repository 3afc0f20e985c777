"""A reader's own model: what was found before opening it, and opening it."""

from concurrent.futures import TimeoutError as NotYet
from html import escape
from typing import Any

import streamlit as st

from dashboard import choices, frame, shelf
from dashboard.interface import says
from dashboard.questions import QUESTIONS
from interpret.results.anatomy import about

ASKED = {question.title for question in QUESTIONS}
KINDS = {
    "hugging-face-folder": says("own.a-hugging-face-folder"),
    "hub-id": says("own.a-model-on-the-hugging"),
    "fastai-language-model": says("own.a-language-model-saved"),
    "fastai-encoder": says("own.an-encoder-saved-by-fastai"),
    "fastai-classifier": says("own.a-text-classifier-saved"),
    "fastai-export": says("own.a-learner-exported-by-fastai"),
    "raw-lstm": says("own.the-weights-of-an-lstm"),
    "underhood-checkpoint": says("own.a-checkpoint-of-underhoods-own"),
}


def places() -> None:
    """Where models may be opened from."""
    root = shelf.models_dir()
    if root is None:
        st.caption(says("own.no-folder-of-this-machine"))
        return
    found = sorted(
        entry.name for entry in root.iterdir() if not entry.name.startswith(".") and entry.name.isprintable()
    )[:200]
    if not found:
        st.caption(says("own.the-folder-that-is-open"))
        return
    st.selectbox(
        says("own.in-the-folder"), found, index=None, key="own_entry",
        placeholder=says("own.choose-a-model"), on_change=choices.take_entry,
    )  # fmt: skip


def look(where: str, hub: bool) -> None:
    """What is there, and a button that opens it."""
    if not where:
        frame.said(says("own.give-it-a-folder"))
        return
    try:
        found = shelf.look_at(where, hub=hub)
    except shelf.Refusal as refusal:
        frame.notice(str(refusal), says("own.nothing-was-loaded"))
        return
    report(found)
    if found.can_open:
        offer(where, hub=hub)


def report(found: Any) -> None:
    """What the preflight found: one sentence, problems first, then the facts and the questions."""
    if found.problems:
        for problem in found.problems:
            frame.notice(problem, says("own.nothing-was-loaded-everything"))
    else:
        frame.said(_sentence(found))
    for warning in found.warnings:
        frame.quiet(warning)
    if found.kind == "unknown":
        return
    left, right = st.columns(2, gap="large")
    left.html(_table(says("own.what-it"), _facts(found)))
    if found.problems:  # none, and why was said above
        return
    asked = {title: why or "yes" for title, why in shelf.answers_of(found).items() if title in ASKED}
    right.html(_table(says("own.which-questions-it-answers"), asked))


def _sentence(found: Any) -> str:
    size = says("own.parameters", parameters=about(found.parameters)) if found.parameters else ""
    needs = says("own.opened-it-needs-about-mb", memory_mb=found.memory_mb) if found.memory_mb else ""
    does = frame.DOES.get(found.task)
    which = says("own.which", does=does) if does else says("own.what-it-does-is-found")
    kind = says("own.this-is", kinds=KINDS[found.kind], architecture=found.architecture, which=which)
    return says(
        "own.it-has-layers-on-disk",
        kind=kind,
        layers=found.layers,
        size=size,
        bytes_on_disk=_bytes(found.bytes_on_disk),
        needs=needs,
    )


def _bytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 1e5 else f"{max(count / 1e3, 1):,.0f} kB"


def _facts(found: Any) -> dict[str, str]:
    facts = {
        says("own.family"): found.family,
        says("own.architecture"): found.architecture,
        says("own.does"): frame.DOES.get(found.task),
        says("own.classes"): ", ".join(found.classes),
        says("own.layers"): found.layers,
        says("own.widths"): ", ".join(map(str, found.widths)),
        says("own.heads"): found.heads,
        says("own.vocabulary"): found.vocabulary and f"{found.vocabulary:,}",
        says("own.most-tokens-in-one-text"): found.context,
        says("own.output-layer"): {
            True: says("own.the-embedding-again-tied"),
            False: says("own.of-its-own"),
        }.get(found.tied),
        says("own.tokenizer"): found.tokenizer,
        says("own.numbers-on-disk"): found.precision,
        says("own.memory-left"): found.free_mb and f"{found.free_mb:,} MB",
    }
    return {name: str(said) for name, said in facts.items() if said}


def _table(title: str, rows: dict[str, str]) -> str:
    lines = "".join(f"<tr><th>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in rows.items())
    return f'<table class="card"><caption>{escape(title)}</caption>{lines}</table>'


def offer(where: str, *, hub: bool) -> None:
    """A button that opens the model and puts it into the reader's list."""
    if not st.button(says("own.open-it"), type="primary"):
        return
    name, answer = shelf.open_own(where, hub=hub)
    with st.spinner(says("own.opening-reading-the-weights")):
        try:
            answer.result(timeout=300)
        except shelf.Refusal as refusal:
            frame.notice(str(refusal), says("own.nothing-was-loaded-everything"))
            return
        except NotYet:
            frame.notice(says("own.it-was-not-open-after"), says("own.try-a-smaller-model"))
            return
    choices.take_in(name)
    choices.open_next(name)
    st.switch_page("views/next_words.py")


def note() -> None:
    """What can be opened, and what happens to it."""
    frame.pair(
        says("own.what-can-be-opened"),
        says("own.a-folder-of-hugging-faces"),
        says("own.what-happens"),
        [
            says("own.looking-reads-headers"),
            says("own.nothing-in-a-file"),
            says("own.the-model-stays-on-this"),
        ],
    )
