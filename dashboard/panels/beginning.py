"""Where to begin: guided tours, lessons that ask before they show, and the plan of a lesson."""

from html import escape

import streamlit as st

from dashboard import choices, frame, guides, shelf
from dashboard.guides import ASSETS, BYTES, Guide
from dashboard.interface import says
from dashboard.panels.guiding import open_step, titles
from dashboard.questions import QUESTIONS

PLANS = ASSETS / "lessons"
EXAMPLE = PLANS / "predict-before-you-look.json"


def tours() -> None:
    """The guided tours."""
    _cards(list(guides.guides("tour").values()), says("beginning.start-the-tour"))


def lessons() -> None:
    """Lessons in which the reader guesses first, one of a teacher's own, and a plan for a class."""
    frame.section(says("beginning.lessons-predict-then-look"))
    st.html(f'<p class="said">{escape(says("beginning.a-question-a-text"))}</p>')
    _cards(list(guides.guides("lesson").values()), says("beginning.start-the-lesson"))
    with st.expander(says("beginning.a-lesson-of-your-own")):
        _own()
    for plan in sorted(PLANS.glob("*.md")):
        said = plan.read_text(encoding="utf-8")
        title, _, body = said.partition("\n")
        with st.expander(says("beginning.lesson-plan-two-pages", title=title.lstrip("# "))):
            st.markdown(body)
            st.download_button(
                says("beginning.take-the-plan-along-markdown"), said, file_name=plan.name, on_click="ignore"
            )


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
    name = "beginning.steps" if one.kind == "tour" else "beginning.questions"
    long = says(name, count=len(one.steps), minutes=one.minutes)
    st.html(
        f'<h3 class="begin">{escape(one.title)}</h3><p class="said">{escape(one.about)}</p>'
        f'<p class="meta">{escape(" · ".join([long, *pages]))}</p>'
    )


def _own() -> None:
    """A teacher's own file: checked, kept in this session, and never obeyed further than its form."""
    st.html(f'<p class="said">{escape(says("beginning.a-lesson-is-a-file", size=BYTES // 1000))}</p>')
    st.download_button(
        says("beginning.the-example-json"), EXAMPLE.read_bytes(), file_name="lesson.json", on_click="ignore"
    )
    content = choices.guide_file()
    if content is not None:
        try:
            paths = [one.path for one in QUESTIONS]
            choices.keep_guide(guides.read(content, paths, models=shelf.titles()))
        except ValueError as fault:
            frame.notice(str(fault), says("beginning.mend-the-file-and-choose"))
    if own := choices.own_guide():
        with st.container(border=True):
            _card(own)
            st.button(
                says("beginning.start"),
                key="own-start",
                icon=":material/arrow_forward:",
                on_click=open_step,
                args=(own, 1),
            )
