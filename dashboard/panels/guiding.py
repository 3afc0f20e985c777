"""The bar of a tour or lesson: which step this is, what to look at, on and back; and presenting to a room."""

from html import escape

import streamlit as st

from dashboard import choices, frame, guides, shelf
from dashboard.components.clicker import clicker
from dashboard.guides import GUESSED, Guide, Step
from dashboard.interface import says
from dashboard.questions import QUESTIONS

KINDS = {"tour": says("guiding.tour"), "lesson": says("guiding.lesson")}
GUESSES = {
    "causes": says("guiding.which-words-matter"),
    "next": says("guiding.the-next-word"),
    "surprise": says("guiding.the-surprising-words"),
}
ABSENT = says("guiding.this-link-names-a-tour")
HOW_TO_OPEN = says("guiding.if-it-is-a-teachers")


def known(kind: str, name: str) -> Guide | None:
    """A bundled tour or lesson, or the reader's own."""
    own = choices.own_guide()
    if name == guides.OWN:
        return own if own is not None and own.kind == kind else None
    return guides.guides(kind).get(name)


def arrive() -> None:
    """A link that carries a tour or lesson, or names only a step: take it, and open what stands there."""
    choices.take_guide([one.path for one in QUESTIONS], shelf.titles())
    named = choices.arriving()
    found = named and known(*named[:2])
    if named and found:
        choices.open_view(*found.at(_within(named[2], found), present=choices.presents()))


def bar(path: str) -> None:
    """What is followed, above the page."""
    choices.take_up()
    named = choices.following()
    if not named and not choices.presents():
        return
    found = named and known(*named[:2])
    with st.container(key="guide", border=True):
        if named and not found:
            frame.notice(ABSENT, HOW_TO_OPEN, role="status")
            st.button(says("guiding.go-on-without"), key="guide-leave", on_click=choices.leave)
        elif named and found:
            _step(found, _within(named[2], found), path)
        else:
            _presented()


def for_a_class(path: str) -> None:
    """In the side bar: guess first, and show it to a room."""
    with st.popover(says("guiding.for-a-class"), type="tertiary"):
        offered = _offered(path)
        choices.guess(path, {name: GUESSES[name] for name in offered})
        if offered:
            st.caption(says("guiding.the-page-keeps-its-answer"))
        _presenting("class-present")
        st.page_link(
            "views/stories.py",
            label=says("guiding.tours-lessons-and-stories"),
            icon=":material/auto_stories:",
        )


def _offered(path: str) -> list[str]:
    """What can be guessed on this page with this model."""
    task, page = shelf.task(choices.model()), GUESSED.get(path, ())
    unfit = {"causal": (), "masked": ("next",), "classify": ("next", "surprise")}[task]
    return [name for name in page if name not in unfit]


def _step(found: Guide, number: int, path: str) -> None:
    step, count = found.steps[number - 1], len(found.steps)
    st.html(_in_words(found, number, step))
    if step.page != path:
        st.caption(says("guiding.this-is-another-page-than"))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for label, to, name, icon in (
            (says("guiding.back"), number - 1, "back", "arrow_back"),
            (says("guiding.next"), number + 1, "next", "arrow_forward"),
        ):
            st.button(
                label,
                key=f"guide-{name}",
                icon=f":material/{icon}:",
                disabled=not 1 <= to <= count,
                type="primary" if name == "next" and number < count else "secondary",
                on_click=open_step,
                args=(found, min(max(to, 1), count)),
            )
        st.button(
            says("guiding.start-this-step-again"),
            key="guide-again",
            type="tertiary",
            on_click=open_step,
            args=(found, number),
        )
        _presenting("guide-present")
        _link(found)
        st.button(
            says("guiding.leave-the", kind=found.kind),
            key="guide-leave",
            type="tertiary",
            on_click=choices.leave,
        )
    clicker(on=choices.presents())


def _link(found: Guide) -> None:
    """The address of the whole tour or lesson, to hand on."""
    with st.popover(says("guiding.copy-link-to-this", kind=found.kind), type="tertiary"):
        link = choices.guide_link(found)
        if link is None:
            st.text(says("guiding.this-is-too-long", kind=found.kind))
        else:
            frame.code(link)


def _in_words(found: Guide, number: int, step: Step) -> str:
    """The step as HTML, escaped."""
    head = f"{KINDS[found.kind]}: {found.title}"
    later = step.look if found.kind == "tour" or not step.guess or choices.has_revealed() else ""
    label = says("guiding.look-for") if found.kind == "tour" else says("guiding.to-think-about")
    look = f'<p class="look"><b>{label}:</b> {escape(later)}</p>' if later else ""
    return (
        f'<section class="guide" aria-label="{escape(head)}"><p class="at"><span>{escape(head)}</span> '
        f"<b>{'Step' if found.kind == 'tour' else 'Question'} {number} of {len(found.steps)}</b></p>"
        f"<p>{escape(step.text)}</p>{look}</section>"
    )


def open_step(found: Guide, number: int) -> None:
    """Open a step as its link does. For callbacks."""
    choices.open_view(*found.at(number, present=choices.presents()))


def _presented() -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.html(
            f'<p class="guide at">{escape(choices.model())} · “{escape(_short(choices.text()))}”</p>',
            width="content",
        )
        _presenting("guide-present")


def _presenting(key: str) -> None:
    on = choices.presents()
    if on:
        st.html('<span class="presenting"></span>', width="content")
    st.button(
        says("guiding.end-large-type") if on else says("guiding.large-type-for-a-room"), key=key, type="tertiary",
        icon=":material/close_fullscreen:" if on else ":material/slideshow:",
        on_click=choices.present, args=(not on,),
    )  # fmt: skip


def _within(number: int, found: Guide) -> int:
    return min(max(number, 1), len(found.steps))


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"


def titles() -> dict[str, str]:
    """The pages by path, the first also as ""."""
    return {one.path: one.title for one in QUESTIONS} | {"": QUESTIONS[0].title}
