"""How often pieces were counted: on paper, against what the n-gram kept of the same text, and where there are none."""

from dataclasses import replace

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

import models
from dashboard.figures.space import dot_sizes
from interpret import study
from interpret.space import frequency
from models.refusals import Refusal
from tests.models.test_catalog import bundled
from tests.toys import Toy


def test_two_texts_on_paper():
    """ "dog ran" and "dog", each behind the start mark: dog twice, ran once, red never."""
    words = {"<s>": 0, "red": 1, "dog": 2, "ran": 3}
    cutter = Tokenizer(WordLevel(words, unk_token="<s>"))
    cutter.pre_tokenizer = Whitespace()
    assert frequency.count(["dog ran", "dog"], cutter, 0).tolist() == [2, 0, 2, 1]
    assert frequency.count(["dog ran", "dog"], cutter, None).tolist() == [0, 0, 2, 1]


def test_other_pieces_and_missing_texts(tmp_path):
    """The counts are of one tokenizer only: other models have none, and none are made without the text."""
    card = models.card("wiki-lstm")
    assert frequency.counted(replace(card, tokenizer_sha256="t" * 64)) is None
    assert frequency.counted(card, tmp_path / "none.json") is None
    with pytest.raises(Refusal, match=r"No .*train\.txt"):
        frequency.bundle(bundled("wiki-ngram"), tmp_path, tmp_path / "counts.json")
    with pytest.raises(Refusal, match="no subword tokenizer"):
        frequency.bundle(Toy(), tmp_path, tmp_path / "counts.json")


def test_the_bundled_counts_are_those_of_the_text_the_ngram_counted():
    """As many pieces in all; no piece stood behind more different pieces, or in more kept 4-grams, than it occurs."""
    model = bundled("wiki-ngram")
    counts, tables = frequency.counted(model.card), model._counts.tables()  # type: ignore[attr-defined]
    assert counts is not None and counts.sum() == model.card.tokens_seen
    assert (tables["1.counts"].numpy() <= counts).all()
    ends = np.bincount(tables["4.words"].long(), tables["4.counts"], minlength=len(counts))
    assert (ends <= counts).all() and ends.sum() > 0.2 * counts.sum()


@pytest.mark.parametrize(
    ("name", "said"),
    [("wiki-lstm", "was counted"), ("story-lstm", "nothing was counted"), ("shakespeare-chars", "one size")],
)
def test_the_map_says_what_the_size_means(name: str, said: str):
    found = study(bundled(name), "word_map", how="pca")
    assert said in found.sized_by()
    pieces = {models.card(other).tokenizer_sha256 for other in (name, "wiki-ngram")}
    assert bool(len(found.counts)) == (len(pieces) == 1)


def test_sizes_on_paper():
    """0, 9 and 99 occurrences: 3, 3 + 6 · 1/2 and 9 px."""
    np.testing.assert_allclose(dot_sizes(3, np.array([0, 9, 99])), [3, 6, 9])
    np.testing.assert_array_equal(dot_sizes(3), [9, 9, 9])
    assert (np.diff(dot_sizes(500)) < 0).all()
