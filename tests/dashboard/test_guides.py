"""Tours and lessons: every step opens what it names, a broken file is refused with one sentence, text stays text."""

import json
import random
import re
import string
from dataclasses import replace
from html import escape
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard import guides, shelf
from dashboard.choices import address, guided
from dashboard.guides import BYTES, GUESSED, MOST_STEPS
from dashboard.questions import QUESTIONS
from tests.dashboard.conftest import lines_to_copy, texts

FILES = {one.path: one.file for one in QUESTIONS} | {"": QUESTIONS[0].file}
PAGES = [one.path for one in QUESTIONS]
TOURS, LESSONS = guides.guides("tour"), guides.guides("lesson")
STEPS = [
    pytest.param(guide, number, id=f"{name}-{number}")
    for known in (TOURS, LESSONS)
    for name, guide in known.items()
    for number in range(1, len(guide.steps) + 1)
]


def a_lesson(**change):
    """A lesson as a teacher writes it, with something changed in it."""
    question = {
        "page": "saliency",
        "choices": {"model": "reviews-gpt", "text": "The actors"},
        "guess": "causes",
    }
    question |= {"prompt": "Which?", "reflection": "Why?"}
    return {"title": "Mine", "minutes": 5, "about": "", "questions": [question], **change}


def a_question(**change):
    return a_lesson(questions=[{**a_lesson()["questions"][0], **change}])


def test_there_are_five_tours_and_a_lesson_on_models_and_pages_that_are_there():
    assert len(TOURS) == 5 and LESSONS
    for guide in (*TOURS.values(), *LESSONS.values()):
        assert 4 <= len(guide.steps) <= 8 and guide.about and 4 < guide.minutes < 60
        for step in guide.steps:
            assert step.choices["model"] in shelf.titles() and step.page in FILES
            assert step.look.rstrip().endswith(("?", ".")), "something to look for, or to think about"
    assert {step.guess for guide in LESSONS.values() for step in guide.steps} >= {
        "causes",
        "next",
        "surprise",
    }


def test_what_a_step_says_holds_whatever_the_models_answer():
    """No result is written into a tour: the page's own sentence has the numbers."""
    for guide in (*TOURS.values(), *LESSONS.values()):
        for step in guide.steps:
            assert not re.search(r"\d", step.text + step.look), step.text


@pytest.mark.parametrize(("guide", "number"), STEPS)
def test_a_step_opens_with_what_it_names_and_refuses_nothing(opened, guide, number):
    page = opened(**{guide.kind: guide.name, "step": str(number)})  # as its short link
    assert not page.exception
    said = texts(page)
    assert 'role="alert"' not in said and "What it does not tell you" in said
    assert f"{number} of {len(guide.steps)}" in said and escape(guide.steps[number - 1].text) in said
    assert page.query_params[guide.kind] in (guide.name, [guide.name])
    (asked,) = [one.title for one in QUESTIONS if one.path == (guide.steps[number - 1].page or PAGES[0])]
    assert asked in said or guide.steps[number - 1].page == "", "another page than the step names"
    for name, value in guide.steps[number - 1].choices.items():
        if name in page.session_state and isinstance(page.session_state[name], str):
            assert page.session_state[name] == value, f"the page did not take {name}={value}"


def test_a_short_link_opens_the_step(opened):
    page = opened(tour="1-your-first-look", step="1")
    assert page.session_state["model"] == "reviews-gpt"
    assert "Step</b>" not in texts(page) and "Step 1 of 6" in texts(page)


def test_next_and_back_walk_and_leave_keeps_the_view(opened):
    page = opened(**TOURS["1-your-first-look"].at(1)[1])
    page.button(key="guide-next").click().run()
    assert "Step 2 of 6" in texts(page)
    assert page.session_state["text"].endswith("my lamp.")
    page.button(key="guide-back").click().run()
    assert "Step 1 of 6" in texts(page) and page.button(key="guide-back").disabled
    page.button(key="guide-leave").click().run()
    assert "Step 1" not in texts(page) and "tour" not in page.query_params
    assert page.session_state["text"] == "The actors in this film"


