"""Parts of the lab for transformers: heads against other measures, one head under experiment, many texts."""

from typing import Any

import streamlit as st

from dashboard import answers, cached, choices, figures, frame, shelf
from dashboard.components.attention_map import attention_map
from dashboard.figures.head_lab import maps

WAYS = {
    "adversary": "find a very different map with the same answer",
    "shuffled": "shuffle this head",
    "twin": "find an exact twin",
}


def fits() -> bool:
    """Whether the model has heads to experiment on."""
    return bool(cached.method_titles("head-taus", choices.model()))


def agreement() -> Any:
    """Whether heads rank the words as gradients and leaving out do, for this text."""
    found = answers.ask("heads_agreement")
    frame.answer(found.in_words(), found)
    st.plotly_chart(maps(found), key="head-maps", config=figures.CONFIG, alt=found.in_words())
    st.caption(
        "Each row as shares of its largest. Attention: mean over all heads, from where the answer is read."
    )
    st.plotly_chart(figures.draw(found), key="head-taus", config=figures.CONFIG, alt=found.in_words())
    st.caption("Kendall's tau of each head's look, rows are layers, columns heads. Bold: p below 0.05.")
    frame.check(found)
    return found


def another(known: Any) -> None:
    """Other weights in one head."""
    frame.section("Would another map give the same answer?")
    layers, heads = known.values.shape[:2]
    best = known.best(1)
    named = {
        f"{layer + 1}.{head}": f"head {layer + 1}.{head}" for layer in range(layers) for head in range(heads)
    }
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = choices.among("head", "Head", named, f"{best[0] + 1}.{best[1]}")
        way = choices.pick("change", "Experiment", WAYS)
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
        caption=frame.caption(found, WAYS[way]), label=f"Head {chosen} with other weights",
    )  # fmt: skip
    st.caption(f"Head {chosen} with the other weights; grey: its own.")
    frame.check(found)


def many() -> None:
    """The experiments over many texts, when the reader asks, and a verdict to copy."""
    frame.section("And over many texts?")
    if not choices.switch("many", "Run the experiments over bundled texts"):
        st.caption("Every head on twenty texts or more: takes one to three minutes, and can be stopped.")
        return
    classifies = shelf.task(choices.model()) == "classify"
    count = choices.number(
        "texts", "Sentences of reviews" if classifies else "Beginnings of texts", 20, 60, 20
    )
    found = answers.part("heads_as_explanation", texts=count)
    if found is None:
        return
    frame.said(found.in_words())
    st.plotly_chart(figures.draw(found), key="heads-explaining", config=figures.CONFIG, alt=found.in_words())
    st.caption(
        "Mean tau of each head (bold: its bounds leave out 0), and how far the answer moves when that head is shuffled "
        "(median over texts; bold: the head that matters most, which the search for other weights had in hand)."
    )
    frame.code(found.in_words())
    st.caption(f"n = {len(found.averaged)} texts; bounds by bootstrap over texts, 95\u00a0%.")
    frame.check(found)
