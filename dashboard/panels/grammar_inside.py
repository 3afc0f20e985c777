"""Inside the model: what can be read off each layer, and which unit carries the number of the subject."""

import json
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from dashboard import answers, choices, figures, frame, shelf
from interpret.results import Grammar, Probes
from interpret.results.grammar import whole

KEPT = Path(__file__).parents[2] / "assets" / "studies" / "probes.json"
TASKS = {"number": "the number of the subject", "part of speech": "parts of speech"}
SHOWN = 8
COLUMNS = {
    "unit": "unit", "lost_singular": "verbs lost, singular (%)", "lost_plural": "verbs lost, plural (%)",
    "lead_lost_singular_nats": "lead lost, singular (nats)",
    "lead_lost_plural_nats": "lead lost, plural (nats)",
    "flagged": "more than chance",
}  # fmt: skip


def layers(found: Grammar) -> None:
    """What a simple reader finds in each layer, beside what it learned by heart."""
    frame.section("Does it know the number, and use it?")
    if shelf.card(choices.model()).family == "ngram":
        frame.notice(
            "This model only counts words: it has no layers to read.", "Choose an LSTM or a transformer."
        )
        return
    task = choices.pick("probe", "Read off each layer", TASKS)
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
        f"A linear classifier learned from {asked.n[0]:,} words and was tested on {asked.n[1]:,} of "
        f"other sentences "
        f"({asked.data}). Grey, dotted: the same reader given labels drawn by lot, which it can only "
        f"learn by heart; "
        "what counts is the difference (Hewitt and Liang 2019). Dashed: always the commonest label."
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
    frame.section("And in sentences that people wrote?")
    frame.said(real.in_words())
    st.html(
        f'<p class="meta">{escape(real.model)} · {escape(real.data)}, its own split: learned from '
        f"{real.n[0]:,} words of its training part, tested on {real.n[1]:,} of its test part · asked {escape(made)}</p>"
    )
    st.plotly_chart(
        figures.draw(real), key=choices.key(f"treebank-{task}"), config=figures.CONFIG, alt=real.in_words()
    )
    if task == "number":
        st.caption(
            "Nouns of any sentence, as many plural as singular ones, and the three words behind each. A verb or a "
            "pronoun among them may show the number by itself."
        )
    frame.check(real)


def _known_but_unused(asked, found: Grammar) -> None:
    """The share of sentences in which the number is there, beside that of verbs that follow it."""
    counts, shares, *_ = found.along(same=False)
    there, right = float(asked.values[1:, -1].max()), dict(zip(counts.tolist(), shares, strict=True)).get(2)
    if right is None:
        return
    follows = "the verb follows it" if right > 0.5 else "the verb does not follow it"
    frame.said(
        f"With two misleading nouns in between, its verb has that number in {whole(float(right))} of pairs: "
        + (f"the number is there, and {follows}." if there > 0.75 else "the number gets lost on the way.")
    )


def units(_found: Grammar) -> None:
    """Each unit switched off in turn."""
    frame.section("Which unit carries the number?")
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
    st.caption(
        "Each dot is a unit that was switched off (held at 0 at every word) while the model chose "
        "its verbs. To the right: "
        "it serves singular subjects; upwards: plural ones. After Lakretz et al. 2019."
    )
    frame.check(asked)


def against(_found: Grammar) -> None:
    """Where the network expects what comes better than counting does."""
    frame.section("Where does it beat counting words?")
    asked = answers.part("against_counting")
    if asked is None:
        return
    frame.said(asked.in_words())
    st.plotly_chart(
        figures.draw(asked), key=choices.key("against"), config=figures.CONFIG, alt=asked.in_words()
    )
    st.caption("Whiskers: twice the standard error over texts. A nat is a factor of 2.7 in probability.")
    frame.pair(
        "Where it gains most",
        " · ".join(asked.told(True)),
        "Where counting is better",
        list(asked.told(False)),
    )
    frame.check(asked)


LOOKS = {
    "layers": ("What it knows inside", layers),
    "units": ("Number units", units),
    "against": ("Better than counting?", against),
}
