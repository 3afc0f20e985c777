"""What would it write? Dials over the next token, a tree of ways, and a text that was drawn."""

from typing import Any

import numpy as np
import streamlit as st

from dashboard import answers, choices, figures, frame
from dashboard.components.dials import dials
from dashboard.components.tree import tree
from dashboard.interface import says
from interpret.sentences import bare, named, percent

DEPTHS = {2: "2", 3: "3", 4: "4"}
CHILDREN = {2: "2", 3: "3", 4: "4"}
LONGEST = 60
GRAINS = {"words": says("writing.words"), "pieces": says("writing.pieces")}


def next_token() -> None:
    """Temperature, top-k, top-p: what they leave of the next token, and twenty draws."""
    found = answers.ask("next_shares")
    frame.answer(found.in_words(), found)
    key = f"dials-{choices.model()}"
    at = choices.dials(key)
    dials(
        found.logits.tolist(), [bare(token) for token in found.marked()], key=key, at=at,
        caption=frame.caption(found, says("writing.next-token")),
    )  # fmt: skip
    now = choices.dials(key)
    choices.keep_dials(now)
    frame.check(found)
    frame.notes("next_shares")


def ways() -> None:
    """The tree of continuations; the chosen way is put behind the text."""
    frame.section(says("writing.where-could-it-go-from"))
    with st.container(horizontal=True, gap="large"):
        depth = choices.pick("ahead", says("writing.tokens-ahead"), DEPTHS, 3)
        children = choices.pick("children", says("writing.ways-from-each"), CHILDREN, 3)
    found = answers.part("tree", depth=depth, children=children)
    if found is None:
        return
    frame.said(found.in_words())
    nodes = range(len(found.parents))
    phrases = [found.said(node) for node in nodes]
    held = choices.held("branch", "tree", choices.model(), choices.text())
    kept = tree(
        found.parents.tolist(), [bare(token) for token in found.marked()],
        [found.phrase(node) for node in nodes], found.values.tolist(), np.exp(found.paths).tolist(),
        key="tree", held=held, on_go=lambda: choices.go_on_with("tree", phrases), label=found.in_words(),
        caption=frame.caption(found, says("writing.tree-of-continuations")),
    )  # fmt: skip
    choices.keep(branch=kept or None)
    frame.check(found)
    frame.notes("tree")


def by_itself() -> None:
    """A text drawn with the dials as they stand, and how sure the model was of each token."""
    frame.section(says("writing.what-does-it-write"))
    count = choices.number("length", says("writing.tokens-to-write"), 5, LONGEST, 20)
    heat, most, mass, seed = choices.dials(f"dials-{choices.model()}")
    found = answers.part("write_on", count=count, temperature=heat, top_k=most, top_p=mass, seed=seed)
    if found is None:
        return
    frame.said(found.in_words())
    st.html(f'<p class="written">{frame.continued(found.whole, found.added)}</p>')
    st.caption(
        says("writing.drawn-with-temperature-top-k", heat=heat, top=most or "all", mass=mass, seed=seed)
    )
    words, grain = found.by_words(), "pieces"
    if len(words.drawn) < len(found.drawn):
        grain = choices.pick("grain", says("writing.show"), GRAINS, "words", named=False)
    shown = words if grain == "words" else found
    choices.anew("drawn", grain)
    st.plotly_chart(
        figures.draw(shown), key=f"written-{grain}", config=figures.CONFIG, selection_mode="points",
        on_select="rerun", alt=found.in_words(),
    )  # fmt: skip
    _one(shown, found, f"written-{grain}")
    frame.check(found)
    frame.notes("write_on")


def _one(found: Any, pieces: Any, chart: str) -> None:
    """One drawn word, or token: its numbers, and the other questions about it; `pieces`: all tokens."""
    points = choices.points(chart)
    told = [int(points[0]["x"])] if points else None
    (chosen,) = choices.clicked("drawn", told, [len(found.drawn)]) or (int(found.values.argmin()),)
    inside = np.flatnonzero(pieces.drawn_spans[:, 0] >= found.drawn_spans[chosen, 0])
    inside = inside[pieces.drawn_spans[inside, 1] <= found.drawn_spans[chosen, 1]]
    frame.said(_numbers(found, chosen, len(inside)))
    start, end = (int(at) for at in found.drawn_spans[chosen])
    with st.container(horizontal=True, gap="small"):
        if st.button(
            says("writing.which-words-led"), key="written-saliency", icon=":material/target:",
            on_click=choices.open_pair, args=(found.whole[:end], int(found.drawn_words[chosen]), ""),
        ):  # fmt: skip
            st.switch_page("views/saliency.py")
        if st.button(
            says("pages.decided"), key="written-layers", icon=":material/layers:",
            on_click=choices.open_lens, args=(found.whole[:start], pieces.drawn[inside[0]].strip()),
        ):  # fmt: skip
            st.switch_page("views/decided.py")
        st.caption(says("writing.a-click-on-a-bar"))


def _numbers(found: Any, chosen: int, pieces: int) -> str:
    """One drawn word or token in a sentence or two."""
    what, rank = named(found.drawn[chosen]), int(found.rank[chosen])
    share, first = percent(float(found.values[chosen])), named(found.first[chosen])
    surprise, entropy = (f"{float(one[chosen]):.1f}" for one in (found.surprise, found.entropy))
    if pieces > 1:
        hardest = (
            says("writing.each-its-first-guess")
            if rank == 1
            else says("writing.the-hardest-its-guess-number", rank=rank)
        )
        return says(
            "writing.in-pieces-bits-of-surprise",
            what=what,
            pieces=pieces,
            hardest=hardest,
            share=share,
            surprise=surprise,
            entropy=entropy,
        )
    guess = (
        says("writing.its-first-guess")
        if rank == 1
        else says("writing.its-guess-number-the-first", rank=rank, first=first)
    )
    before = says("writing.before-it-the-model-was", entropy=entropy)
    return says(
        "writing.bits-of-surprise", what=what, share=share, surprise=surprise, guess=guess, before=before
    )
