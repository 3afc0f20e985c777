"""Where to begin: guided tours, lessons that ask before they show, and the plan of a lesson."""

from html import escape

import streamlit as st

from dashboard import choices, frame, guides, shelf
from dashboard.guides import ASSETS, BYTES, Guide
from dashboard.panels.guiding import open_step, titles
from dashboard.questions import QUESTIONS

PLANS = ASSETS / "lessons"
EXAMPLE = PLANS / "predict-before-you-look.json"


def tours() -> None:
    """The guided tours."""
    _cards(list(guides.guides("tour").values()), "Start the tour")


def lessons() -> None:
    """Lessons in which the reader guesses first, one of a teacher's own, and a plan for a class."""
    frame.section("Lessons: predict, then look")
    st.html(
        '<p class="said">A question, a text, and the page keeps its answer back: mark the words you expect, then '
        "compare them with the map, with leaving words out, and with chance. “For a class” in the side bar does the "
        "same with any text.</p>"
    )
    _cards(list(guides.guides("lesson").values()), "Start the lesson")
    with st.expander("A lesson of your own"):
        _own()
    for plan in sorted(PLANS.glob("*.md")):
        said = plan.read_text(encoding="utf-8")
        title, _, body = said.partition("\n")
        with st.expander(f"Lesson plan, two pages: {title.lstrip('# ')}"):
            st.markdown(body)
            st.download_button("Take the plan along (Markdown)", said, file_name=plan.name, on_click="ignore")


def _cards(known: list[Guide], label: str) -> None:
    for start in range(0, len(known), 2):
        for column, one in zip(st.columns(2, gap="small"), known[start : start + 2], strict=False):
            with column.container(border=True, height="stretch"):
                _card(one)
                st.button(
                    label, key=f"{one.kind}-{one.name}", icon=":material/arrow_forward:", on_click=open_step,
                    args=(one, 1),
                )  # fmt: skip


def _card(one: Guide) -> None:
    pages = list(dict.fromkeys(titles()[step.page] for step in one.steps))
    steps = f"{len(one.steps)} {'steps' if one.kind == 'tour' else 'questions'}"
    st.html(
        f'<h3 class="begin">{escape(one.title)}</h3><p class="said">{escape(one.about)}</p>'
        f'<p class="meta">{steps}, about {one.minutes} minutes · {escape(" · ".join(pages))}</p>'
    )


def _own() -> None:
    """A teacher's own file: checked, kept in this session, and never obeyed further than its form."""
    st.html(
        '<p class="said">A lesson is a JSON file: a title, and questions that each name a page, what to choose there, '
        "a prompt, what to guess, and a reflection. Start from the example and change it; what stands in an address "
        f"is what a page can choose. At most {BYTES // 1000} kB; it stays in this session, and in the links that are "
        "copied from it.</p>"
    )
    st.download_button("The example (JSON)", EXAMPLE.read_bytes(), file_name="lesson.json", on_click="ignore")
    content = choices.guide_file()
    if content is not None:
        try:
            paths = [one.path for one in QUESTIONS]
            choices.keep_guide(guides.read(content, paths, models=shelf.titles()))
        except ValueError as fault:
            frame.notice(str(fault), "Mend the file and choose it again.")
    if own := choices.own_guide():
        with st.container(border=True):
            _card(own)
            st.button(
                "Start", key="own-start", icon=":material/arrow_forward:", on_click=open_step, args=(own, 1)
            )
