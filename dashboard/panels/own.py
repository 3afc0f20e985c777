"""A reader's own model: what was found before opening it, and opening it."""

from concurrent.futures import TimeoutError as NotYet
from html import escape
from typing import Any

import streamlit as st

from dashboard import choices, frame, shelf
from dashboard.questions import QUESTIONS
from interpret.results.anatomy import about

ASKED = {question.title for question in QUESTIONS}
KINDS = {
    "hugging-face-folder": "a Hugging Face folder",
    "hub-id": "a model on the Hugging Face hub",
    "fastai-language-model": "a language model saved by fastai",
    "fastai-encoder": "an encoder saved by fastai",
    "fastai-classifier": "a text classifier saved by fastai",
    "fastai-export": "a learner exported by fastai",
    "raw-lstm": "the weights of an LSTM",
    "underhood-checkpoint": "a checkpoint of Underhood's own",
}


def places() -> None:
    """Where models may be opened from."""
    root = shelf.models_dir()
    if root is None:
        st.caption(
            "No folder of this machine is open to readers. Start the dashboard with "
            "`python -m dashboard --models-dir FOLDER` to open models from that folder."
        )
        return
    found = sorted(
        entry.name for entry in root.iterdir() if not entry.name.startswith(".") and entry.name.isprintable()
    )[:200]
    if not found:
        st.caption("The folder that is open to readers is empty.")
        return
    st.selectbox(
        "In the folder that is open to readers", found, index=None, key="own_entry",
        placeholder="Choose a model", on_change=choices.take_entry,
    )  # fmt: skip


def look(where: str, hub: bool) -> None:
    """What is there, and a button that opens it."""
    if not where:
        frame.said(
            "Give it a folder, a file of weights or a name on the Hugging Face hub, and look before you open."
        )
        return
    try:
        found = shelf.look_at(where, hub=hub)
    except shelf.Refusal as refusal:
        frame.notice(str(refusal), "Nothing was loaded.")
        return
    report(found)
    if found.can_open:
        offer(where, hub=hub)


def report(found: Any) -> None:
    """What the preflight found: one sentence, problems first, then the facts and the questions."""
    if found.problems:
        for problem in found.problems:
            frame.notice(problem, "Nothing was loaded; everything else goes on working.")
    else:
        frame.said(_sentence(found))
    for warning in found.warnings:
        frame.quiet(warning)
    if found.kind == "unknown":
        return
    left, right = st.columns(2, gap="large")
    left.html(_table("What it is", _facts(found)))
    if found.problems:  # none, and why was said above
        return
    asked = {title: why or "yes" for title, why in shelf.answers_of(found).items() if title in ASKED}
    right.html(_table("Which questions it answers", asked))


def _sentence(found: Any) -> str:
    size = f"{about(found.parameters)} parameters, " if found.parameters else ""
    needs = f" Opened, it needs about {found.memory_mb:,} MB of memory." if found.memory_mb else ""
    does = frame.DOES.get(found.task)
    which = f", which {does}" if does else "; what it does is found out when it is opened"
    kind = f"This is {KINDS[found.kind]}: {found.architecture}{which}."
    return f"{kind} It has {found.layers} layers, {size}{_bytes(found.bytes_on_disk)} on disk.{needs}"


def _bytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 1e5 else f"{max(count / 1e3, 1):,.0f} kB"


def _facts(found: Any) -> dict[str, str]:
    facts = {
        "Family": found.family,
        "Architecture": found.architecture,
        "Does": frame.DOES.get(found.task),
        "Classes": ", ".join(found.classes),
        "Layers": found.layers,
        "Widths": ", ".join(map(str, found.widths)),
        "Heads": found.heads,
        "Vocabulary": found.vocabulary and f"{found.vocabulary:,}",
        "Most tokens in one text": found.context,
        "Output layer": {True: "the embedding again (tied)", False: "of its own"}.get(found.tied),
        "Tokenizer": found.tokenizer,
        "Numbers on disk": found.precision,
        "Memory left": found.free_mb and f"{found.free_mb:,} MB",
    }
    return {name: str(said) for name, said in facts.items() if said}


def _table(title: str, rows: dict[str, str]) -> str:
    lines = "".join(f"<tr><th>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in rows.items())
    return f'<table class="card"><caption>{escape(title)}</caption>{lines}</table>'


def offer(where: str, *, hub: bool) -> None:
    """A button that opens the model and puts it into the reader's list."""
    if not st.button("Open it", type="primary"):
        return
    name, answer = shelf.open_own(where, hub=hub)
    with st.spinner("Opening: reading the weights"):
        try:
            answer.result(timeout=300)
        except shelf.Refusal as refusal:
            frame.notice(str(refusal), "Nothing was loaded; everything else goes on working.")
            return
        except NotYet:
            frame.notice("It was not open after five minutes.", "Try a smaller model.")
            return
    choices.take_in(name)
    choices.open_next(name)
    st.switch_page("views/next_words.py")


def note() -> None:
    """What can be opened, and what happens to it."""
    frame.pair(
        "What can be opened",
        "A folder of Hugging Face's (config.json, safetensors, tokenizer.json), a name on its hub, a fastai "
        "language model, encoder or classifier (.pth with its vocabulary beside it), the weights of a plain "
        "nn.LSTM with a small json, or a fastai export after “python -m models convert”.",
        "What happens to it",
        [
            "Looking reads headers and settings only, never the weights, and takes a moment.",
            "Nothing in a file is ever run: no pickle is unpickled, no code of a checkpoint is used.",
            "The model stays on this machine, and only this browser session sees it in its list.",
        ],
    )
