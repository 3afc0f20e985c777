"""The frame of every page: navigation in groups of questions, the sidebar, then the page itself."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:  # `streamlit run` puts dashboard/ on the path, not its parent
    sys.path.insert(0, str(HERE.parent))

import streamlit as st

from dashboard import choices, frame

st.set_page_config("Underhood", page_icon=str(HERE.parent / "assets/icon.svg"), layout="wide")
st.logo(str(HERE.parent / "assets/logo.svg"), icon_image=str(HERE.parent / "assets/icon.svg"), size="large")
frame.style()

page = st.navigation(
    {
        "What does it say?": [
            st.Page(
                HERE / "views/next_words.py",
                title="What comes next?",
                icon=":material/text_fields:",
                url_path="next",
                default=True,
            ),
        ],
        "Why does it say so?": [
            st.Page(
                HERE / "views/saliency.py",
                title="Which words led to this one?",
                icon=":material/target:",
                url_path="saliency",
            ),
        ],
    },
    expanded=True,
)
choices.sidebar(explains=page.url_path == "saliency")
page.run()
