"""Further parts of "Where does it look?": one weight taken apart, kinds of words, and tokens told from states."""

from typing import Any

import streamlit as st

from dashboard import answers, choices, figures, frame, shelf
from dashboard.figures.head_means import of_head
from dashboard.interface import says
from interpret.sentences import bare

LAST = -1  # as kept in the picture, or else the last token


def kept_head(first: tuple[int, int] = (0, 0)) -> tuple[int, int]:
    """The head the reader keeps in the picture: layer from 1, head from 0; without one `first`, both from 0."""
    told = (choices.played("heads").get("kept") or {}).get("heads") or choices.kept("heads")
    layer, _, head = str(told).split(",")[0].partition(".")
    if layer.isdecimal() and head.isdecimal() and layer != "0":
        return int(layer), int(head)
    return first[0] + 1, first[1]


def product(found: Any, head: tuple[int, int]) -> None:
    """Why a head (layer from 1, head from 0) looks from one token at another: query times key by dimension."""
    if found.values.shape[2] != len(found.tokens) or (shelf.card(choices.model()).heads or 1) == 1:
        return
    frame.section(says("attention-detail.why-does-it-look-there"))
    if not choices.switch("why", says("attention-detail.take-one-weight-apart")):
        st.caption(says("attention-detail.the-score-behind-a-weight"))
        return
    named = {at: f"{at}  {bare(token) if token else '(start)'}" for at, token in enumerate(found.tokens)}
    left, right = st.columns(2, gap="medium")
    with left:
        asks = choices.among(
            "asks",
            says("attention-detail.who-asks"),
            {LAST: says("attention-detail.as-kept-in-the-picture"), **named},
            LAST,
        )
    with right:
        seen = choices.among(
            "seen",
            says("attention-detail.what-is-looked"),
            {LAST: says("attention-detail.what-it-looks-at-most"), **named},
            LAST,
        )
    side, at = _kept_token(len(found.tokens))
    query = at if asks == LAST and side == "q" else asks
    key = at if seen == LAST and side == "k" else seen
    apart = answers.part("query_key", layer=head[0], head=head[1], query=query, key=key)
    if apart is None:
        return
    frame.said(apart.in_words())
    st.plotly_chart(
        figures.draw(apart), key=choices.key("query-key"), config=figures.CONFIG, alt=apart.in_words()
    )
    st.caption(says("attention-detail.each-bar-is-one-dimension"))
    frame.check(apart)


def _kept_token(count: int) -> tuple[str, int]:
    """The first token the reader keeps in the picture, and on which side; LAST without one."""
    told = (choices.played("heads").get("kept") or {}).get("tokens") or choices.kept("tokens")
    written = str(told or "")
    number = written[1:].split(",")[0]
    if written[:1] in ("q", "k") and number.isdecimal() and int(number) < count:
        return written[0], int(number)
    return "q", LAST


def word_classes(kept: tuple[int, int]) -> None:
    """From which kind of word to which a head (layer from 1) looks: averages over tagged sentences."""
    if (shelf.card(choices.model()).heads or 1) == 1:
        return
    frame.section(says("attention-detail.from-which-kind-of-word"))
    if not choices.switch("kinds", says("attention-detail.average-over-tagged-sentences")):
        st.caption(says("attention-detail.mean-shares-of-attention-from"))
        return
    found = answers.part("heads_by_word_class")
    if found is None:
        return
    layers, heads = found.values.shape[:2]
    layer, head = min(kept[0], layers) - 1, min(kept[1], heads - 1)
    frame.said(f"{found.in_words()} {found.of_head(layer, head)}")
    said = found.of_head(layer, head)
    with st.container(key=choices.key("word-classes-scroll")):
        st.plotly_chart(
            of_head(found, layer, head),
            key=choices.key("word-classes"),
            config=figures.CONFIG,
            alt=said,
            width="content",
        )
    st.caption(
        says(
            "attention-detail.the-kept-head-rows-are",
            layer=layer + 1,
            head=head,
            sentences=found.sentences,
            data=found.data,
        )
    )
    frame.check(found)


def identity() -> None:
    """Whether the input token can still be told from its state, layer by layer."""
    if (shelf.card(choices.model()).heads or 1) == 1:
        return
    frame.section(says("attention-detail.is-the-word-still-there"))
    if not choices.switch("told", says("attention-detail.tell-tokens-from-their-states")):
        st.caption(says("attention-detail.attention-mixes-tokens-can"))
        return
    found = answers.part("token_identity")
    if found is None:
        return
    frame.said(found.in_words())
    st.plotly_chart(
        figures.draw(found), key=choices.key("identity"), config=figures.CONFIG, alt=found.in_words()
    )
    st.caption(
        says(
            "attention-detail.learned-from-tokens-of-bundled",
            n=found.n[0],
            texts=found.texts[0],
            tested=found.n[1],
            others=found.texts[1],
        )
    )
    frame.check(found)
