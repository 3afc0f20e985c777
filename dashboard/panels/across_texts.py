"""Across many texts: the table and its filters, slices, who is taken for whom, calibration."""

import hashlib
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from dashboard import choices, figures, frame, shelf
from dashboard.components.confusion import confusion
from interpret.results import Texts
from interpret.results.text_metrics import apart
from interpret.sentences import percent

ORDERS = {"worst": "largest loss first", "length": "longest first", "given": "as they were given"}
NEXT = {
    "saliency": ("Which words led to this?", "target"),
    "next_words": ("What does it say?", "text_fields"),
    "decided": ("When did it decide?", "layers"),
    "attention": ("Where does it look?", "visibility_lock"),
    "factors": ("Which units work together?", "stacked_line_chart"),
}
NEEDS = {"attention": {"attention"}, "decided": {"unembed"}}  # pages of models with one of these abilities
ANSWERS = {True: "yes", False: "no", None: ""}
LONGEST = 1500  # characters of the chosen text that are shown


def table(found: Texts) -> int | None:
    """Filters and the table; the number of the text chosen in it, None if none is left."""
    frame.section("Which texts does it do worst on?")
    asked = _filters(found)
    rows = found.chosen(**asked)
    if not rows:
        frame.notice("No text is left by these filters.", "Take one of them back.", role="status")
        return None
    key = "texts-" + hashlib.sha256(repr((asked, found.options)).encode()).hexdigest()[:12]
    st.dataframe(
        _cells(found, rows), hide_index=True, width="stretch", height=min(320, 40 + 35 * len(rows)), key=key,
        on_select="rerun", selection_mode="single-row", alt="The texts, one a row, with what the model makes of them",
        column_config={
            "text": st.column_config.TextColumn(width="large"),
            "probability": st.column_config.NumberColumn(format="%.3f", help="Of the class it says"),
            "loss (nats)": _nats(), "nats per token": _nats(),
            "per token": st.column_config.NumberColumn(format="%.1f", help="Perplexity per token"),
            "per word": st.column_config.NumberColumn(format="localized", help="Perplexity per word or mark"),
        },
    )  # fmt: skip
    many = "" if len(rows) == len(found.texts) else f" {len(rows):,} of {len(found.texts):,} texts are shown."
    st.caption(f"Choose a row to read the text below and to open it on other pages.{many}")
    row = choices.chosen_row(key)
    return rows[(choices.clicked("row", None if row is None else [row], [len(rows)]) or (0,))[0]]


def _nats() -> Any:
    return st.column_config.NumberColumn(format="%.2f")


def _filters(found: Texts) -> dict[str, str]:
    labels = {label: label for label in sorted(set(found.group_names())) if label}
    asked: dict[str, str] = {}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        asked["order"] = choices.among("order", "Order", ORDERS)
        asked["words"] = choices.written("holds", "Texts that hold")
        if 1 < len(labels) <= 50:
            asked["label"] = choices.among("of_label", "Labelled", {"": "any", **labels})
        if found.names_classes:
            asked["said"] = choices.among(
                "of_said", "Taken for", {"": "any", **{n: n for n in found.classes}}
            )
            if len(found.labelled):
                known = {"": "right or wrong", "right": "right", "wrong": "wrong"}
                asked["answer"] = choices.among("answered", "Answer", known)
    return asked


def _cells(found: Texts, rows: list[int]) -> list[dict[str, Any]]:
    losses, names = found.losses(), found.group_names()
    labelled = any(names)
    right = (
        dict(zip(found.labelled.tolist(), found.right.tolist(), strict=True)) if found.names_classes else {}
    )
    table = []
    for row in rows:
        cells: dict[str, Any] = {"no.": int(found.numbers[row])}
        if found.names_classes:
            cells |= {"loss (nats)": losses[row]} if right else {}
            cells |= {"labelled": names[row]} if labelled else {}
            cells |= {"says": found.classes[found.said[row]], "probability": float(found.values[row])}
            cells |= {"right": ANSWERS[right.get(row)]} if right else {}
        else:
            per_token, per_word = found.perplexities(row)
            cells |= {
                "nats per token": losses[row],
                "per token": per_token,
                "per word": round(per_word, 1 if per_word < 10 else None) if np.isfinite(per_word) else None,
            }
            cells |= {"labelled": names[row]} if labelled else {}
        cut = " (cut)" if found.lengths[row] < found.whole[row] else ""
        table.append(cells | {"tokens": f"{found.lengths[row]:,}{cut}", "text": found.texts[row]})
    return table


