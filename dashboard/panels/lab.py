"""Parts of the lab: one sentence under experiment, both sides, and many sentences."""

from typing import Any

import streamlit as st

from dashboard import answers, cached, choices, figures, frame, shelf
from dashboard.interface import says

WAYS = {
    "twin": says("lab.find-an-exact-twin"),
    "adversary": says("lab.find-a-very-different-map"),
    "shuffled": says("lab.shuffle-the-weights"),
}


def fits() -> bool:
    """Whether experiments can be made with the model; else the page says which to choose."""
    if cached.method_titles("three-maps", choices.model()):
        return True
    kinds = ("three-maps", "head-taus")
    others = [n for n in shelf.titles() if any(cached.method_titles(kind, n) for kind in kinds)]
    frame.notice(
        says("lab.has-no-attention", name=shelf.card(choices.model()).name),
        says("lab.choose-one", others=", ".join(others)),
    )
    return False


def another() -> Any:
    """Another map in the place of the model's own."""
    frame.section(says("lab.would-another-map-give"))
    way = choices.pick("way", says("lab.experiment"), WAYS)
    found = answers.part("attention_swapped", way=way)
    if found is not None:
        frame.said(found.in_words())
        st.plotly_chart(
            figures.draw(found), key=f"swapped-{way}", config=figures.CONFIG, alt=found.in_words()
        )
        frame.check(found)


def sides() -> None:
    """Both sides of the debate, at the same size."""
    frame.pair(
        says("lab.attention-is-not-explanation"),
        "Attention often ranks words otherwise than gradients or leaving words out do; shuffling it, or "
        "putting a "
        "very different map in its place, often leaves the answer as it was. A map that could as well be "
        "another one "
        "does not say why (Jain and Wallace 2019; Serrano and Smith 2019).",
        says("lab.attention-is-not-not"),
        [
            says("lab.the-other-map-was-made"),
            says("lab.the-answer-may-stay-because"),
            says("lab.neither-gradients-nor-leaving"),
        ],
    )


def many() -> None:
    """The experiments over bundled sentences, when the reader asks."""
    frame.section(says("lab.and-over-many-sentences"))
    count = choices.number("sentences", says("lab.bundled-sentences-of-reviews"), 20, 60, 60)
    found = answers.part("attention_as_explanation", texts=count)
    if found is None:
        return
    frame.said(found.in_words())
    st.plotly_chart(figures.draw(found), key="explaining", config=figures.CONFIG, alt=found.in_words())
    frame.code(found.in_words())
    used, rest = len(found.values), ""
    if used < count:
        rest = says("lab.all-there-are-of-five")
    if found.undefined:
        rest += says("lab.in-a-tau-has-no", undefined=found.undefined)
    st.caption(says("lab.sentences", used=used, rest=rest))
    frame.check(found)
