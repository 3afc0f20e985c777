"""From a question to its answer on the page: progress, Stop, and one clear sentence when there is none."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as NotYet
from typing import Any

import streamlit as st

from dashboard import cached, choices, frame, shelf
from dashboard.interface import says
from interpret.method import NotThisModel
from interpret.results import NotFinite, Result


def guesses() -> Any:
    """What the reader's model makes of the text: next words, fill-ins or classes, by its task."""
    return ask("classes" if shelf.task(choices.model()) == "classify" else "next_words")


def part(method: str, **options: Any) -> Any:
    """As `ask`, for a part of a page: what cannot be answered is said there, and None; the page goes on.

    Where many readers ask, answers come before such parts.
    """
    return ask(method, _ends=False, _behind=True, **options)


def first(method: str, **options: Any) -> Any:
    """As `part`, for the part that a page's answer is made of."""
    return ask(method, _ends=False, **options)


def of_text(text: str, model: str, method: str, **options: Any) -> Any:
    """As `part`, for one of many texts and any model the reader may ask."""
    return ask(method, _ends=False, _of=(model, text), **options)


def ask(
    method: str,
    *,
    _ends: bool = True,
    _behind: bool = False,
    _of: tuple[str, str] | None = None,
    **options: Any,
) -> Any:
    """The method's answer for the reader's model, text and measure; or the page ends with a sentence."""
    model, text = _of or (choices.model(), choices.text())
    if not text.strip() and not cached.is_study(method):
        frame.notice(
            says("answers.there-is-no-text-yet"),
            says("answers.in-the-side-bar"),
        )
        choices.end_page()
    asked = (method, model, text, choices.measure(), options)
    try:
        key = cached.digest(*asked)
        found = cached.kept(key)
        if found is None:
            if choices.stopped(key):
                frame.notice(says("answers.stopped"), says("answers.nothing-else-was-lost-press"))
                st.button(says("answers.try-again"), key=choices.key("try-again"), on_click=choices.go_on)
                choices.end_page()
            found = _wait(key, lambda listener: cached.submit(*asked, listener, behind=_behind))
            cached.keep(key, found)
        return found
    except (shelf.Refusal, NotFinite) as refusal:
        role, change = "alert" if _ends else "status", says("answers.change-the-text")
        if isinstance(refusal, NotThisModel):
            change = says("answers.models-are-chosen")
        frame.notice(str(refusal), change, role=role)
        if _ends:
            choices.end_page()
        return None
    except Exception:  # the page never shows a trace; the log does
        logging.getLogger(__name__).exception("no answer to %s for %s", method, asked[1])
        frame.notice(
            says("answers.mistake"),
            says("answers.everything-else-goes"),
        )
        choices.end_page()


def _wait(key: str, submit: Callable[[Callable[[float], bool]], "Future[Result]"]) -> Result:
    """Wait for the worker; after half a second show how far it is; stop it when the reader leaves."""
    share, wanted = [0.0], threading.Event()
    wanted.set()

    def listener(done: float) -> bool:
        share[0] = done
        return wanted.is_set()

    answer = submit(listener)
    started, place, bar = time.monotonic(), None, None
    try:
        while True:
            try:
                found: Any = answer.result(timeout=0.5)
                if not isinstance(found, cached.Elsewhere):
                    return found
                answer = found.answer
                continue
            except NotYet:
                if answer.done():
                    raise
            except CancelledError:
                raise shelf.Refusal(says("answers.the-model-has-been-busy")) from None
            if place is None or bar is None:
                place = st.empty()
                with place.container():
                    bar = st.empty()
                    st.button(says("answers.stop"), key=f"stop-{key}", on_click=choices.stop, args=(key,))
            said = _how_far(answer.running(), share[0], time.monotonic() - started)
            bar.progress(min(1.0, share[0]), text=said)
    finally:
        wanted.clear()
        answer.cancel()
        if place is not None:
            place.empty()


def _how_far(running: bool, share: float, passed: float) -> str:
    """What stands beside the bar after `passed` seconds."""
    if not running:
        return says("answers.waiting-other-readers")
    if share <= 0.05:
        return says("answers.computing")
    return says("answers.computing-left", seconds=passed / share - passed)
