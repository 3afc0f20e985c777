"""Predict before reveal: a reader says what they expect, and then sees it beside what the model does."""

from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from dashboard import answers, cached, choices, figures, frame, worlds
from dashboard.components.marking import Truth, marking
from dashboard.interface import says
from interpret.results import Asked, NextWords, TokenScores
from interpret.results.overlap import Overlap
from interpret.sentences import named, percent
from interpret.wording import WordGrid, afterwards, clipped, first_row, surprises, written_target

TOP = 3
FEWEST = 3  # words to choose among: with fewer there is nothing to guess
LABELS = [says("predicting.first-guess"), says("predicting.second-guess"), says("predicting.third-guess")]
OTHER = "leave_one_out"


def causes(method: str, title: str, asked: Asked, grid: WordGrid, guesses: Any) -> None:
    """Which words matter? If the reader guesses first, the page ends here until they reveal the map."""
    if not _guesses("causes"):
        return
    after = afterwards(guesses)
    pinned = choices.word("saliency", len(grid.words) + len(after))
    row = grid.rows.index(pinned) if pinned in grid.rows else first_row(guesses, grid)
    place, target = grid.rows[row], written_target(grid, row)
    could = _could(grid, place, asked.task)
    words = [word.to_data() for word in grid.words]
    names = [clipped(word.shown) for word in grid.words]
    key = _question("causes", target, len(words))
    what = says("predicting.the-class") if asked.task == "classify" else ""
    wanted = _wanted(could)
    marked = _marked(
        key, words, after, could, wanted, place,
        says("predicting.which-words-do-you-expect", wanted=wanted, class_=what, guess=named(grid.name(row))),
    )  # fmt: skip
    if marked is None:
        return
    found = Overlap.of(marked, grid.values[row], could, wanted)
    compared = [(says("predicting.the-map", title=title), found, says("predicting.the-maps"))]
    other = None if method == OTHER else answers.part(OTHER, target=target)
    if isinstance(other, TokenScores):
        left_out = Overlap.of(marked, grid.sums(other), could, wanted)
        compared.append((says("predicting.leaving-each-word-out"), left_out, "leave-one-out's"))
    _compare(key, words, after, place, marked, names, compared)


def surprising(found: NextWords) -> None:
    """Which words surprise it? If the reader guesses first, the page ends here until they reveal them."""
    if not _guesses("surprise"):
        return
    told = surprises(found)
    could = [word for word, bits in enumerate(told.bits) if bits is not None]
    words = [word.to_data() for word in told.words]
    wanted = _wanted(could)
    key = _question("surprise", "", len(words))
    marked = _marked(
        key, words, [], could, wanted, None,
        says("predicting.which-words-do-you-think", wanted=wanted),
    )  # fmt: skip
    if marked is None:
        return
    overlap = Overlap.of(marked, [bits or 0.0 for bits in told.bits], could, wanted)
    names = [clipped(word.shown) for word in told.words]
    compared = [(says("predicting.the-words-with-most-bits"), overlap, says("predicting.the-models"))]
    _compare(key, words, [], None, marked, names, compared)


def next_words(found: NextWords) -> None:
    """What comes next? If the reader guesses first, the page ends here until they have written three words."""
    if not _guesses("next"):
        return
    key = _question("next", "", len(found.tokens))
    given = choices.revealed(key)
    if given is None:
        frame.said(says("predicting.what-comes-next-write"))
        st.html(f'<p class="written">{escape(choices.text())} …</p>')
        choices.written_guesses(key, LABELS)
        frame.how("guess-next")
        choices.end_page()
    with st.container(border=True):
        _three(found, [line for line in dict.fromkeys(given) if line])
        _again("guess-next")


def _guesses(what: str) -> bool:
    """Whether this is guessed first; two sides beside each other are there to be looked at."""
    return choices.guessing() == what and choices.side() is None


def _could(grid: WordGrid, place: int, task: str) -> list[int]:
    """The words that can matter for what is explained: those before it, or around it; not the start mark."""
    end = place if task == "causal" else len(grid.words)
    return [word for word in range(min(end, len(grid.words))) if word != place and grid.words[word].shown]


