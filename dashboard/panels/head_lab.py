"""Parts of the lab for transformers: heads against other measures, one head under experiment, many texts."""

from typing import Any

import streamlit as st

from dashboard import answers, cached, choices, figures, frame, shelf
from dashboard.components.attention_map import attention_map
from dashboard.figures.head_lab import maps
from dashboard.interface import says

WAYS = {
    "adversary": says("head-lab.find-a-very-different-map"),
    "shuffled": says("head-lab.shuffle-this-head"),
    "twin": says("head-lab.find-an-exact-twin"),
}


def fits() -> bool:
    """Whether the model has heads to experiment on."""
    return bool(cached.method_titles("head-taus", choices.model()))


def agreement() -> Any:
    """Whether heads rank the words as gradients and leaving out do, for this text."""
    found = answers.ask("heads_agreement")
    frame.answer(found.in_words(), found)
    st.plotly_chart(maps(found), key="head-maps", config=figures.CONFIG, alt=found.in_words())
    st.caption(says("head-lab.each-row-as-shares"))
    st.plotly_chart(figures.draw(found), key="head-taus", config=figures.CONFIG, alt=found.in_words())
    st.caption(says("head-lab.kendalls-tau-of-each-heads"))
    frame.check(found)
    return found


def another(known: Any) -> None:
    """Other weights in one head."""
    frame.section(says("head-lab.would-another-map-give"))
    layers, heads = known.values.shape[:2]
    best = known.best(1)
    named = {
        f"{layer + 1}.{head}": f"head {layer + 1}.{head}" for layer in range(layers) for head in range(heads)
    }
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = choices.among("head", says("head-lab.head"), named, f"{best[0] + 1}.{best[1]}")
        way = choices.pick("change", says("head-lab.experiment"), WAYS)
    layer, _, head = chosen.partition(".")
    found = answers.part("head_swapped", way=way, layer=int(layer), head=int(head))
    if found is None:
        return
    frame.said(found.notes[0])
    own = answers.ask("attention")
    at = (slice(int(layer) - 1, int(layer)), slice(int(head), int(head) + 1))
    attention_map(
        found.values[at], found.tokens, found.askers, key="lab-head", first=(0, 0), kept={}, causal=found.causal,
        shares=True, sinks=found.sinks, ghost=own.values[at], name=f"{way}-{chosen}",
        caption=frame.caption(found, WAYS[way]), label=says("head-lab.head-with-other-weights", chosen=chosen),
    )  # fmt: skip
    st.caption(says("head-lab.head-with-the-other-weights", chosen=chosen))
    frame.check(found)


def many() -> None:
    """The experiments over many texts, when the reader asks, and a verdict to copy."""
    frame.section(says("head-lab.and-over-many-texts"))
    if not choices.switch("many", says("head-lab.run-the-experiments-over")):
        st.caption(says("head-lab.every-head-on-twenty-texts"))
        return
    classifies = shelf.task(choices.model()) == "classify"
    count = choices.number(
        "texts",
        says("head-lab.sentences-of-reviews") if classifies else says("head-lab.beginnings-of-texts"),
        20,
        60,
        20,
    )
    found = answers.part("heads_as_explanation", texts=count)
    if found is None:
        return
    frame.said(found.in_words())
    st.plotly_chart(figures.draw(found), key="heads-explaining", config=figures.CONFIG, alt=found.in_words())
    st.caption(says("head-lab.mean-tau-of-each-head"))
    frame.code(found.in_words())
    st.caption(says("head-lab.n-texts-bounds-by-bootstrap", averaged=len(found.averaged)))
    frame.check(found)
