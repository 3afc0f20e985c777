"""Whole words as fastai cuts them, and where each stands in the typed text."""

import random
import time

import pytest
from fastai.text.core import SpacyTokenizer, tokenize1

from models import words
from models.fastai_rules import MARKS, prepared
from models.refusals import BadText
from models.words import WordCutter

PARTS = (
    "A", "a", "NASA", "Hello", "no", " ", "  ", "\n", "...", "!!!!", "don't", "/", "#", "the ", "the ", "İ",
    "<br />", "\t", "é", "Can't", "'s", "4", "44", ".", "-", "ΟΔΟΣ", "I", "xxmaj", " @-@ ", "&eacute;",
    "&amp;",
)  # fmt: skip


def texts() -> list[str]:
    made = random.Random(5)
    return ["".join(made.choice(PARTS) for _ in range(made.randint(1, 14))) for _ in range(400)]


def test_words_are_those_of_fastai():
    fastai = SpacyTokenizer()
    for text in texts():
        if text.strip():
            found = [word.replace(" ", "▁") for word, _ in words.splitter()(prepared(text).text)]
            assert found == list(tokenize1(text, fastai) or ()), text


def test_spans_go_forward_stay_inside_and_hold_what_they_say():
    for text in texts():
        placed = prepared(text)
        before = 0
        for word, start in words.splitter()(placed.text):
            span = placed.span(start, start + len(word))
            assert before <= span[0] <= span[1] <= len(text), text
            before = span[1]
            typed = text[slice(*span)]
            if typed.isalpha() and word.isalpha() and word not in MARKS and len(word) == len(typed):
                assert typed.casefold() == word.casefold(), text


CUT = {
    # (what was typed, the words, the part of the text that each stands for)
    "a capital": ("The dog", ["xxbos", "xxmaj", "the", "dog"], ["", "T", "he", "dog"]),
    "all capitals": ("NASA", ["xxbos", "xxup", "nasa"], ["", "N", "ASA"]),
    "one capital letter": ("I am", ["xxbos", "i", "am"], ["", "I", "am"]),
    "a letter repeated": ("sooo", ["xxbos", "s", "xxrep", "3", "o"], ["", "s", "o", "o", "o"]),
    "a word repeated": (
        "so so so so", ["xxbos", "xxwrep", "4", "so"], ["", "so", "so so ", "so"],
    ),
    "a contraction": ("don't", ["xxbos", "do", "n't"], ["", "do", "n't"]),
    "dots": ("well...", ["xxbos", "well", "…"], ["", "well", "..."]),
    "markup": ("a<br />b", ["xxbos", "a", "\n", "b"], ["", "a", "<br />", "b"]),
    "a slash": ("and/or", ["xxbos", "and", "/", "or"], ["", "and", "/", "or"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "parts"), CUT.values(), ids=CUT)
def test_each_rule_and_what_its_words_stand_for(text: str, expected: list[str], parts: list[str]):
    cutter = WordCutter(["xxunk", *expected], "fastai")
    tokens = cutter.cut(text)
    assert list(tokens.shown) == expected
    assert [text[a:b] for a, b in tokens.spans] == parts


def test_a_mark_and_its_word_are_one_word():
    tokens = WordCutter(["xxunk", "xxbos", "xxmaj", "the", "dog"], "fastai").cut("The dog")
    assert tokens.words.tolist() == [0, 1, 1, 2]


def test_a_word_that_is_not_listed_is_unknown():
    cutter = WordCutter(["xxunk", "xxbos", "dog", "xxfake"], "fastai")
    assert cutter.cut("dog cat xxfake").ids.tolist() == [1, 2, 0, 0]
    assert (cutter.written(2), cutter.start, cutter.size) == (" dog", 1, 4)


def test_without_spacy_words_are_cut_by_a_simpler_rule(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(words, "exact", lambda: False)
    assert words.splitter.__wrapped__() is words.simply
    found = [word for word, _ in words.simply(prepared("The dog, don't go 3.5 miles; it's").text)]
    assert found == ["xxbos", "xxmaj", "the", "dog", ",", "do", "n't", "go", "3.5", "miles", ";", "it", "'s"]


@pytest.mark.parametrize("text", ["", "  \n", "half \ud800"])
def test_no_text_is_refused(text: str):
    with pytest.raises(BadText):
        WordCutter(["xxunk"], "fastai").cut(text)


@pytest.mark.parametrize("piece", ["&quot;", "AB", "[x](y)", "&amp;lt;"])
def test_a_long_run_takes_no_time_with_its_square(piece):
    text = f"{piece * 5000}a"  # took 28 s for &quot;
    words.splitter()("spaCy is there")
    begun = time.process_time()
    WordCutter(("xxunk", "xxbos"), "fastai").cut(text)
    assert time.process_time() - begun < 5
