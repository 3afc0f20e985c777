"""Stories: a text, a model and a view that show something, with what to look for and what to ask a class."""

import json
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from dashboard import choices, shelf
from dashboard.interface import says
from dashboard.questions import QUESTIONS

STORIES = Path(__file__).parents[2] / "assets" / "stories" / "stories.json"


@cache
def stories() -> list[dict]:
    """What the file tells: title, page, choices, look, ask; `expect` is what tests look for on the page."""
    return json.loads(STORIES.read_text(encoding="utf-8"))


def _card(story: dict, shown: str) -> str:
    """A story as HTML, escaped: its title, what to look for, what to ask a class, and on which page and model."""
    return (
        f'<h3 class="begin">{escape(story["title"])}</h3><p class="said">{escape(story["look"])}</p>'
        f'<p class="meta">{escape(says("stories.for-a-class", ask=story["ask"]))}</p>'
        f'<p class="meta">{escape(shown)}</p>'
    )


def show() -> None:
    """Two columns of cards; a button opens the view."""
    asked = {one.path: one.title for one in QUESTIONS} | {"": QUESTIONS[0].title}
    told, named = stories(), shelf.titles()
    for start in range(0, len(told), 2):
        for column, story in zip(st.columns(2, gap="small"), told[start : start + 2], strict=False):
            with column.container(border=True, height="stretch"):
                st.html(_card(story, f"{asked[story['page']]} · {named[story['choices']['model']]}"))
                st.button(
                    says("stories.open"), key=f"story-{told.index(story)}", icon=":material/arrow_forward:",
                    on_click=choices.open_view, args=(story["page"], story["choices"]),
                )  # fmt: skip
