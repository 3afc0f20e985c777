"""From text to numbers: merges that end in the model's own pieces, and fastai's rules and words."""

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

import models
from interpret import record
from interpret.cutting import Pairs, cutting, growth, written
from interpret.word_rules import word_pipeline
from tests.toys import toy_run

TEXT = "The keys to the old wooden cabinet"
TEXTS = (
    TEXT,
    "Sooooo GOOD!!! unbelievably, antidisestablishmentarianism",
    "caf\u00e9 na\u00efve \u00c5ngstr\u00f6m e\u0301\u0301",
    "\U0001f642 \U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea",
    "\u0643\u062a\u0628 \u0627\u0644\u0648\u0644\u062f \u0627\u0644\u062f\u0631\u0633",
    "\u05e9\u05dc\u05d5\u05dd \u4f60\u597d\u4e16\u754c \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
    "  two  spaces\n\nlines\t tabs ",
    "a\x00b <|start|> <mask> \u202eevil \ufffd",
    "aaaaaaaaaaaaaaaaaaaa 1234567890 don't we'll I'm",
)


@cache
def bundled(name: str) -> Any:
    return models.load(name)


@cache
def pairs_and_tokenizer() -> tuple[Pairs, Tokenizer]:
    path = models.folder(models.names()[0]) / "tokenizer.json"
    known = Tokenizer.from_file(str(path))
    known.encode_special_tokens = True
    return Pairs(bundled(models.names()[0])._cutter.rules()), known


# From text to pieces


def test_merges_on_paper():
    rules = {
        "model": {
            "type": "BPE",
            "merges": [["b", "c"], ["a", "b"], ["a", "bc"], ["abc", "bc"]],
            "vocab": {"a": 0, "b": 1, "c": 2, "bc": 3, "ab": 4, "abc": 5, "abcbc": 6},
        }
    }
    found = growth(Pairs(rules), "abcbca")
    assert found.steps == (
        ("a", "b", "c", "b", "c", "a"),
        ("a", "bc", "b", "c", "a"),  # "b c" was learnt first, and the left one goes first
        ("a", "bc", "bc", "a"),
        ("abc", "bc", "a"),
        ("abcbc", "a"),
    )
    assert (found.joined, found.ranks) == ((1, 2, 0, 0), (1, 1, 3, 4))
    assert [piece.number for piece in found.pieces] == [6, 0]


def numbers(text: str) -> list[int]:
    pairs, known = pairs_and_tokenizer()
    chunks = [chunk for chunk, _ in known.pre_tokenizer.pre_tokenize_str(text)]  # type: ignore[union-attr]
    return [pairs.numbers[piece] for chunk in chunks for piece in pairs.grow(chunk)[0][-1]]


@pytest.mark.parametrize("text", TEXTS)
def test_merges_end_in_the_tokenizers_own_pieces(text):
    assert numbers(text) == pairs_and_tokenizer()[1].encode(text, add_special_tokens=False).ids


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_merges_end_in_the_tokenizers_own_pieces_whatever_the_text(text):
    assert numbers(text) == pairs_and_tokenizer()[1].encode(text, add_special_tokens=False).ids


def test_pieces_as_a_reader_sees_them():
    pieces = ("\u0120the", "\u0120", "\u00c3\u00a9", "\u00f0\u0141", "\u010a")
    assert [written(piece) for piece in pieces] == ["\u2423the", "\u2423", "\u00e9", "F0 9F", "\u23ce"]


def test_the_first_words_with_numbers_and_vectors():
    model = bundled(models.names()[0])
    found = cutting(record(model, TEXT), most=3)
    assert found is not None and not found.whole
    assert [word.word for word in found.words] == ["The", "\u2423keys", "\u2423to"]
    ids = [piece.number for word in found.words for piece in word.pieces]
    assert ids == model.encode(TEXT).ids.tolist()[1 : 1 + len(ids)]
    vectors = model.embed(torch.tensor(ids))[:, :4]
    given = [piece.vector for word in found.words for piece in word.pieces]
    np.testing.assert_array_equal(np.array(given, dtype=np.float32), vectors.numpy())
    assert found.start is not None and found.start.shown == "<|start|>"


def test_a_tokenizer_of_another_kind_is_not_shown_step_by_step():
    assert not Pairs({"model": {"type": "WordPiece", "vocab": {}}}).known
    assert not Pairs({"model": {"type": "BPE", "merges": []}, "pre_tokenizer": {"type": "Metaspace"}}).known
    assert cutting(toy_run()) is None


# fastai's words


def test_fastais_words_on_paper_and_by_its_own_numericalize():
    from fastai.text.core import WordTokenizer, tokenize1
    from fastai.text.data import Numericalize

    texts = ("the dog saw the cat", "The dog ran")
    text = "Sooooo the DOG! The bird"
    found = word_pipeline(text, texts, least=2)
    assert [(word.shown, word.count, word.known) for word in found.words] == [
        ("xxbos", 2, True), ("s", 0, False), ("xxrep", 0, True), ("5", 0, False), ("o", 0, False),
        ("the", 3, True), ("xxup", 0, True), ("dog", 2, True), ("!", 0, False), ("xxmaj", 1, True),
        ("the", 3, True), ("bird", 0, False),
    ]  # fmt: skip
    tokens = [*(tokenize1(text, WordTokenizer()) or ())]
    counted = Numericalize(min_freq=2)
    counted.setup([[*(tokenize1(one, WordTokenizer()) or ())] for one in texts])
    assert [word.shown for word in found.words] == tokens
    assert [word.number for word in found.words] == counted(tokens).tolist()
    assert {word.shown for word in found.words if word.special} == {"xxbos", "xxrep", "xxup", "xxmaj"}
    assert [rule.name for rule in found.rules if rule.changed] == [
        "replace_rep", "rm_useless_spaces", "replace_all_caps", "replace_maj", "lowercase",
    ]  # fmt: skip
