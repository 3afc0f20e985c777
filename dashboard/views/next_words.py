"""What comes next? The model's guesses after the text, and how surprised it was on the way."""

import streamlit as st

from dashboard import answers, choices, figures, frame
from dashboard.components.surprise_strip import surprise_strip
from interpret.wording import surprises

frame.question("What comes next?")
found = answers.ask("next_words")
frame.answer(found.in_words(), found)

st.plotly_chart(
    figures.draw(found), key="next", on_select=lambda: choices.continue_with_bar("next", found.candidates[-1]),
    selection_mode="points", config=figures.CONFIG, alt=found.in_words(),
)  # fmt: skip
st.pills(
    "Continue the text with", [c for c in found.candidates[-1][:6] if c.isprintable()], key="continue",
    format_func=figures.visible, on_change=choices.continue_with_pill, args=("continue",),
)  # fmt: skip

st.html('<h2 class="section">How surprised was it by each word?</h2>')
by_word = surprises(found)


@st.fragment
def strip() -> None:
    """Pinning a word reruns only this part."""
    choices.keep_word(surprise_strip(
        [word.to_data() for word in by_word.words], by_word.bits, by_word.rank, by_word.band, by_word.probability,
        by_word.expected, key="surprise", vocabulary=frame.vocabulary(),
        selected=choices.word("surprise", len(by_word.words)), caption=frame.caption(found, "Surprise"),
        direction=figures.direction(found.text), group="text",
        label="The text, coloured by how far down the model's list of guesses each word stood",
    ))  # fmt: skip


strip()
st.plotly_chart(
    figures.surprise(by_word), key="bits", config=figures.CONFIG,
    alt="Bars: surprise of each word in bits, in the order of the text",
)  # fmt: skip
frame.check(found)
frame.notes(
    "Each bar is a piece the model could write next, with the probability it gives it; click one to put it behind your text. "
    "In the text below, a word without colour was among the model's ten likeliest guesses; the stronger the colour, the further down its list.",
    ["A likely word is what this model has read often in such places, not what is true.",
     "Long or rare words are cut into pieces. A word's surprise is the sum over its pieces, its rank that of its worst piece.",
     "The model has read only what its card says; a small model is surprised by much that a person is not."],
    "next_words",
)  # fmt: skip
