"""Many texts at once: the words, one word's places with their maps, confusion and the largest losses."""

from html import escape
from typing import Any

import numpy as np
import streamlit as st

from dashboard import answers, cached, choices, figures, frame, shelf
from dashboard.figures.over_texts import outside
from dashboard.interface import says
from interpret.results import OverTexts
from interpret.results.over_texts import Read

MAPS, WORST = 8, 10  # texts shown
FIRST = "leave_one_out"
LETTERS = 200_000  # pasted at most


def judges() -> list[str]:
    """The bundled models that name a class."""
    return [name for name in shelf.titles() if shelf.task(name) == "classify"]


def asked(classes: tuple[str, ...]) -> OverTexts:
    """The answer for the method, class and texts chosen."""
    methods = cached.method_titles("token-grid", choices.model())
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        by = choices.among("method", says("over-texts.method"), methods, FIRST)
        of = choices.pick("of", says("over-texts.class"), {name: name for name in classes}, classes[-1])
    with st.expander(says("over-texts.texts-of-your-own")):
        lines = choices.pasted(
            "lines", says("over-texts.one-text-a-line"),
            says("over-texts.a-wonderful-evening", classes=classes[-1]), LETTERS,
        )  # fmt: skip
        st.caption(says("over-texts.without-any-60-short-reviews"))
    return answers.ask("over_texts", by=by, of=of, lines=lines)


def words(found: OverTexts) -> None:
    """The sentence and the bars; a clicked bar chooses its word."""
    frame.said(found.in_words())
    st.html(f'<p class="meta">{escape(found.model)} · {len(found.texts)} texts · {escape(found.shows())}</p>')
    shown = [found.shown[row] for row in found.ends()]
    st.plotly_chart(
        figures.draw(found), key="over-words", config=figures.CONFIG, alt=found.in_words(),
        on_select=lambda: choices.choose_bar("over-words", "among", shown), selection_mode="points",
    )  # fmt: skip
    far = outside(found)
    arrows = says("over-texts.an-arrow-further-out-than", far="”, “".join(far)) if far else ""
    frame.quiet(says("over-texts.in-brackets-in-how-many", arrows=arrows, rare=found.rare))


def occurrences(found: OverTexts) -> None:
    """Where one word stands, each place with the map of its text."""
    frame.section(says("over-texts.where-does-a-word-stand"))
    known = {word: f"{word} ({found.values[row]:+.2f})" for row, word in enumerate(found.shown)}
    word = choices.among("among", says("over-texts.word"), known, found.shown[found.ends()[0]])
    row = found.shown.index(word)
    places = found.occurrences(row)
    low, high = min(score for *_, score in places), max(score for *_, score in places)
    ways = says("over-texts.it-pushes-both-ways") if low < 0 < high else ""
    frame.said(
        says(
            "over-texts.stands-in-texts-on-average",
            word=word,
            counts=found.counts[row],
            values=found.values[row],
            unit=found.unit,
            low=low,
            high=high,
            ways=ways,
        )
    )
    most = max(float(np.abs(found.texts[text].scores).max()) for text, *_ in places) or 1.0
    for number, (text, at, score) in enumerate(places[:MAPS]):
        _map(found, text, most, f"{score:+.2f}", f"place-{number}", at)
    if len(places) > MAPS:
        st.caption(says("over-texts.more-places-are-not-shown", places=len(places) - MAPS))


def _map(found: OverTexts, text: int, most: float, said: str, key: str, marked: int | None = None) -> None:
    """One text in the colours of its map, and a button that opens it."""
    read = found.texts[text]
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        label = (
            ""
            if found.labels[text] < 0
            else says("over-texts.label", label=found.classes[found.labels[text]])
        )
        st.html(
            f'<p class="mapped"><span class="figure">{escape(said)}</span> '
            f"{coloured(read, most, marked, found.signed)} "
            f'<small>{escape(found.said(text) + label)}</small></p>',
            width="stretch",
        )  # fmt: skip
        if st.button(
            says("over-texts.open"), key=f"open-{key}", on_click=choices.take_text, args=(read.text,)
        ):
            st.switch_page("views/saliency.py")


def coloured(read: Read, most: float, marked: int | None, signed: bool) -> str:
    """A text as HTML, escaped: each word in the colour of its score; `most` has the strongest."""
    found, end = [], 0
    for at, (start, stop) in enumerate(read.spans):
        found.append(escape(read.text[end:start]))
        score = float(read.scores[at])
        level = round(100 * min(1.0, abs(score) / most))
        kind = "for" if score >= 0 or not signed else "against"
        strong = " strong" if level > 59 else ""  # from here on black reads better than white
        word = escape(read.text[start:stop])
        inner = f"<strong>{word}</strong>" if at == marked else word
        found.append(
            f'<span class="{kind}{strong}" style="--level: {level}" title="{score:+.2f}">{inner}</span>'
        )
        end = stop
    return "".join(found) + escape(read.text[end:])


def mistakes(found: OverTexts) -> None:
    """How often the classifier is right, who is taken for whom, and the texts with the largest loss."""
    frame.section(says("over-texts.what-does-it-get-wrong"))
    if not len(found.labelled):
        frame.said(says("over-texts.nobody-said-which-class-these"))
        return
    frame.said(found.rightness())
    left, right = st.columns([2, 3], gap="large")
    left.html(_confusion(found))
    worst = found.top_losses(WORST)
    right.dataframe(
        _losses(found, worst), hide_index=True, width="stretch", height=280, key="losses", on_select="rerun",
        selection_mode="single-row",
    )  # fmt: skip
    right.caption(says("over-texts.the-largest-losses-minus"))
    row = choices.chosen_row("losses")
    text = worst[(choices.clicked("worst", None if row is None else [row], [len(worst)]) or (0,))[0]]
    most = float(np.abs(found.texts[text].scores).max()) or 1.0
    loss = dict(zip(found.labelled.tolist(), found.losses().tolist(), strict=True))[text]
    _map(found, text, most, f"{loss:.2f} nats", "loss")


def _losses(found: OverTexts, worst: list[int]) -> list[dict[str, Any]]:
    loss = dict(zip(found.labelled.tolist(), found.losses().tolist(), strict=True))
    return [
        {
            "loss (nats)": round(loss[text], 2), "labelled": found.classes[found.labels[text]],
            "says": found.classes[found.predicted[text]],
            "p of the label": round(float(found.probabilities[text, found.labels[text]]), 3),
            "text": found.texts[text].text,
        }
        for text in worst
    ]  # fmt: skip


def _confusion(found: OverTexts) -> str:
    """Rows: what texts are labelled; columns: what they were given."""
    counts = found.confusion()
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in found.classes)
    body = ""
    for row, name in enumerate(found.classes):
        cells = "".join(_count(counts, row, column) for column in range(len(counts)))
        body += f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>'
    return (
        '<div class="scrolls heat" tabindex="0" role="region" '
        f'aria-label="{escape(says("over-texts.who-is-taken-for-whom"))}">'
        f"<table><caption>{escape(says('over-texts.labelled-rows'))}</caption>"
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _count(counts: np.ndarray, row: int, column: int) -> str:
    level = round(100 * counts[row, column] / max(1, counts[row].sum()))
    strong = " strong" if level > 56 else ""  # from here on black reads better than white
    right = " right" if row == column else ""
    return f'<td class="for{strong}{right}" style="--level: {level}">{counts[row, column]}</td>'
