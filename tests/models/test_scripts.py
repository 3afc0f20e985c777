"""Any script as a reader sees it: words of whole characters, whatever bytes or letters a model reads."""

import unicodedata
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import models
from models.base import _one_picture

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
RAINBOW, FRANCE, THUMB = "\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001f1eb\U0001f1f7", "\U0001f44d\U0001f3fd"
GERMANY, ENGLAND = (
    "\U0001f1e9\U0001f1ea",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
)
WRITTEN = {  # each script's words as its readers part them; of Chinese its characters
    "Arabic": ["ذهب", " الولد", " إلى", " المدرسة", "،", " ثم", " قرأ", " كتابًا", "."],
    "Persian": ["می\u200cروم", " خانه"],
    "Hebrew": ["הילד", " הלך", " לבית", " הספר", " today", " בבוקר", "."],
    "Chinese": ["我", "今", "天", "去", "学", "校", "，", "看", "书", "。"],
    "Hindi": ["मैं", " विद्यालय", " जाता", " हूँ", " और", " क्षमा", " करता", " हूँ", "।"],
    "emoji": [
        "My",
        f" {FAMILY}",
        " went",
        f" {RAINBOW}",
        f" {FRANCE}",
        GERMANY,
        f" {THUMB}",
        " 1️⃣",
        f" {ENGLAND}",
        " e\u0301t",
    ],
}
MODELS = (
    "wiki-lstm",
    "shakespeare-chars",
)  # bytes joined to pieces; letters, and one piece for those it never saw


model = cache(models.load)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("script", WRITTEN)
def test_words_are_those_a_reader_sees(name, script):
    text = "".join(WRITTEN[script])
    tokens = model(name).encode(text)
    found: dict[int, list[int]] = {}
    for word, (start, end) in zip(tokens.words.tolist(), tokens.spans.tolist(), strict=True):
        if start < end:
            first, last = found.get(word, [start, end])
            found[word] = [min(first, start), max(last, end)]
    shown = [text[start:end] for start, end in found.values()]
    assert [word.strip() for word in shown] == [word.strip() for word in WRITTEN[script]]


@settings(deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from([*"aé e\u0301 है👍\U0001f3fd\u200d我\U0001f1eb\U0001f1f7ñ\ufe0f"]),
        min_size=1,
        max_size=12,
    )
)
def test_no_word_begins_inside_a_character(text):
    tokens = model("wiki-lstm").encode(text)
    words, spans = tokens.words.tolist(), tokens.spans.tolist()
    places = [at for at, (start, end) in enumerate(spans) if start < end]
    for before, at in pairwise(places):
        if words[before] != words[at]:
            start = spans[at][0]
            assert start >= spans[before][1], "a character lies in one word only"
            first = text[start]
            assert unicodedata.category(first)[0] != "M" and first != "\u200d"
            assert not _one_picture(text[:start], first)


def test_flags_stand_side_by_side_and_a_tag_belongs_to_its_flag():
    assert _one_picture("\U0001f1eb", "\U0001f1f7") and not _one_picture(FRANCE, "\U0001f1e9")
    assert not _one_picture("a", "\U0001f1eb") and not _one_picture("", "\U0001f1eb")
    assert _one_picture(ENGLAND[:3], ENGLAND[3])
