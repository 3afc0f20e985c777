"""Any file of a lesson, and any link that carries one: its questions as text, or one sentence."""

import json
import re
from html import unescape
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dashboard import guides, shelf
from dashboard.choices import address, guided
from dashboard.panels import guiding
from dashboard.questions import QUESTIONS
from tests.fuzz.amount import cases
from tests.fuzz.hostile import JSON, JUNK, PIECE, damaged, texts
from tests.fuzz.test_texts import sentence

PAGES = [one.path for one in QUESTIONS]
SAID = st.one_of(PIECE, texts(1500), JUNK)
CHOICES = st.dictionaries(
    st.one_of(st.sampled_from(["text", "word", "method", "carried", "present", "job"]), PIECE),
    st.one_of(PIECE, JUNK),
    max_size=4,
)
QUESTION = st.fixed_dictionaries(
    {
        "page": st.one_of(st.sampled_from(["saliency", "next", ""]), st.sampled_from(PAGES), JUNK),
        "choices": st.one_of(
            st.builds(lambda given, model: {**given, "model": model}, CHOICES, st.sampled_from(sorted(shelf.titles()))),
            CHOICES,
            JSON,
        ),
    },
    optional={
        "guess": st.one_of(st.sampled_from(["causes", "next", ""]), JUNK), "prompt": SAID, "reflection": SAID,
        "text": SAID, "look": SAID,
    },
)  # fmt: skip
LESSON = st.fixed_dictionaries(
    {"title": st.one_of(PIECE, SAID)},
    optional={
        "minutes": st.one_of(st.integers(1, 90), JUNK), "about": SAID,
        "questions": st.one_of(st.lists(QUESTION, max_size=3), JSON), "steps": st.lists(QUESTION, max_size=3),
    },
)  # fmt: skip


@st.composite
def whole(draw: st.DrawFn) -> dict[str, Any]:
    """A lesson as a teacher writes it, with any words in it."""
    said = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80).filter(str.strip)
    words = st.one_of(PIECE.filter(lambda one: one.strip() and "\ud800" not in one), said)
    question: dict[str, Any] = {
        "page": "saliency",
        "guess": "causes",
        "prompt": draw(words),
        "reflection": draw(words),
    }
    question["choices"] = {"model": "story-lstm", "text": draw(words)}
    return {"title": draw(words), "minutes": 5, "about": draw(words), "questions": [question]}


RECORDS = st.one_of(LESSON, whole(), JSON)
WRITTEN = RECORDS.map(lambda record: json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass"))
FILES = st.one_of(WRITTEN, WRITTEN.flatmap(damaged), st.binary(max_size=200))


def is_text(found: guides.Guide) -> None:
    """Whatever it says is shown as it was written, and its steps lead to pages there are."""
    for number, step in enumerate(found.steps, start=1):
        shown = guiding._in_words(found, number, step)
        shown.encode()
        assert set(re.findall(r"<(/?\w+)", shown)) <= {
            "section", "/section", "p", "/p", "span", "/span", "b", "/b",
        }  # fmt: skip
        assert step.text in unescape(shown)
        page, given_choices = found.at(number)
        assert page in ("", *PAGES) and given_choices["model"].partition("@")[0] in shelf.titles()
        assert not {"carried", "present", "packed"} & set(given_choices)
    assert guides.read(guides.written(found).encode(), PAGES, models=shelf.titles()) == found


@cases(120, seconds=1.0)
@given(FILES)
def test_any_file_of_a_lesson_is_read_or_refused(content: bytes):
    try:
        found = guides.read(content, PAGES, models=shelf.titles())
    except ValueError as refusal:
        sentence(refusal)
        return
    is_text(found)


@cases(80, seconds=1.0)
@given(st.data(), FILES)
def test_any_link_that_carries_a_lesson_is_read_or_refused(data: st.DataObject, content: bytes):
    carried = address.pack(content.decode("utf-8", "replace"))
    if data.draw(st.booleans()):
        carried = data.draw(damaged(carried.encode())).decode("utf-8", "replace")
    try:
        found = guided.unpacked(carried, PAGES, shelf.titles())
    except ValueError as refusal:
        assert sentence(refusal).startswith(guided.UNREAD)
        return
    is_text(found)
