"""The frame of every page: navigation in groups of questions, the sidebar, then the page itself."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:  # `streamlit run` puts dashboard/ on the path, not its parent
    sys.path.insert(0, str(HERE.parent))

import streamlit as st

from dashboard import VERSION, choices, frame, split
from dashboard.choices.address import begin, end, now, room, trouble
from dashboard.choices.saved import offer_saved, opening
from dashboard.components.saving import saving
from dashboard.panels import guiding
from dashboard.questions import EXPLAINS, QUESTIONS, WITHOUT_TEXT

st.set_page_config("Underhood", page_icon=str(HERE.parent / "assets/icon.svg"), layout="wide")
st.logo(str(HERE.parent / "assets/logo.svg"), icon_image=str(HERE.parent / "assets/icon.svg"), size="large")
frame.style()

pages: dict[str, list] = {}
first = QUESTIONS[0]  # stands at the empty address; its own leads there, too
for asked in QUESTIONS:
    page = st.Page(
        HERE / f"views/{asked.file}.py", title=asked.title, icon=f":material/{asked.icon}:",
        url_path="first" if asked is first else asked.path, default=asked is first,
    )  # fmt: skip
    pages.setdefault(asked.group, []).append(page)
named = st.Page(lambda: None, title=first.title, url_path=first.path, visibility="hidden")
page = st.navigation({**pages, "": [named]}, position="top")
paths = {one.url_path: one for group in pages.values() for one in group}  # the first page's is empty
if page.url_path == first.path:
    st.switch_page(paths[""], query_params=now())
guiding.arrive()
if wanted := opening():
    st.switch_page(paths[wanted[0]], query_params=wanted[1])
begin()
try:
    choices.sidebar(
        explains=page.url_path in EXPLAINS, reads=page.url_path not in WITHOUT_TEXT,
        compares=split.offered(page.url_path or first.path),
    )  # fmt: skip
    with st.sidebar:
        too_long = None if room(choices.text()) else choices.text()
        saving(title=page.title, model=choices.model(), version=VERSION, text=too_long)
        offer_saved(paths)
        guiding.for_a_class(page.url_path)
    if said := trouble():
        frame.notice(said, "What stands here now is what this dashboard opens with.")
    guiding.bar(page.url_path)
    split.show(page, page.url_path or first.path)
finally:
    end()