def test_who_wanders_off_is_led_back(opened):
    page = opened(tour="1-your-first-look", step="1")
    page.switch_page("views/anatomy.py").run()
    assert "Step 1 of 6" in texts(page) and any("another page" in said.value for said in page.caption)
    page.button(key="guide-again").click().run()
    assert not any("another page" in said.value for said in page.caption)


def test_presenting_stays_from_step_to_step_and_ends(opened):
    page = opened(**TOURS["1-your-first-look"].at(1, present=True)[1])
    assert 'class="presenting"' in texts(page)
    page.button(key="guide-next").click().run()
    assert 'class="presenting"' in texts(page) and page.query_params["present"] in ("1", ["1"])
    page.button(key="guide-present").click().run()
    assert 'class="presenting"' not in texts(page) and "present" not in page.query_params


def test_a_link_to_a_lesson_that_is_not_here_says_so_and_the_page_goes_on(opened):
    page = opened(lesson="own", step="2", text="The actors in this film", model="reviews-gpt")
    said = texts(page)
    assert "names a tour or lesson that is not here" in said and "first guess" in said


# A teacher's own file


def test_a_teachers_file_is_read():
    found = guides.read(json.dumps(a_lesson()).encode(), PAGES)
    assert (found.kind, found.name, len(found.steps)) == ("lesson", "own", 1)
    assert found.at(1) == (
        "saliency",
        {"model": "reviews-gpt", "text": "The actors", "guess": "causes", "lesson": "own", "step": "1"},
    )


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ([], "neither, or both"),
        ({"title": "x"}, "neither, or both"),
        (a_lesson(questions=[]), f"1 to {MOST_STEPS} entries"),
        (a_lesson(questions=a_lesson()["questions"] * (MOST_STEPS + 1)), f"1 to {MOST_STEPS} entries"),
        (a_lesson(title=""), "“title” must be text"),
        (a_lesson(title=7), "“title” must be text"),
        (a_lesson(minutes="long"), "whole number"),
        (a_lesson(questions=["?"]), "In question 1: this must be an object"),
        (a_question(page="nowhere"), "there is no page “nowhere”"),
        (a_question(page=["saliency"]), "there is no page"),
        (a_question(choices={}), "at least “model”"),
        (a_question(choices={"model": "reviews-gpt", "a b": "1"}), "no page has a choice called “a b”"),
        (a_question(choices={"model": "reviews-gpt", "present": "1"}), "no page has a choice called “present”"),
        (a_question(choices={"model": "reviews-gpt", "a\nb\u202e": "1"}), "no page has a choice called “a"),
        (a_question(choices={"model": 3}), "“model” must be text"),
        (a_question(choices={"model": "reviews-gpt", "text": "a" * 5000}), "“text” must be text of at most"),
        (a_question(guess="next"), "“guess” can only be “causes”"),
        (a_question(guess=["causes"]), "“guess” can only be “causes”"),
        (a_question(page="grammar"), "“guess” can only be left out"),
        (a_question(prompt=None), "“prompt” must be text"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_one_sentence(record, says):
    with pytest.raises(ValueError, match=re.escape(says)) as told:
        guides.read(json.dumps(record).encode(), PAGES)
    assert str(told.value).count(". ") == 0 and str(told.value).endswith(".")
    assert not {"\n", "\u202e"} & set(str(told.value))


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b'{"a": NaN', b'{"title": "\\ud800"}', b" " * (BYTES + 1)],
    ids=["empty", "half", "not text", "deep", "cut", "half a character", "large"],
)
def test_what_is_no_lesson_at_all_is_refused(content):
    with pytest.raises(ValueError, match=r"not JSON|larger than"):
        guides.read(content, PAGES)


