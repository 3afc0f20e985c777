"""What every page shares: style, question and answer, the notes under a picture, the model's card."""

from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import VERSION, cached, choices, interface, shelf
from dashboard.interface import says
from dashboard.literal import isolated
from dashboard.python_lines import python_lines
from interpret.results import Result
from interpret.results.anatomy import Anatomy
from interpret.results.reading import reading
from interpret.sentences import rounded

STYLES = sorted(Path(__file__).parent.glob("style*.css"))  # style.css, and further pages' own


def style() -> None:
    """The page's own rules; colours come from the theme."""
    rules = "\n".join(path.read_text(encoding="utf-8") for path in STYLES)
    st.html(f"<style>{rules}</style>")


def asks(path: str) -> None:
    """The question of the page with this address, as the interface's texts have it."""
    question(interface.question(path))


def question(title: str) -> None:
    """The question of the page, once for both sides."""
    side = choices.side()
    if side is None or not side.second:
        (side.above if side else st).html(f'<h1 class="question">{escape(title)}</h1>')


def side(name: str, text: str = "") -> None:
    """Whose side of the page this is: the model, and its text where the other side has another one."""
    more = f" <span>{escape(text)}</span>" if text else ""
    st.html(f'<p class="side-of"><strong>{escape(name)}</strong>{more}</p>')


def section(title: str) -> None:
    """A further question on the same page."""
    st.html(f'<h2 class="section">{escape(title)}</h2>')


def is_whole(found: Result) -> bool:
    """Whether the picture shows all of the reader's text; of a study, which has none of its own, it does."""
    return not found.tokens or int(found.spans[:, 1].max()) >= len(choices.text())


def answer(sentence: str, found: Result) -> None:
    """One sentence with this text's numbers, and a quiet line that says what is shown."""
    if not is_whole(found):
        shown = int(found.spans[:, 1].max())
        notice(
            says(
                "frame.this-text-is-longer-than",
                tokens=len(found.tokens),
                shown=shown,
                text=len(choices.text()),
            ),
            says("frame.shorten-it-to-look"),
            role="status",
        )
        sentence = sentence.replace("After this text", "After the part shown")
    said(sentence)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<p class="meta">{escape(_meta(found))}</p>', width="content")
        _card()


def said(sentence: str) -> None:
    """The one sentence that answers the question of the page."""
    st.html(f'<p class="answer">{isolated(sentence)}</p>')


def quiet(sentence: str) -> None:
    """A line under a picture with words of a text, a file or a vocabulary in it: shown as written."""
    st.html(f'<p class="quiet">{isolated(sentence)}</p>')


def notice(sentence: str, more: str, role: str = "alert") -> None:
    """Something the reader should know first: what is the matter, and what to do."""
    st.html(f'<div class="notice" role="{role}"><strong>{escape(sentence)}</strong><br>{escape(more)}</div>')


def heads(*names: str) -> str:
    """The headings of a table's columns, by the names of their texts (HTML)."""
    return "".join(f'<th scope="col">{escape(says(name))}</th>' for name in names)


def continued(text: str, added: str) -> str:
    """A text and what a model added to it, set apart (HTML, escaped)."""
    return f"{escape(text.removesuffix(added))}<mark>{escape(added)}</mark>"


def caption(found: Result | Anatomy, title: str) -> str:
    """What stands under an exported picture."""
    return f"{found.model} · {title} · {found.shows()} · Underhood {VERSION}"


def check(found: Result) -> None:
    """The number by which to judge the picture, and what a reader must know before believing it."""
    mark = "" if found.check.passed else " failed"
    notes = "".join(f"<li>{isolated(note)}</li>" for note in found.notes)
    title, sentence = escape(says("notes.check")), escape(found.check.in_words())
    st.html(f'<ul class="check{mark}"><li><strong>{title}</strong> {sentence}</li>{notes}</ul>')


def notes(method: str, task: str = "causal", found: Any = None) -> None:
    """How to read the picture, what it does not tell, how it is computed, and the same in Python; once for both sides.

    With `found` the first two end in an example with this picture's own numbers.
    """
    side = choices.side()
    if side is None:
        _all_notes(method, task, found)
    elif method not in side.said:
        side.said.add(method)
        with side.below:
            _all_notes(method, task, found)


