"""Which words led to this one? Hover a word, and the words before it light up."""

import streamlit as st

from dashboard import answers, cached, choices, frame
from dashboard.panels import causes, completeness, predicting
from interpret.wording import by_word, first_row, row_probability

frame.asks("saliency")
guess = st.container()
methods = cached.method_titles("token-grid", choices.model())
method = choices.method(methods)
causes.missing()
settings = completeness.settings(method)
top = st.container()
grain = causes.grain()
settings |= causes.as_fine(method, grain)
found, guesses = answers.ask(method, **settings), answers.guesses()
grid = by_word(found, grain)
first = first_row(guesses, grid)
with guess:
    predicting.causes(method, methods[method], found.asked, grid, guesses)
with top:
    frame.answer(grid.in_words(first, row_probability(guesses, grid.rows, grid.words)[first]), found)
causes.show(method, methods[method], found, grid, guesses, settings)
frame.notes(method, found.asked.task, found)
