"""When did it decide? What each layer would have answered, and the way of some words through the layers."""

import streamlit as st

from dashboard import answers, cached, choices, figures, frame, shelf
from dashboard.figures import lens as pictures
from dashboard.interface import says
from dashboard.panels import layers

frame.asks("decided")
reader = layers.reader()
found = answers.ask("lens", reader=reader)
place = layers.chosen(found)
frame.answer(found.in_words(place), found)
shade = choices.pick("shade", says("view-decided.colour-by"), layers.SHADES)
with st.container(key=choices.key("lens-scroll")):
    grid = pictures.grid(found, shade, place)
    st.plotly_chart(
        grid, key=choices.key("lens"), config=figures.CONFIG, width=pictures.wide(grid),
        on_select="rerun", selection_mode="points", alt=found.in_words(place),
    )  # fmt: skip
st.caption(says("view-decided.colour-point-at-a-cell", SHADES=pictures.SHADES[shade]))
layers.follow(found, place, reader)
frame.check(found)
if choices.side() is None and shelf.task(choices.model()) == "causal":
    layers.train()
    if cached.method_titles("patched", choices.model()):
        layers.patch()
frame.notes("lens", found=found)
