"""Parts of the lab: one sentence under experiment, both sides, and many sentences."""

from typing import Any

import streamlit as st

from dashboard import answers, cached, choices, figures, frame, shelf

WAYS = {
    "twin": "find an exact twin",
    "adversary": "find a very different map, almost the same answer",
    "shuffled": "shuffle the weights",
}


def fits() -> bool:
    """Whether experiments can be made with the model; else the page says which to choose."""
    if cached.method_titles("three-maps", choices.model()):
        return True
    kinds = ("three-maps", "head-taus")
    others = [n for n in shelf.titles() if any(cached.method_titles(kind, n) for kind in kinds)]
    frame.notice(
        f"{shelf.card(choices.model()).name} has no attention that one answer is read from.",
        f"Choose one of {', '.join(others)}.",
    )
    return False


def another() -> Any:
    """Another map in the place of the model's own."""
    frame.section("Would another map give the same answer?")
    way = choices.pick("way", "Experiment", WAYS)
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
        "Attention is not explanation",
        "Attention often ranks words otherwise than gradients or leaving words out do; shuffling it, or "
        "putting a "
        "very different map in its place, often leaves the answer as it was. A map that could as well be "
        "another one "
        "does not say why (Jain and Wallace 2019; Serrano and Smith 2019).",
        "Attention is not not explanation",
        [
            "The other map was made for one sentence, with the rest of the model frozen: no model was "
            "trained to "
            "use it (Wiegreffe and Pinter 2019).",
            "The answer may stay because all encoded words carry the same, not because attention is idle: "
            "look at "
            "how alike they are, and at the model without context (sst-average).",
            "Neither gradients nor leaving out are the truth; whether attention explains depends on what you "
            "want from an explanation.",
        ],
    )


def many() -> None:
    """The experiments over bundled sentences, when the reader asks."""
    frame.section("And over many sentences?")
    count = choices.number("sentences", "Bundled sentences of reviews", 20, 60, 60)
    found = answers.part("attention_as_explanation", texts=count)
    if found is None:
        return
    frame.said(found.in_words())
    st.plotly_chart(figures.draw(found), key="explaining", config=figures.CONFIG, alt=found.in_words())
    frame.code(found.in_words())
    used, rest = len(found.values), ""
    if used < count:
        rest = ": all there are of five pieces (tokens) or more"
    if found.undefined:
        rest += f"; in {found.undefined} a tau has no value, because all ranks are alike"
    st.caption(f"{used} sentences{rest}.")
    frame.check(found)
