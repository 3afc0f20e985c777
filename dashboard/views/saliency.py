"""Which words led to this one? Hover a word, and the words before it light up."""

import streamlit as st

from dashboard import answers, cached, choices, figures, frame
from dashboard.components.saliency_strip import saliency_strip
from interpret.wording import by_word, next_word, row_probability

frame.question("Which words led to this one?")
methods = cached.method_titles("token-grid")
method = choices.method(methods)
found, guesses = answers.ask(method), answers.ask("next_words")
grid = by_word(found)
given = row_probability(guesses, grid.rows)
frame.answer(grid.in_words(-1, given[-1]), found)


@st.fragment
def strip() -> None:
    """Pinning a word reruns only this part."""
    choices.keep_word(saliency_strip(
        [word.to_data() for word in grid.words], next_word(guesses), grid.rows, given, grid.values,
        key="saliency", signed=found.signed, unit=found.unit, group="text",
        selected=choices.word("saliency", len(grid.words) + 1),
        name=f"saliency-{method}", caption=frame.caption(found, methods[method]),
        direction=figures.direction(found.text),
        label="The text: choose a word to see which words before it led to it",
    ))  # fmt: skip
    frame.share()


strip()
frame.check(found)
frame.notes(method)
