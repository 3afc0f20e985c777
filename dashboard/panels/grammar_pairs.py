"""Single sentences: the pairs of one rule that a model gets wrong, a reader's own pair, a reader's file."""

from typing import Any

import streamlit as st

from dashboard import answers, choices, figures, frame, shelf
from dashboard.figures import grammar as pictures
from dashboard.interface import says
from dashboard.literal import literal
from interpret.results import Grammar, MinimalPairs
from interpret.results.grammar import whole

SHOWN = 200
OWN = {
    "english": ("The keys to the old cabinet are here.", "The keys to the old cabinet is here."),
    "storyland": (
        "Sofia works behind the mill. The benches near the shell are old.",
        "Sofia works behind the mill. The benches near the shell is old.",
    ),
}
AS_WRITTEN = {
    "good": says("grammar-pairs.right-sentence"),
    "bad": says("grammar-pairs.wrong-sentence"),
    "good_nats": says("grammar-pairs.right-nats"),
    "bad_nats": says("grammar-pairs.wrong-nats"),
    "lead_nats": says("grammar-pairs.lead-nats"),
}


def sentences(found: Grammar) -> None:
    """The pairs of one rule, those that fail first; the chosen one word by word."""
    frame.section(says("grammar-pairs.which-sentences-does-it-get"))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        worst = min(found.rules(), key=lambda rule: rule.worst_accuracy).name
        rule = choices.among(
            "rule", says("grammar-pairs.rule"), {name: name for name in dict.fromkeys(found.phenomena)}, worst
        )
        rows = [row for row, phenomenon in enumerate(found.phenomena) if phenomenon == rule]
        titles = {found.names[row]: f"{found.titles[row]} ({whole(found.values[row])})" for row in rows}
        worst = found.names[min(rows, key=lambda row: found.values[row])]
        paradigm = choices.among("paradigm", says("grammar-pairs.tested-by"), titles, worst)
    asked = answers.part("minimal_pairs", paradigm=paradigm)
    if asked is None:
        return
    frame.said(asked.in_words())
    st.plotly_chart(
        figures.draw(asked), key=choices.key("leads"), config=figures.CONFIG, alt=asked.in_words()
    )
    order = asked.values.argsort(kind="stable")[:SHOWN]
    failing = len(asked.failing)
    st.caption(
        says("grammar-pairs.one-fails", of=len(asked.values))
        if failing == 1
        else says(
            "grammar-pairs.so-many-fail", failing=failing or says("grammar-pairs.no"), of=len(asked.values)
        )
    )
    frame_of_pairs = asked.to_frame().iloc[order].rename(columns=AS_WRITTEN)
    chosen = st.dataframe(
        frame_of_pairs.round(2), hide_index=True, height=280, key=choices.key(f"pairs-{paradigm}"), on_select="rerun",
        selection_mode="single-row", width="stretch",
    )  # fmt: skip
    picked = chosen["selection"]["rows"]  # type: ignore[index]
    one = int(order[(choices.clicked("pair", picked[:1] or None, [len(order)]) or (0,))[0]])
    _word_by_word(asked.good[one], asked.bad[one], "pair", asked.compared[one])
    _open(asked, one)


def _word_by_word(first: str, second: str, key: str, compared: str = "") -> None:
    found = answers.part("sentence_pair", first=first, second=second)
    if found is None:
        return
    if compared:
        frame.said(says("grammar-pairs.here-only-is-compared-how", strip=compared.strip()))
    else:
        frame.said(found.in_words())
    st.plotly_chart(
        pictures.pair(found), key=choices.key(f"words-{key}"), config=figures.CONFIG, alt=found.in_words()
    )
    frame.check(found)


def _open(asked: MinimalPairs, one: int) -> None:
    """The pair on other pages: which words led there, and layer by layer."""
    text, where, compared = asked.good[one], int(asked.where[one]), asked.compared[one].strip()
    word, rival = (compared, "") if compared else asked.critical(one)
    if not word.isalpha() or word == rival:
        return
    asks = says("grammar-pairs.which-words-led", word=word) + (
        says("grammar-pairs.and-why-not", rival=rival) if rival else "?"
    )
    with st.container(horizontal=True, gap="small"):
        if st.button(
            literal(asks), key=choices.key("to-saliency"), icon=":material/target:", on_click=choices.open_pair,
            args=(text, where, rival),
        ):  # fmt: skip
            st.switch_page("views/saliency.py")
        if shelf.task(choices.model()) == "causal" and st.button(
            says("pages.decided"),
            key=choices.key("to-layers"),
            icon=":material/layers:",
            on_click=choices.open_lens,
            args=(_before(text, word), f"{word} | {rival}" if rival else word),
        ):
            st.switch_page("views/decided.py")


def _before(text: str, word: str) -> str:
    """The text up to the last time the word stands in it."""
    at = text.rfind(f" {word}")
    return text[:at] if at > 0 else text


def own(found: Grammar) -> None:
    """Two sentences of the reader's own, word by word."""
    frame.section(says("grammar-pairs.which-of-two-sentences-does"))
    first, second = OWN.get(found.world, OWN["english"])
    one = choices.written("good", says("grammar-pairs.a-sentence-that-keeps"), first)
    other = choices.written("bad", says("grammar-pairs.the-same-sentence"), second)
    if not one.strip() or not other.strip():
        frame.notice(says("grammar-pairs.one-of-the-sentences"), says("grammar-pairs.they-should-differ"))
        return
    _word_by_word(one, other, "own")


def file(_found: Grammar) -> None:
    """Pairs from a reader's file: BLiMP's lines or a SyntaxGym suite."""
    frame.section(says("grammar-pairs.how-does-it-do"))
    given = choices.handed_over(
        says("grammar-pairs.a-file-of-pairs-blimps"), ["jsonl", "json"], key="pairs-file"
    )
    if given is None:
        st.caption(says("grammar-pairs.one-pair-a-line"))
        return
    asked: Any = answers.part("grammar", written=given.getvalue().decode("utf-8", "replace"), name=given.name)
    if asked is not None:
        frame.said(asked.in_words())
        st.dataframe(asked.to_frame().round(3), hide_index=True, width="stretch")
        frame.check(asked)


LOOKS = {
    "sentences": (says("grammar-pairs.sentence-by-sentence"), sentences),
    "own": (says("grammar-pairs.a-pair-of-your-own"), own),
    "file": (says("grammar-pairs.a-file-of-pairs"), file),
}
