"""The frame of every page: navigation in groups of questions, the sidebar, then the page itself."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:  # `streamlit run` puts dashboard/ on the path, not its parent
    sys.path.insert(0, str(HERE.parent))

import streamlit as st

from dashboard import choices, frame
from dashboard.questions import EXPLAINS, QUESTIONS

st.set_page_config("Underhood", page_icon=str(HERE.parent / "assets/icon.svg"), layout="wide")
st.logo(str(HERE.parent / "assets/logo.svg"), icon_image=str(HERE.parent / "assets/icon.svg"), size="large")
frame.style()

pages: dict[str, list] = {}
for asked in QUESTIONS:
    page = st.Page(
        HERE / f"views/{asked.file}.py", title=asked.title, icon=f":material/{asked.icon}:",
        url_path=asked.path, default=asked is QUESTIONS[0],
    )  # fmt: skip
    pages.setdefault(asked.group, []).append(page)
page = st.navigation(pages, position="top")
choices.sidebar(explains=page.url_path in EXPLAINS)
page.run()
