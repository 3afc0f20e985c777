"""What comes next? The model's guesses after the text, and how surprised it was on the way."""

import streamlit as st

from dashboard import answers, choices, figures, frame
from dashboard.components.surprise_strip import surprise_strip
from interpret.sentences import bare, writable
from interpret.wording import surprises

frame.question("What comes next?")
found = answers.ask("next_words")
by_word, last, whole = surprises(found), found.candidates[-1], frame.is_whole(found)
frame.answer(found.in_words(), found)
st.plotly_chart(
    figures.draw(found), key="next", selection_mode="points", config=figures.CONFIG, alt=found.in_words(),
    on_select=(lambda: choices.continue_with_bar("next", last)) if whole else "ignore",
)  # fmt: skip
shown = {piece: bare(said) for piece, said in zip(last, found.marked(), strict=True) if writable(piece)}
if shown and whole:
    st.pills(
        "Continue the text with", list(shown)[:6], key="continue", format_func=shown.__getitem__,
        on_change=choices.continue_with_pill, args=("continue",),
    )  # fmt: skip
frame.section("How surprised was it by each word?")


@st.fragment
def strip() -> None:
    """Pinning a word reruns only this part."""
    choices.keep_word(surprise_strip(
        [word.to_data() for word in by_word.words], by_word.bits, by_word.rank, by_word.band,
        by_word.probability, by_word.expected, pieces=by_word.pieces, key="surprise", group="text",
        vocabulary=frame.vocabulary(), selected=choices.word("surprise", len(by_word.words)),
        caption=frame.caption(found, "Surprise"), direction=figures.direction(found.text),
        label="The text, coloured by how far down the model's list of guesses each word stood",
    ))  # fmt: skip
    frame.share()


strip()
st.plotly_chart(
    figures.surprise(by_word), key="bits", config=figures.CONFIG,
    alt="Bars: surprise of each word in bits, in the order of the text",
)  # fmt: skip
frame.check(found)
frame.notes("next_words")
