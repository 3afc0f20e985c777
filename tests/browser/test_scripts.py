"""Texts of any script on the strips: whole words, the right direction, nothing broken into pieces of characters."""

import pytest

from tests.browser import strips
from tests.browser.desk import settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

FAMILY, THUMB = "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f44d\U0001f3fd"
FLAGS = "\U0001f1eb\U0001f1f7\U0001f1e9\U0001f1ea"
TEXTS = {  # the text, its direction, and its words
    "Arabic": ("ذهب الولد إلى المدرسة", "rtl", ["ذهب", "الولد", "إلى", "المدرسة"]),
    "Chinese": ("我今天去学校。", "ltr", ["我", "今", "天", "去", "学", "校", "。"]),
    "Hindi": ("मैं विद्यालय जाता हूँ।", "ltr", ["मैं", "विद्यालय", "जाता", "हूँ", "।"]),
    "emoji": (f"My {FAMILY} {FLAGS} {THUMB}", "ltr", ["My", FAMILY, FLAGS[:2], FLAGS[2:], THUMB]),
}  # fmt: skip
PLACES = """(root) => [...root.querySelectorAll('.word .chip')].map((chip) => {
  const { left, right, top } = chip.getBoundingClientRect()
  return { shown: chip.textContent, left, right, top }
})"""


FOCUSED = """() => {
  let node = document.activeElement
  while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement
  return node.querySelector('.chip').textContent
}"""
PHRASES = {  # a text with a phrase in the other direction, and all its words from left to right as one sees them
    "הסרט the good film, היה": "היה , the good film הסרט",
    "I said مرحبا يا صديقي, and": "I said صديقي يا مرحبا , and",
}


def test_a_phrase_in_the_other_direction_reads_in_its_own(desk, server):
    page = desk.open(server.address("next", text=next(iter(PHRASES)), model="reviews-gpt"))
    for text, seen in PHRASES.items():
        strips.write(page, text)
        strips.strip(page, "surprise").locator(".word", has_text=text.split()[1]).first.wait_for()
        page.wait_for_timeout(300)
        places = strips.strip(page, "surprise").evaluate(PLACES)[1:]
        assert len({round(place["top"] / 4) for place in places}) == 1, "one line"
        assert " ".join(place["shown"] for place in sorted(places, key=lambda place: place["left"])) == seen
    first = strips.word(page, "surprise", 1)
    first.focus()
    for _ in range(2):  # from “I” over “said” to the phrase, which begins at its right
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")  # on in the phrase
    assert page.evaluate(FOCUSED) == "يا"


def test_every_script_stands_as_its_readers_read_it(desk, server):
    text, direction, words = TEXTS["Arabic"]
    page = desk.open(server.address("saliency", text=text, model="reviews-gpt"))
    for name, (text, direction, words) in TEXTS.items():
        if name != "Arabic":
            strips.write(page, text)
            page.locator(".st-key-saliency").get_by_text(words[-1]).first.wait_for()
            settle(page)  # for a moment the strip of the last text is there, too
        places = strips.strip(page, "saliency").evaluate(PLACES)
        shown = [place["shown"] for place in places][1 : len(words) + 1]  # behind the start mark
        assert shown == words, name
        assert strips.strip(page, "saliency").locator(".words").get_attribute("dir") == direction
        line = [place for place in places[1 : len(words) + 1] if abs(place["top"] - places[1]["top"]) < 2]
        order = sorted(line, key=lambda place: place["left"], reverse=direction == "rtl")
        assert [place["shown"] for place in order] == [place["shown"] for place in line], name
        assert "\ufffd" not in "".join(shown)
