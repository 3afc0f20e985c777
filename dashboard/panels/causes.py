"""The text that lights up; for the pinned word or phrase: why it, why not another, can one trust the map."""

from typing import Any

import streamlit as st

from dashboard import answers, cached, choices, figures, frame
from dashboard.components.saliency_strip import saliency_strip
from dashboard.interface import says
from dashboard.panels import completeness, edits, flips, trust
from interpret.sentences import bare, named
from interpret.wording import (
    WordGrid,
    afterwards,
    by_word,
    first_row,
    phrase_scores,
    phrase_target,
    rivals,
    row_probability,
    warnings,
    with_row,
    written_phrase,
    written_target,
)

GRAINS = {
    "tokens": says("causes.pieces"),
    "words": says("causes.words"),
    "sentences": says("causes.sentences"),
}
SUMS = {
    "tokens": says("causes.each-piece-the-model-reads"),
    "words": says("causes.a-words-score"),
    "sentences": says("causes.a-sentences-score"),
}


def grain() -> Any:
    """How finely the text is looked at, and what a score of a larger part is."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen = choices.pick("grain", says("causes.show"), GRAINS, "words", named=False)
        st.caption(SUMS[chosen], width="content")
    return chosen


def missing() -> None:
    """The methods that do not look into this model, and why not."""
    refused = cached.refused("token-grid", choices.model())
    told = [f"{', '.join(titles)} ({why.rstrip('.')})" for why, titles in refused.items()]
    if told:
        frame.quiet(says("causes.not-offered-for-this-model", told="; ".join(told)))


def as_fine(method: str, grain: str) -> dict[str, Any]:
    """Leaving out goes piece by piece where pieces are looked at, else by whole words."""
    return {"unit": "token"} if (method, grain) == ("leave_one_out", "tokens") else {}


@choices.fragment
def show(method: str, title: str, found: Any, grid: WordGrid, guesses: Any, settings: dict[str, Any]) -> None:
    """Pinning a word reruns only this part."""
    if choices.changed():  # the text was, in the strip below: its own map first, then the whole page
        found, guesses = answers.first(method, **settings), answers.guesses()
        if found is not None:
            fine: Any = choices.kept("grain") or "words"
            grid = by_word(found, fine)
    if found is None:
        choices.follow()
    else:
        _drawn(method, title, found, grid, guesses, settings)


def _drawn(
    method: str, title: str, found: Any, grid: WordGrid, guesses: Any, settings: dict[str, Any]
) -> None:
    """The strip, what an edit changed, why not another word, and whether one can trust the map."""
    after = afterwards(guesses)
    given = row_probability(guesses, grid.rows, grid.words)
    first = first_row(guesses, grid)
    pinned = choices.word("saliency", len(grid.words) + len(after))
    row = grid.rows.index(pinned) if pinned in grid.rows else first
    phrase = choices.phrase("saliency", len(grid.words))
    if phrase and (
        phrase[0] != pinned or not set(phrase) <= set(grid.rows) or found.asked.task == "classify"
    ):
        phrase = None
    target, others = written_target(grid, row), [] if phrase else rivals(grid, row, guesses)
    others = choices.with_versus(pinned, others)
    name, values = grid.name(row), None
    if phrase:
        target, name = phrase_target(grid, *phrase), written_phrase(grid, *phrase)
        values = phrase_scores(grid, answers.ask(method, target=target, **settings), *phrase)
    other, written = choices.rival(target, others), target
    shown = grid
    if other is not None:
        written = f"{target}/{other}" if found.asked.task == "classify" else f"{target}:/{other}"
        scores = answers.ask(method, target=written, **settings)
        frame.said(
            says("causes.why-and-not", name=named(name), other=named(other), in_words=scores.in_words())
        )
        shown = with_row(grid, row, scores)
    for warning in [] if phrase or other else warnings(grid, row):
        frame.notice(says("causes.look-twice-at-this-map"), warning, role="status")
    now = saliency_strip(
        [word.to_data() for word in grid.words], after, grid.rows, given, shown.values,
        key=choices.key("saliency"), signed=found.signed, unit=found.unit, group=choices.group("text"),
        task=found.asked.task, first=grid.rows[first], selected=pinned, phrase=phrase, phrase_scores=values,
        name=f"saliency-{method}", caption=frame.caption(found, title),
        direction=figures.direction(found.text),
        label=says("causes.the-text-choose-a-word"),
        versus=(grid.rows[row], bare(other), "logits") if other is not None else None,
        **edits.offered("saliency", found, grid.words),
    )  # fmt: skip
    edits.shown()
    choices.follow()
    choices.keep_word(now)
    choices.keep_phrase(phrase)
    link = st.container()
    choices.choose_rival(target, others, name)
    if other is not None:
        target, name = written, says("causes.rather-than", name=bare(name), other=other)
    asked = trust.Explained(
        method=method, title=title, target=target, name=name, settings=settings, words=int(found.words[-1])
    )
    behind = other is not None and grid.rows[row] >= len(grid.words)
    _judged(asked, written if behind else "", found)
    with link:  # when all that is chosen has been written to the address
        frame.share()


def _judged(asked: trust.Explained, contrast: str, found: Any) -> None:
    """Whether one can trust the map, and what would flip the answer (`contrast`: which of two, behind the text)."""
    frame.check(found)
    if asked.method == completeness.METHOD:
        completeness.show(asked.target, asked.settings)
    trust.show(asked)
    flips.show(contrast, found)
