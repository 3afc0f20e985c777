"""Across many texts: the table and its filters, slices, who is taken for whom, calibration."""

import hashlib
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from dashboard import choices, figures, frame, shelf
from dashboard.components.confusion import confusion
from dashboard.interface import says
from interpret.results import Texts
from interpret.results.text_metrics import apart
from interpret.sentences import percent

ORDERS = {
    "worst": says("across-texts.largest-loss-first"),
    "length": says("across-texts.longest-first"),
    "given": says("across-texts.as-they-were-given"),
}
NEXT = {
    "saliency": (says("across-texts.which-words-led-to-this"), "target"),
    "next_words": (says("across-texts.what-does-it-say"), "text_fields"),
    "decided": (says("pages.decided"), "layers"),
    "attention": (says("pages.attention"), "visibility_lock"),
    "factors": (says("pages.factors"), "stacked_line_chart"),
}
NEEDS = {"attention": {"attention"}, "decided": {"unembed"}}  # pages of models with one of these abilities
ANSWERS = {True: says("across-texts.yes"), False: says("across-texts.no"), None: ""}
LONGEST = 1500  # characters of the chosen text that are shown


def table(found: Texts) -> int | None:
    """Filters and the table; the number of the text chosen in it, None if none is left."""
    frame.section(says("across-texts.which-texts-does-it-do"))
    asked = _filters(found)
    rows = found.chosen(**asked)
    if not rows:
        frame.notice(
            says("across-texts.no-text-is-left"), says("across-texts.take-one-of-them-back"), role="status"
        )
        return None
    key = "texts-" + hashlib.sha256(repr((asked, found.options)).encode()).hexdigest()[:12]
    st.dataframe(
        _cells(found, rows),
        hide_index=True,
        width="stretch",
        height=min(320, 40 + 35 * len(rows)),
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        alt=says("across-texts.the-texts-one-a-row"),
        column_config={
            "text": st.column_config.TextColumn(width="large"),
            "probability": st.column_config.NumberColumn(
                format="%.3f", help=says("across-texts.of-the-class-it-says")
            ),
            "loss (nats)": _nats(),
            "nats per token": _nats(),
            "per token": st.column_config.NumberColumn(
                format="%.1f", help=says("across-texts.perplexity-per-token")
            ),
            "per word": st.column_config.NumberColumn(
                format="localized", help=says("across-texts.perplexity-per-word-or-mark")
            ),
        },
    )
    many = (
        ""
        if len(rows) == len(found.texts)
        else says("across-texts.of-texts-are-shown", rows=len(rows), texts=len(found.texts))
    )
    st.caption(says("across-texts.choose-a-row-to-read", many=many))
    row = choices.chosen_row(key)
    return rows[(choices.clicked("row", None if row is None else [row], [len(rows)]) or (0,))[0]]


def _nats() -> Any:
    return st.column_config.NumberColumn(format="%.2f")


def _filters(found: Texts) -> dict[str, str]:
    labels = {label: label for label in sorted(set(found.group_names())) if label}
    asked: dict[str, str] = {}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        asked["order"] = choices.among("order", says("across-texts.order"), ORDERS)
        asked["words"] = choices.written("holds", says("across-texts.texts-that-hold"))
        if 1 < len(labels) <= 50:
            asked["label"] = choices.among(
                "of_label", says("across-texts.labelled"), {"": says("across-texts.any"), **labels}
            )
        if found.names_classes:
            asked["said"] = choices.among(
                "of_said",
                says("across-texts.taken-for"),
                {"": says("across-texts.any"), **{n: n for n in found.classes}},
            )
            if len(found.labelled):
                known = {
                    "": says("across-texts.right-or-wrong"),
                    "right": says("across-texts.right"),
                    "wrong": says("across-texts.wrong"),
                }
                asked["answer"] = choices.among("answered", says("across-texts.answer"), known)
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
    label = says("across-texts.label", label=found.group_names()[row]) if found.labels[row] else ""
    loss = found.losses()[row]
    lost = says("across-texts.loss", loss=loss) if found.names_classes and loss is not None else ""
    rest = says("across-texts.more-characters", text=len(text) - LONGEST) if len(text) > LONGEST else ""
    said = says(
        "across-texts.text-tokens",
        numbers=found.numbers[row],
        row=found.answer(row),
        lost=lost,
        label=label,
        lengths=found.lengths[row],
    )
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
    frame.section(says("across-texts.who-is-taken-for-whom"))
    pairs = found.confusion()
    off = pairs.copy()
    off[range(len(off)), range(len(off))] = 0
    true, said = divmod(int(off.argmax()), len(off))
    frame.said(
        says(
            "across-texts.most-often-a-text-labelled",
            off=times(int(off[true, said])),
            label=found.classes[true],
            taken=found.classes[said],
        )
        if off.any()
        else says("across-texts.no-labelled-text-is-taken")
    )
    names = list(found.classes)
    chosen = tuple(choices.kept(name) for name in ("of_label", "of_said"))
    now = tuple(names.index(one) for one in chosen if one in names)
    confusion(
        names, pairs.tolist(), key="taken", pressed=(now[0], now[1]) if len(now) == 2 else None,
        on_press=lambda: choices.press_cell("taken", "of_label", "of_said", names),
        caption=frame.caption(found, says("across-texts.who-is-taken-for-whom")),
    )  # fmt: skip
    st.caption(says("across-texts.press-a-number-to-see"))


def times(count: int) -> str:
    """A count of happenings in a sentence."""
    few = {1: says("across-texts.once"), 2: says("across-texts.twice")}
    return few.get(count, says("across-texts.times", count=count))


def sure(found: Texts) -> None:
    """How sure it was, and how often right."""
    if not found.names_classes or not len(found.labelled):
        return
    frame.section(says("across-texts.may-one-believe"))
    about = found.calibration()
    fits = about.ece <= about.limit
    frame.said(
        says(
            "across-texts.on-average-its-probability",
            ece=percent(about.ece),
            chance=percent(about.chance),
            limit=percent(about.limit),
        )
        + (
            says("across-texts.nothing-speaks-against-them")
            if fits
            else says("across-texts.these-are-off-by-more")
        )
    )
    st.plotly_chart(
        figures.calibration(about), key="calibration", config=figures.CONFIG,
        alt=says("across-texts.how-often-the-classifier-was"),
    )  # fmt: skip


def slices(found: Texts) -> None:
    """How it does on some of the texts together."""
    frame.section(says("across-texts.on-which-texts"))
    words = choices.written("with_words", says("across-texts.compare-texts-with-and-without"))
    cut = found.slices([words] if words.strip() else [])
    if not cut:
        frame.said(says("across-texts.without-labels-nobody-can-say"))
        return
    value = (
        says("across-texts.share-right", share=percent(cut[0].value))
        if found.names_classes
        else says("across-texts.nats-per-token", value=cut[0].value)
    )
    far = "; ".join(one.name for one in apart(cut))
    frame.said(
        says("across-texts.all-texts", value=value)
        + (
            says("across-texts.by-more-than-chance-apart", far=far)
            if far
            else says("across-texts.no-slice-differs-by-more")
        )
    )
    st.plotly_chart(
        figures.slices(cut, right=found.names_classes), key="slices", config=figures.CONFIG,
        alt="; ".join(says("across-texts.slice", name=one.name, value=one.value, texts=one.n) for one in cut),
    )  # fmt: skip
    st.caption(says("across-texts.in-brackets-texts-lines-95"))