def _wanted(could: Sequence[int]) -> int:
    given = choices.kept("top")
    asked = int(given) if given.isdecimal() and len(given) < 3 else TOP
    return max(1, min(asked, len(could) // 2))


def _question(kind: str, target: str, words: int) -> str:
    """A name of what is asked, the same whatever map it is compared with."""
    digest = cached.digest(kind, choices.model(), choices.text(), "", {"target": target, "words": words})
    return f"guess-{digest[:16]}"


def _marked(
    key: str, words: Any, after: Any, could: list[int], wanted: int, place: int | None, prompt: str
) -> list[int] | None:
    """What the reader marked, once they reveal; until then the page ends here. None: too few words to guess."""
    if len(could) < FEWEST:
        frame.notice(
            says("predicting.there-are-too-few-words"),
            says("predicting.type-a-longer-text"), role="status",
        )  # fmt: skip
        return None
    if choices.revealed(key) is None:
        frame.said(prompt)
        marking(
            words, after, could, key=key, marked=choices.marks(key, set(could)), wanted=wanted, asked=place,
            direction=figures.direction(choices.text()),
        )  # fmt: skip
        st.button(
            says("predicting.reveal"), key="reveal", type="primary", on_click=_reveal, args=(key, could)
        )
        frame.how("guess-words")
        choices.end_page()
    return [word for word in choices.revealed(key) if word in could]


def _reveal(key: str, could: list[int]) -> None:
    choices.reveal(key, choices.marks(key, set(could)))


def _compare(
    key: str, words: Any, after: Any, place: int | None, marked: list[int], names: list[str],
    compared: list[tuple[str, Overlap, str]],
) -> None:  # fmt: skip
    """The marks beside each truth; a sentence with the share that was found, and by chance."""
    could = [word for word in range(len(words)) if names[word]]
    truths: list[Truth] = [{"title": title, "top": list(found.top)} for title, found, _ in compared]
    with st.container(border=True):
        for title, found, whose in compared:
            st.html(f'<p class="said"><b>{escape(title)}.</b> {escape(found.in_words(whose, names))}</p>')
        marking(
            words, after, could, key=f"{key}-seen", marked=marked, wanted=len(marked), asked=place, truths=truths,
            direction=figures.direction(choices.text()),
        )  # fmt: skip
        _again("guess-words")


def _again(note: str) -> None:
    st.button(says("predicting.guess-again"), key="guess-again", on_click=choices.guess_again)
    with st.expander(says("predicting.how-to-read-this-comparison")):
        frame.how(note)


def _three(found: NextWords, given: list[str]) -> None:
    """Each guess with its probability, and what the model's own three hold together."""
    text = choices.text()
    rows, held = [], 0.0
    for line in given:
        if worlds.strangers(choices.model(), line):
            rows.append((line, says("predicting.unknown-to-this-model"), ""))
            continue
        gap = "" if not text or text[-1].isspace() else " "
        longer = answers.of_text(f"{text}{gap}{line}", choices.model(), "next_words")
        if not isinstance(longer, NextWords):
            continue
        new = longer.spans[:, 1] > len(text)
        share = 2.0 ** -float(longer.surprise[new].sum())
        held += share
        place = f"{int(longer.rank[new][0]):,}" if int(new.sum()) == 1 else f"{int(new.sum())} pieces"
        rows.append((line, percent(share), place))
    own = float(found.values[-1, :3].sum())
    shown = [named(token) for token in found.marked()[:3]]
    if not rows:
        frame.said(says("predicting.you-wrote-nothing-the-models", own=percent(own)))
        return
    frame.said(
        says(
            "predicting.your-guesses-hold-of-what",
            held=percent(held),
            first=", ".join(shown[:-1]),
            last=shown[-1],
            own=percent(own),
        )
    )
    body = "".join(
        f"<tr><th>{escape(line)}</th><td>{escape(share)}</td><td>{escape(place)}</td></tr>"
        for line, share, place in rows
    )
    head = f"<tr>{frame.heads('predicting.your-guess', 'predicting.probability', 'predicting.place-in-its-list')}</tr>"
    st.html(f'<table class="guessed"><thead>{head}</thead>{body}</table>')