def test_what_a_file_says_is_text_and_never_markup(opened):
    page = opened()
    bad = "<img src=x onerror=alert(1)>"
    record = a_lesson(title=bad, about=bad)
    record["questions"][0] |= {"prompt": bad, "reflection": bad}
    page.session_state["own_guide"] = guides.read(json.dumps(record).encode(), PAGES)
    page.session_state["guide"] = ("lesson", "own", 1)
    page.switch_page("views/saliency.py").run()
    assert "<img" not in texts(page) and "&lt;img" in texts(page)
    page.switch_page("views/stories.py").run()
    assert "<img" not in texts(page) and "&lt;img" in texts(page)
    assert not [one for one in page.markdown if "<img" in one.value]


# A link that carries it


def carrying(record) -> str:
    return address.pack(json.dumps(record, ensure_ascii=False))


def test_a_lesson_becomes_a_link_that_opens_it_anywhere(opened):
    found = guides.read(json.dumps(a_lesson(title="Mine, für alle", minutes=7)).encode(), PAGES)
    assert guides.read(guides.written(found).encode(), PAGES) == found
    page = opened(lesson="own", step="1", carried=guided.carried(found) or "")
    assert not page.exception and "Question 1 of 1" in texts(page) and "Mine, für alle" in texts(page)
    assert page.session_state["text"] == "The actors" and page.session_state["own_guide"] == found
    (link,) = [lines for lines in lines_to_copy(page) if "carried=" in lines and "model=" not in lines]
    query = {name: value for name, (value,) in parse_qs(urlsplit(link).query).items()}
    assert query == {"lesson": "own", "step": "1", "carried": guided.carried(found)}
    held = {name: v[0] if isinstance(v, list) else v for name, v in page.query_params.items()}
    again = opened("saliency", **held)  # as loading the page anew does: another session, the same address
    assert "Question 1 of 1" in texts(again) and again.session_state["own_guide"] == found
    again.button(key="guide-leave").click().run()
    assert "carried" not in again.query_params and "lesson" not in again.query_params


def test_every_tour_and_lesson_fits_into_a_link_and_comes_back_from_it(opened):
    for guide in (*TOURS.values(), *LESSONS.values()):
        packed = guided.carried(guide)
        assert packed and guided.unpacked(packed, PAGES, shelf.titles()) == replace(guide, name="own")
    page = opened(lesson="which-words-decide", step="1")
    (link,) = [lines for lines in lines_to_copy(page) if "lesson=" in lines]
    assert link.endswith("?lesson=which-words-decide&step=1"), "a bundled one goes by its name"


@pytest.mark.parametrize(
    ("carried", "says"),
    [
        ("not-a-lesson", "It is damaged"),
        (address.pack("{"), "This is not JSON, or not all of it"),
        (carrying({"title": "x"}), "neither, or both"),
        (carrying(a_question(choices={"model": "nobody"})), "names a model that is not here: “nobody”"),
        (carrying(a_question(page="../etc/passwd")), "there is no page"),
        (carrying(a_lesson(title="a" * 5000)), "“title” must be text"),
        (address.pack("a" * (address.MOST + 1)), "It is damaged"),
        ("A" * (address.LONGEST + 1), "It is damaged"),
    ],
)  # fmt: skip
def test_a_broken_link_is_refused_as_a_file_is_and_the_page_goes_on(opened, carried, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        guided.unpacked(carried, PAGES, shelf.titles())
    page = opened(lesson="own", step="1", carried=carried)
    said = texts(page)
    assert not page.exception and escape(says) in said and "first guess" in said
    assert "carried" not in page.query_params, "what was not opened is not handed on"


def test_a_lesson_too_long_for_a_link_is_handed_on_as_its_file(opened):
    drawn = random.Random(0)
    prompts = [
        "".join(drawn.choices(string.ascii_letters, k=1000)) for _ in range(20)
    ]  # nothing to compress away
    record = a_lesson(questions=[{**a_lesson()["questions"][0], "prompt": prompt} for prompt in prompts])
    found = guides.read(json.dumps(record).encode(), PAGES)
    assert guided.carried(found) is None
    page = opened()
    page.session_state["own_guide"], page.session_state["guide"] = found, ("lesson", "own", 1)
    page.run()
    assert not page.exception and any("too long for a link" in line.value for line in page.text)


def test_what_can_be_guessed_names_pages_that_are_there():
    assert set(GUESSED) <= set(FILES)
