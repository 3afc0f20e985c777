"""Further parts of "Where does it look?": one weight taken apart, kinds of words, and tokens told from states."""

from typing import Any

import streamlit as st

from dashboard import answers, choices, figures, frame, shelf
from dashboard.figures.head_means import of_head
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
    frame.section("Why does it look there?")
    if not choices.switch("why", "Take one weight apart"):
        st.caption(
            "The score behind a weight is a sum over dimensions of query × key: which of them make it?"
        )
        return
    named = {at: f"{at}  {bare(token) if token else '(start)'}" for at, token in enumerate(found.tokens)}
    left, right = st.columns(2, gap="medium")
    with left:
        asks = choices.among("asks", "Who asks", {LAST: "as kept in the picture", **named}, LAST)
    with right:
        seen = choices.among("seen", "What is looked at", {LAST: "what it looks at most", **named}, LAST)
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
    st.caption(
        "Each bar is one dimension of the head: its query of the asking token times the key of the other one. The bars "
        "add up to the score. The grey marks are the mean of the row: only what stands above them wins weight."
    )
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
    frame.section("From which kind of word to which?")
    if not choices.switch("kinds", "Average over tagged sentences"):
        st.caption(
            "Mean shares of attention from verbs to nouns and so on, over sentences with tagged words."
        )
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
        f"The kept head, {layer + 1}.{head}: rows are the words that ask (n of them in {found.sentences} of "
        f"{found.data}), columns what they look at; each row adds up to 100\u00a0%. Bold: more than twice an even "
        "look. Words whose form has several classes count as “other words”."
    )
    frame.check(found)


def identity() -> None:
    """Whether the input token can still be told from its state, layer by layer."""
    if (shelf.card(choices.model()).heads or 1) == 1:
        return
    frame.section("Is the word still there?")
    if not choices.switch("told", "Tell tokens from their states"):
        st.caption("Attention mixes tokens: can a state higher up still be told to be of its own token?")
        return
    found = answers.part("token_identity")
    if found is None:
        return
    frame.said(found.in_words())
    st.plotly_chart(
        figures.draw(found), key=choices.key("identity"), config=figures.CONFIG, alt=found.in_words()
    )
    st.caption(
        f"Learned from {found.n[0]:,} tokens of {found.texts[0]} bundled texts, tested on {found.n[1]:,} of "
        f"{found.texts[1]} others; bars: 95 % bounds over texts. Dashed: drawn by lot; dotted: always the commonest "
        "token. “As it is” also falls when all states drift one way; the linear reader takes that off (Brunner et al. "
        "2020)."
    )
    frame.check(found)
