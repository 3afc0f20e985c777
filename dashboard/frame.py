"""What every page shares: style, question and answer, the notes under a picture, the model's card."""

import json
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from dashboard import VERSION, cached, choices
from interpret.results import Result

STYLE = Path(__file__).with_name("style.css")
NOTES = Path(__file__).parents[1] / "assets" / "texts" / "notes.json"


def style() -> None:
    """The page's own rules; colours come from the theme."""
    st.html(f"<style>{STYLE.read_text(encoding='utf-8')}</style>")


def question(title: str) -> None:
    """The question of the page."""
    st.html(f'<h1 class="question">{escape(title)}</h1>')


def section(title: str) -> None:
    """A further question on the same page."""
    st.html(f'<h2 class="section">{escape(title)}</h2>')


def is_whole(found: Result) -> bool:
    """Whether the picture shows all of the reader's text."""
    return int(found.spans[:, 1].max()) >= len(choices.text())


def answer(sentence: str, found: Result) -> None:
    """One sentence with this text's numbers, and a quiet line that says what is shown."""
    if not is_whole(found):
        shown = int(found.spans[:, 1].max())
        notice(
            f"This text is longer than one picture: all below is about its first "
            f"{len(found.tokens):,} tokens ({shown:,} of {len(choices.text()):,} characters).",
            "Shorten it to look at the rest.",
            role="status",
        )
        sentence = sentence.replace("After this text", "After the part shown")
    st.html(f'<p class="answer">{escape(sentence)}</p>')
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<p class="meta">{escape(_meta(found))}</p>', width="content")
        _card()


def notice(sentence: str, more: str, role: str = "alert") -> None:
    """Something the reader should know first: what is the matter, and what to do."""
    st.html(f'<div class="notice" role="{role}"><strong>{escape(sentence)}</strong><br>{escape(more)}</div>')


def caption(found: Result, title: str) -> str:
    """What stands under an exported picture."""
    return f"{found.model} · {title} · {found.shows()} · Underhood {VERSION}"


def check(found: Result) -> None:
    """The number by which to judge the picture, and what a reader must know before believing it."""
    mark = "" if found.check.passed else " failed"
    notes = "".join(f"<li>{escape(note)}</li>" for note in found.notes)
    sentence = escape(found.check.in_words())
    st.html(f'<ul class="check{mark}"><li><strong>Check.</strong> {sentence}</li>{notes}</ul>')


def notes(method: str) -> None:
    """How to read the picture, what it does not tell, how it is computed, and how to get it in Python."""
    written = _notes()
    note = written.get(method) or written["signed" if cached.is_signed(method) else "unsigned"]
    left, right = st.columns(2, gap="large")
    left.html(f'<div class="note"><h2>How to read this</h2><p>{escape(note["how"])}</p></div>')
    listed = "".join(f"<li>{escape(limit)}</li>" for limit in note["limits"])
    right.html(f'<div class="note"><h2>What it does not tell you</h2><ul>{listed}</ul></div>')
    with st.expander("How it is computed"):
        st.text(cached.about(method))
    with st.expander("The same in Python"):
        st.code(python_lines(method), language="python")


@cache
def _notes() -> dict[str, dict]:
    return json.loads(NOTES.read_text(encoding="utf-8"))


def python_lines(method: str) -> str:
    """Lines that come to the same numbers; a test runs them."""
    return (
        "from models import load\n"
        "from interpret import every, explain, record\n\n"
        f"run = record(load({choices.model()!r}), {choices.text()!r})\n"
        f"result = explain(run, {method!r}, every(run, {choices.measure()!r}))\n"
        "print(result.to_frame())"
    )


def vocabulary() -> int:
    """How many pieces the chosen model can write."""
    return cached.card(choices.model()).vocabulary


def _meta(found: Result) -> str:
    return f"{found.model} · {len(found.tokens):,} tokens · {found.shows()}"


def _card() -> None:
    with st.popover("About the model", type="tertiary"):
        try:
            st.html(card_table(cached.card(choices.model())))
        except cached.Refusal as refusal:
            st.text(str(refusal))


def card_table(card: cached.Card) -> str:
    """A model's card as a table in plain words (HTML, escaped)."""
    rows = {
        "Family": f"{card.family}, {card.layers} layers, widths {', '.join(map(str, card.widths))}",
        "Size": f"{card.parameters / 1e6:.1f} million parameters, {card.vocabulary:,} pieces",
        "Has read": card.trained_on,
        "Tokens seen": f"{card.tokens_seen or 0:,}",
        "Trained for": f"{(card.seconds or 0) / 60:.0f} minutes on {card.machine}",
        "Perplexity per word": f"{card.perplexity_per_word or 0:,.0f} (as if it chose among so many words)",
        "Perplexity per token": f"{card.perplexity_per_token or 0:,.1f}",
        "Measured on": card.held_out,
        "Recipe": card.recipe,
        "Weights (sha256)": card.sha256[:16],
        "Licence": card.licence,
    }
    lines = "".join(f"<tr><th>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in rows.items())
    return f'<table class="card"><caption>{escape(card.name)}</caption>{lines}</table>'


def share() -> None:
    """The address of this very view, the pinned word included."""
    with st.popover("Share", type="tertiary"):
        link = choices.link()
        if link is None:
            st.text("This text is too long for a link. Save the text itself and the JSON under the picture.")
        else:
            st.text("This link opens the same view:")
            st.code(link, language=None, wrap_lines=True)