def _all_notes(method: str, task: str, found: Any) -> None:
    written, kind = interface.notes(), "signed" if cached.is_signed(method) else "unsigned"
    names = (f"{method}-{task}", method, f"{kind}-{task}", kind)
    note = next(written[name] for name in names if name in written)
    example, limit = reading(found)
    limits = [*note["limits"], limit] if limit else note["limits"]
    _read_so(f"{note['how']} {example}".strip(), limits)
    with st.expander(says("notes.computed")):
        st.text(cached.about(method))
    with st.expander(says("notes.python")):
        code(python_lines(method))


def python(method: str) -> None:
    """The same in Python, of a part of a page; of two sides on the first."""
    if not choices.is_second():
        with st.expander(says("notes.python")):
            code(python_lines(method))


def how(name: str, more: str = "") -> None:
    """How to read a part of a page, with `more` behind it, and what it does not tell; of two sides on the first."""
    if choices.is_second():
        return
    note = interface.notes()[name]
    _read_so(note["how"] + more, note["limits"])


def _read_so(how: str, limits: list[str]) -> None:
    pair(says("notes.how"), how, says("notes.limits"), limits)


def pair(title: str, text: str, other: str, points: list[str]) -> None:
    """Two notes side by side: a paragraph, and a list."""
    left, right = st.columns(2, gap="large")
    left.html(f'<div class="note"><h2>{escape(title)}</h2><p>{escape(text)}</p></div>')
    listed = "".join(f"<li>{escape(point)}</li>" for point in points)
    right.html(f'<div class="note"><h2>{escape(other)}</h2><ul>{listed}</ul></div>')


def vocabulary() -> int:
    """How many pieces the chosen model can write."""
    return shelf.card(choices.model()).vocabulary


def _meta(found: Result) -> str:
    tokens = f" · {len(found.tokens):,} tokens" if found.tokens else ""
    return f"{found.model}{tokens} · {found.shows()}"


def _card() -> None:
    with st.popover(says("frame.about-model"), type="tertiary"):
        try:
            st.html(card_table(shelf.card(choices.model())))
        except shelf.Refusal as refusal:
            st.text(str(refusal))


DOES = {
    "causal": says("frame.writes-the-next-word"),
    "masked": says("frame.fills-gaps-guesses-a-hidden"),
    "classify": says("frame.names-a-class"),
}


def card_table(card: shelf.Card) -> str:
    """A model's card as a table in plain words (HTML, escaped)."""
    rows = {
        says("frame.family"): says(
            "frame.layers-widths",
            family=card.family,
            layers=card.layers,
            widths=", ".join(map(str, card.widths)),
        ),
        says("frame.does"): DOES[card.task] + (f": {', '.join(card.classes)}" if card.classes else ""),
        says("frame.size"): says(
            "frame.million-parameters-pieces", parameters=card.parameters / 1e6, vocabulary=card.vocabulary
        ),
        says("frame.has-read"): card.trained_on,
        says("frame.tokens-seen"): card.tokens_seen and f"{card.tokens_seen:,}",
        says("frame.trained-for"): card.seconds
        and says("frame.minutes-on", seconds=card.seconds / 60, machine=card.machine),
        says("frame.right-on-new-texts"): card.accuracy and rounded(card.accuracy, 1),
        says("frame.macro-f1"): card.macro_f1
        and says("frame.the-mean-of-the-classes", macro_f1=card.macro_f1),
        says("frame.perplexity-per-word"): card.perplexity_per_word
        and says("frame.as-if-it-chose-among", perplexity_per_word=card.perplexity_per_word),
        says("frame.perplexity-per-token"): card.perplexity_per_token and f"{card.perplexity_per_token:,.1f}",
        says("frame.measured-on"): card.held_out,
        says("frame.recipe"): card.recipe,
        says("frame.weights-sha256"): card.sha256[:16],
        says("frame.licence"): card.licence,
    }
    rows = {name: said for name, said in rows.items() if said}
    lines = "".join(f"<tr><th>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in rows.items())
    return f'<table class="card"><caption>{escape(card.name)}</caption>{lines}</table>'


def code(lines: str) -> None:
    """Lines to copy, as they are; the script of `saving` puts a button beside them.

    Streamlit's own would load 1.6 MB to colour them, on every page.
    """
    st.html(f'<pre class="code" tabindex="0">{escape(lines)}</pre>')


def share() -> None:
    """The address of this very view, the pinned word included."""
    if choices.is_second():
        return
    with st.popover(says("frame.share"), type="tertiary"):
        link = choices.link()
        if link is None:
            st.text(says("frame.no-link"))
        else:
            st.text(says("frame.link"))
            code(link)
