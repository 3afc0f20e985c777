"""What comes next? The model's guesses after the text, and how surprised it was on the way."""

import streamlit as st

from dashboard import answers, choices, figures, frame
from dashboard.components.surprise_strip import surprise_strip
from interpret.sentences import bare, writable
from interpret.wording import surprises

frame.question("What comes next?")
found = answers.ask("next_words")
by_word, last = surprises(found), found.candidates[-1]
frame.answer(found.in_words(), found)
st.plotly_chart(
    figures.draw(found), key="next", on_select=lambda: choices.continue_with_bar("next", last),
    selection_mode="points", config=figures.CONFIG, alt=found.in_words(),
)  # fmt: skip
st.pills(
    "Continue the text with", [piece for piece in last if writable(piece)][:6], key="continue",
    format_func=bare, on_change=choices.continue_with_pill, args=("continue",),
)  # fmt: skip
frame.section("How surprised was it by each word?")


@st.fragment
def strip() -> None:
    """Pinning a word reruns only this part."""
    choices.keep_word(surprise_strip(
        [word.to_data() for word in by_word.words], by_word.bits, by_word.rank, by_word.band,
        by_word.probability, by_word.expected, key="surprise", vocabulary=frame.vocabulary(), group="text",
        selected=choices.word("surprise", len(by_word.words)), caption=frame.caption(found, "Surprise"),
        direction=figures.direction(found.text),
        label="The text, coloured by how far down the model's list of guesses each word stood",
    ))  # fmt: skip


strip()
st.plotly_chart(
    figures.surprise(by_word), key="bits", config=figures.CONFIG,
    alt="Bars: surprise of each word in bits, in the order of the text",
)  # fmt: skip
frame.check(found)
frame.notes("next_words")