def one(found: Texts, row: int) -> None:
    """The chosen text, and the pages that can be opened on it."""
    text = found.texts[row]
    label = f" · labelled {found.group_names()[row]}" if found.labels[row] else ""
    loss = found.losses()[row]
    lost = f" · loss {loss:.2f} nats" if found.names_classes and loss is not None else ""
    rest = f" … ({len(text) - LONGEST:,} more characters)" if len(text) > LONGEST else ""
    said = f"Text {found.numbers[row]} · {found.answer(row)}{lost}{label} · {found.lengths[row]:,} tokens"
    st.html(
        f'<blockquote class="passage" dir="{figures.direction(text)}">{escape(text[:LONGEST])}{rest}</blockquote>'
        f'<p class="meta">{escape(said)}</p>'
    )
    with st.container(horizontal=True, gap="small"):
        sees = shelf.card(choices.model()).abilities
        for view, (title, icon) in NEXT.items():
            if view in NEEDS and not NEEDS[view] & sees:
                continue
            if st.button(
                title, key=f"open-{view}", icon=f":material/{icon}:", on_click=choices.take_text, args=(text,)
            ):
                st.switch_page(f"views/{view}.py")


def taken(found: Texts) -> None:
    """Who is taken for whom: a pressed cell filters the table."""
    if not found.names_classes or not len(found.labelled):
        return
    frame.section("Who is taken for whom?")
    pairs = found.confusion()
    off = pairs.copy()
    off[range(len(off)), range(len(off))] = 0
    true, said = divmod(int(off.argmax()), len(off))
    frame.said(
        f"Most often, {times(int(off[true, said]))}, a text labelled {found.classes[true]} is taken for "
        f"{found.classes[said]}." if off.any() else "No labelled text is taken for another class."
    )  # fmt: skip
    names = list(found.classes)
    chosen = tuple(choices.kept(name) for name in ("of_label", "of_said"))
    now = tuple(names.index(one) for one in chosen if one in names)
    confusion(
        names, pairs.tolist(), key="taken", pressed=(now[0], now[1]) if len(now) == 2 else None,
        on_press=lambda: choices.press_cell("taken", "of_label", "of_said", names),
    )  # fmt: skip
    st.caption("Press a number to see only those texts in the table; press it again to see all.")


def times(count: int) -> str:
    """A count of happenings in a sentence."""
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def sure(found: Texts) -> None:
    """How sure it was, and how often right."""
    if not found.names_classes or not len(found.labelled):
        return
    frame.section("May one believe its probabilities?")
    about = found.calibration()
    fits = about.ece <= about.limit
    frame.said(
        f"On average its probability misses how often it is right by {percent(about.ece)} (expected calibration "
        f"error). A classifier whose probabilities were true would show {percent(about.chance)} on so few texts, and "
        f"up to {percent(about.limit)} by chance: "
        + ("nothing speaks against them." if fits else "these are off by more than chance.")
    )
    st.plotly_chart(
        figures.calibration(about), key="calibration", config=figures.CONFIG,
        alt="How often the classifier was right, against how sure it was, in bins with their numbers of texts",
    )  # fmt: skip


def slices(found: Texts) -> None:
    """How it does on some of the texts together."""
    frame.section("On which texts is it better or worse?")
    words = choices.written("with_words", "Compare texts with and without")
    cut = found.slices([words] if words.strip() else [])
    if not cut:
        frame.said("Without labels nobody can say how often it is right.")
        return
    value = f"{percent(cut[0].value)} right" if found.names_classes else f"{cut[0].value:.2f} nats per token"
    far = "; ".join(one.name for one in apart(cut))
    frame.said(
        f"All texts: {value}. "
        + (
            f"By more than chance apart from the others: {far}."
            if far
            else "No slice differs by more than chance."
        )
    )
    st.plotly_chart(
        figures.slices(cut, right=found.names_classes), key="slices", config=figures.CONFIG,
        alt="; ".join(f"{one.name}: {one.value:.2f}, {one.n} texts" for one in cut),
    )  # fmt: skip
    st.caption(
        "In brackets: texts. Lines: 95 % bounds. All slices together are tested at 5 % (Holm's procedure)."
    )
