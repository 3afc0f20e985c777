"""What small change would flip the answer? The smallest found, what others do, and ready changes from lists."""

from html import escape
from typing import Any

import numpy as np
import streamlit as st

from dashboard import answers, choices, figures, frame, shelf
from dashboard.interface import says
from dashboard.panels.edits import WRITER
from interpret.editing import nats_per_word, spots, swaps_of
from interpret.sentences import named, percent, with_sign

MOVES = {"both": says("flips.delete-or-swap"), "delete": says("flips.delete"), "swap": says("flips.swap")}
BUDGETS = {600: "600", 3000: "3,000", 12000: "12,000"}


def show(target: str, found: Any) -> None:
    """The part of the page, once the reader asks for it. `target`: a contrast behind the text, else ""."""
    if shelf.task(choices.model()) == "masked" or choices.is_second():
        return
    frame.section(says("flips.what-small-change-would-flip"))
    if not choices.switch("flip", says("flips.look-for")):
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        moves = choices.pick("moves", says("flips.words-may-be"), MOVES)
        budget = choices.pick("budget", says("flips.texts-to-try"), BUDGETS)
    options: dict[str, Any] = {"moves": moves, "budget": budget, "target": target or "every"}
    classifies = shelf.task(choices.model()) == "classify"
    if classifies:
        options["offered"] = _offered(found)
    flipped = answers.part("counterfactual", **options)
    if flipped is None:
        return
    nats = _fluency(flipped) if classifies else flipped.nats
    frame.said(f"{flipped.in_words()} {_most_fluent(flipped, nats)}")
    st.plotly_chart(
        figures.draw(flipped),
        key="flips",
        config=figures.CONFIG,
        alt=f"{flipped.in_words()} {flipped.shows()}",
    )
    choices.offered_texts("flip_to", says("flips.put-one-of-these-changes"), _labels(flipped))
    with st.container(key="flips-scroll"):
        st.html(table(flipped, nats, WRITER if classifies else flipped.model))
    frame.check(flipped)
    frame.notes("counterfactual")


def _offered(found: Any) -> list[list[str]]:
    """What a model that writes would put in the place of each word of a classifier's text."""
    places = spots(found.text, found.spans, found.words)
    guesses = answers.of_text(found.text, WRITER, "next_words")
    return [] if guesses is None else [[text for text, _ in swaps] for swaps in swaps_of(guesses, places)]


def _fluency(found: Any) -> np.ndarray | None:
    """What each change does to the log-probability per word, by the model that swapped."""
    texts = [answers.of_text(text, WRITER, "next_words") for text in (found.text, *found.texts)]
    if any(one is None for one in texts):
        return None
    before, *after = (nats_per_word(one) for one in texts)
    return np.array(after) - before


def _most_fluent(found: Any, nats: np.ndarray | None) -> str:
    """Of the changes that flip the one a writer would soonest make."""
    flipping = np.flatnonzero(found.values < 0)
    if nats is None or len(flipping) < 2:
        return ""
    best = int(flipping[nats[flipping].argmax()])
    return says(
        "flips.of-the-changes-below",
        flipping=len(flipping),
        changes=found.changes[best],
        nats=with_sign(float(nats[best])),
    )


def _labels(found: Any) -> dict[str, str]:
    """Each changed text, and how it is offered: those that flip first."""
    rows = sorted(range(len(found.texts)), key=lambda row: (found.values[row] >= 0, row))
    return {
        found.texts[row]: f"{found.changes[row]}"
        + (
            says("flips.flips-to", answers=named(found.answers[row]))
            if found.answers[row] != found.answer
            else ""
        )
        for row in rows
    }


def table(found: Any, nats: np.ndarray | None, writer: str) -> str:
    """Every change with the answer after it and how fluent it is (HTML, escaped)."""
    heads = (
        says("flips.change"),
        says("flips.from"),
        says("flips.answer-then"),
        says("flips.lead-logits"),
        f"p of {named(found.answer)}",
    )
    fluent = () if nats is None else (says("flips.fluency-nats-per-word", writer=writer),)
    rows = []
    for row, change in enumerate(found.changes):
        kind = "search" if found.kinds[row] == "tried" else found.kinds[row]
        answer = named(found.answers[row])
        bold = "strong" if found.values[row] < 0 else "span"
        cells = [escape(change), escape(kind), f"<{bold}>{escape(answer)}</{bold}>"]
        numbers = [with_sign(float(found.values[row])), percent(float(found.shares[row]))]
        numbers += [] if nats is None else [with_sign(float(nats[row]))]
        cells = [f"<td>{cell}</td>" for cell in cells] + [
            f'<td class="figure">{number}</td>' for number in numbers
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    head = "".join(f"<th>{escape(name)}</th>" for name in (*heads, *fluent))
    return (
        f'<table class="card flips"><caption>{escape(says("flips.what-each-change-does"))}</caption>'
        f"<tr>{head}</tr>{''.join(rows)}</table>"
    )
