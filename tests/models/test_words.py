"""Which pieces belong to one word: every rule with a text, cut at every place a tokenizer may cut."""

import numpy as np
import pytest

from models.base import Tokens


def words(text: str, cuts: list[int]) -> list[str]:
    """The words of a text that was cut into pieces at `cuts`."""
    ends = [*cuts, len(text)]
    spans = np.array(list(zip([0, *cuts], ends, strict=True)))
    tokens = Tokens(text=text, ids=np.arange(len(ends)), shown=("",) * len(ends), spans=spans)
    found: dict[int, str] = {}
    for word, (start, end) in zip(tokens.words.tolist(), spans.tolist(), strict=True):
        found[word] = found.get(word, "") + text[start:end]
    assert list(found) == list(range(len(found)))
    return list(found.values())


RULES = {
    "pieces of a word": ("unhappy", ["unhappy"]),
    "spaces part": ("the dog", ["the", " dog"]),
    "an apostrophe inside": ("don't", ["don't"]),
    "a typographic apostrophe": ("don’t go", ["don’t", " go"]),
    "a quotation mark": ("'dog' ran", ["'", "dog", "'", " ran"]),
    "an owner": ("the dogs' table", ["the", " dogs", "'", " table"]),
    "a hyphen": ("well-known", ["well", "-", "known"]),
    "a full stop": ("dog. Ran", ["dog", ".", " Ran"]),
    "a combining accent": ("cafe\u0301 s", ["cafe\u0301", " s"]),
    "digits and letters": ("4th", ["4th"]),
    "a family of three": ("👩‍👩‍👧👍", ["👩‍👩‍👧", "👍"]),
    "a skin tone": ("👍🏽👍", ["👍🏽", "👍"]),
    "a flag": ("🇫🇷 won", ["🇫🇷", " won"]),
    "a picture behind a word": ("ok👍", ["ok", "👍"]),
    "chinese": ("狗在跑", ["狗", "在", "跑"]),
    "chinese beside latin": ("狗dog狗", ["狗", "dog", "狗"]),
    "japanese": ("犬は走る", ["犬", "は", "走", "る"]),
    "arabic": ("على الطاولة", ["على", " الطاولة"]),
    "persian with its joiner": ("می\u200cخواهم", ["می\u200cخواهم"]),
    "hindi": ("नमस्ते दुनिया", ["नमस्ते", " दुनिया"]),
}


@pytest.mark.parametrize(("text", "expected"), RULES.values(), ids=RULES)
def test_words_of_pieces_of_one_character(text: str, expected: list[str]):
    cuts = [i for i in range(1, len(text)) if text[i - 1] != " "]  # a space begins a piece, as in GPT-2
    assert words(text, cuts) == expected


def test_pieces_that_are_words_already_stay_so():
    assert words("the dog don't", [3, 7, 11]) == ["the", " dog", " don't"]


def test_a_space_that_is_a_piece_goes_with_the_word_behind_it():
    assert words("the dog\n ran", [3, 4, 7, 8, 9]) == ["the", " dog", "\n", " ran"]


def test_a_space_that_no_piece_covers_still_parts():
    # Some tokenizers leave the space between two pieces out: "the" is 0 to 3, "dog" 4 to 7.
    tokens = Tokens(text="the dog", ids=np.arange(2), shown=("the", "dog"), spans=np.array([[0, 3], [4, 7]]))
    assert tokens.words.tolist() == [0, 1]


def test_pieces_of_one_character_and_the_start_mark():
    spans = np.array([[0, 0], [0, 1], [0, 1], [1, 2], [2, 3]])
    tokens = Tokens(text="👍ab", ids=np.arange(5), shown=("",) * 5, spans=spans)
    assert tokens.words.tolist() == [0, 1, 1, 2, 2]
