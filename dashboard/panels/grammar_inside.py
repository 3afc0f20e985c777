"""Inside the model: what can be read off each layer, and which unit carries the number of the subject."""

import json
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from dashboard import answers, choices, figures, frame, shelf
from dashboard.interface import says
from interpret.results import Grammar, Probes
from interpret.results.grammar import whole

KEPT = Path(__file__).parents[2] / "assets" / "studies" / "probes.json"
TASKS = {
    "number": says("grammar-inside.the-number-of-the-subject"),
    "part of speech": says("grammar-inside.parts-of-speech"),
}
SHOWN = 8
COLUMNS = {
    "unit": says("grammar-inside.unit"),
    "lost_singular": says("grammar-inside.verbs-lost-singular"),
    "lost_plural": says("grammar-inside.verbs-lost-plural"),
    "lead_lost_singular_nats": says("grammar-inside.lead-lost-singular-nats"),
    "lead_lost_plural_nats": says("grammar-inside.lead-lost-plural-nats"),
    "flagged": says("grammar-inside.more-than-chance"),
}


def layers(found: Grammar) -> None:
    """What a simple reader finds in each layer, beside what it learned by heart."""
    frame.section(says("grammar-inside.does-it-know-the-number"))
    if shelf.card(choices.model()).family == "ngram":
        frame.notice(
            says("grammar-inside.this-model-only-counts-words"), says("grammar-inside.choose-an-lstm")
        )
        return
    task = choices.pick("probe", says("grammar-inside.read-off-each-layer"), TASKS)
    asked = answers.part("probes", task=task)
    if asked is None:
        return
    frame.said(asked.in_words())
    if task == "number":
        _known_but_unused(asked, found)
    st.plotly_chart(
        figures.draw(asked), key=choices.key(f"probe-{task}"), config=figures.CONFIG, alt=asked.in_words()
    )
    frame.quiet(
        says("grammar-inside.a-linear-classifier-learned", n=asked.n[0], tested=asked.n[1], data=asked.data)
    )
    frame.check(asked)
    _in_real_text(task)


@cache
def _kept(_stamp: float) -> list[dict]:
    return json.loads(KEPT.read_text(encoding="utf-8"))["probes"]


def of_treebank(task: str) -> tuple[Probes, str] | None:
    """What was found on a treebank for exactly these weights, and when; None if nobody asked."""
    sha256 = shelf.card(choices.model()).sha256
    for entry in _kept(KEPT.stat().st_mtime) if KEPT.is_file() else ():
        if (entry["sha256"], entry["task"]) == (sha256, task):
            return Probes.of_kept(entry), entry["made"]
    return None


def _in_real_text(task: str) -> None:
    """The same on sentences that people wrote, where it was asked of this model."""
    found = of_treebank(task)
    if found is None:
        return
    real, made = found
    frame.section(says("grammar-inside.and-in-sentences-that-people"))
    frame.said(real.in_words())
    st.html(
        f'<p class="meta">{escape(real.model)} · {escape(real.data)}, its own split: learned from '
        f"{real.n[0]:,} words of its training part, tested on {real.n[1]:,} of its test part · asked {escape(made)}</p>"
    )
    st.plotly_chart(
        figures.draw(real), key=choices.key(f"treebank-{task}"), config=figures.CONFIG, alt=real.in_words()
    )
    if task == "number":
        st.caption(says("grammar-inside.nouns-of-any-sentence-as"))
    frame.check(real)


def _known_but_unused(asked, found: Grammar) -> None:
    """The share of sentences in which the number is there, beside that of verbs that follow it."""
    counts, shares, *_ = found.along(same=False)
    there, right = float(asked.values[1:, -1].max()), dict(zip(counts.tolist(), shares, strict=True)).get(2)
    if right is None:
        return
    follows = (
        says("grammar-inside.the-verb-follows")
        if right > 0.5
        else says("grammar-inside.the-verb-does-not-follow")
    )
    frame.said(
        says("grammar-inside.with-two-misleading-nouns", right=whole(float(right)))
        + (
            says("grammar-inside.the-number-is-there", follows=follows)
            if there > 0.75
            else says("grammar-inside.the-number-gets-lost")
        )
    )


def units(_found: Grammar) -> None:
    """Each unit switched off in turn."""
    frame.section(says("grammar-inside.which-unit-carries-the-number"))
    asked = answers.part("number_units")
    if asked is None:
        return
    frame.said(asked.in_words())
    st.plotly_chart(
        figures.draw(asked), key=choices.key("units"), config=figures.CONFIG, alt=asked.in_words()
    )
    table = asked.to_frame().head(SHOWN)[list(COLUMNS)]
    table[["lost_singular", "lost_plural"]] *= 100
    st.dataframe(table.rename(columns=COLUMNS).round(1), hide_index=True, width="stretch")
    st.caption(says("grammar-inside.each-dot-is-a-unit"))
    frame.check(asked)


def against(_found: Grammar) -> None:
    """Where the network expects what comes better than counting does."""
    frame.section(says("grammar-inside.where-does-it-beat-counting"))
    asked = answers.part("against_counting")
    if asked is None:
        return
    frame.said(asked.in_words())
    st.plotly_chart(
        figures.draw(asked), key=choices.key("against"), config=figures.CONFIG, alt=asked.in_words()
    )
    st.caption(says("grammar-inside.whiskers-twice-the-standard"))
    frame.pair(
        says("grammar-inside.where-it-gains-most"),
        " · ".join(asked.told(True)),
        says("grammar-inside.where-counting-is-better"),
        list(asked.told(False)),
    )
    frame.check(asked)


LOOKS = {
    "layers": (says("grammar-inside.what-it-knows-inside"), layers),
    "units": (says("grammar-inside.number-units"), units),
    "against": (says("grammar-inside.better-than-counting"), against),
}
