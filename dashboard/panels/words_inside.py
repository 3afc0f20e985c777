"""How far to believe the map of words, and what becomes of a word in its sentences, layer by layer."""

from html import escape
from typing import Any

import streamlit as st

from dashboard import answers, choices, figures, frame
from dashboard.figures import contexts as pictures
from dashboard.figures import space as maps
from dashboard.interface import says
from dashboard.panels import words
from interpret.results import WordContexts
from interpret.sentences import named


def belief() -> None:
    """Trustworthiness and what goes with it; the flip-book; which words stand most wrongly."""
    how, which = words.ways(), words.side()
    found = answers.ask("map_trust", how=how, which=which)
    frame.said(found.in_words())
    st.plotly_chart(
        maps.trust(found), key=choices.key("map-trust"), config=figures.CONFIG, alt=found.in_words()
    )
    early = found.kept[:500]
    bare = [name.strip(" …") for name in found.shown]
    lost = [row for row in early.argsort(kind="stable") if bare[row].isalpha() and len(bare[row]) > 3][:6]
    frame.quiet(
        says(
            "words-inside.of-common-words-these-keep",
            words=", ".join(named(found.shown[row]) for row in lost),
        )
    )
    if len(found.pages) > 1:
        frame.section(says("words-inside.would-another-seed-have-drawn"))
        st.plotly_chart(
            maps.flip_book(found),
            key=choices.key("flip-book"),
            config=figures.CONFIG,
            alt=says("words-inside.the-map-from-seeds", pages=len(found.pages)),
        )
        st.caption(says("words-inside.the-same-words-the-same"))
    frame.check(found)
    frame.notes("map_trust")


def contexts() -> None:
    """One word's occurrences, layer by layer, the reader's own text dropped in; and how alike everything is."""
    word = choices.written("in_sentences", says("words-inside.a-word"))
    found = answers.part("word_contexts", word=word, mine=choices.text())
    if found is not None:
        _occurrences(found)
    frame.section(says("words-inside.how-alike-is-everything"))
    narrow = answers.ask("narrowness")
    frame.said(narrow.in_words())
    st.plotly_chart(
        pictures.narrowness(narrow),
        key=choices.key("narrowness"),
        config=figures.CONFIG,
        alt=narrow.in_words(),
    )
    frame.check(narrow)
    frame.notes("word_contexts")


def _occurrences(found: WordContexts) -> None:
    frame.said(found.in_words())
    if found.offered:
        offered = says("words-inside.sentences-in-two-senses", words=", ".join(found.offered))
        st.html(f'<p class="meta">{escape(offered)}</p>')
    st.plotly_chart(
        pictures.occurrences(found),
        key=choices.key("occurrences"),
        config=figures.CONFIG,
        alt=found.in_words(),
    )
    dropped = says("words-inside.the-star-is-in-your", word=found.word)
    if not found.own.any():
        dropped = says("words-inside.write-a-sentence-with-into", word=found.word)
    frame.quiet(says("words-inside.move-the-slider-from-layer", dropped=dropped))
    st.plotly_chart(
        pictures.senses(found), key=choices.key("senses"), config=figures.CONFIG, alt=found.in_words()
    )
    frame.check(found)


LOOKS: dict[str, tuple[str, Any]] = {
    "belief": (says("words-inside.how-far-to-believe"), belief),
    "contexts": (says("words-inside.in-sentences"), contexts),
}
