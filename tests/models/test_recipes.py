"""Recipes end to end on text made here: train a tiny model, stop, go on, bundle, open what came out."""

import json
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
import torch

from models import checkpoints
from models.__main__ import main
from models.train.muon import orthogonal
from models.train.reviews import TEST_REVIEWS
from models.train.reviews_gpt import UNTRAINED, rows
from models.train.text import count_words, imdb, natural, shared_tokenizer, wikitext
from models.train.wiki_lstm import stream

NOUNS = ("keys", "cabinet", "river", "film", "actor", "town", "garden", "ring")


def sentences(seed: int, count: int) -> list[str]:
    random = np.random.default_rng(seed)
    pairs = random.choice(NOUNS, (count, 2))
    return [f"the {one} of the {other} is here ." for one, other in pairs]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder laid out like the real data, with sentences of our own."""
    home = tmp_path_factory.mktemp("data")
    (home / "wikitext-2").mkdir()
    (home / "imdb").mkdir()
    for seed, part in enumerate(("train", "valid", "test")):
        lines = [" ", f" = Title {seed} = ", *(f" {line} " for line in sentences(seed, 400))]
        (home / "wikitext-2" / f"{part}.txt").write_text("\n".join(lines) + "\n")
    for seed, part in enumerate(("train", "unsup", "test")):
        count = 1100 if part == "test" else 60
        texts = ["<br /><br />".join(sentences(100 * seed + i, 12)) for i in range(count)]
        table = pyarrow.table({"text": texts, "label": [0] * len(texts)})
        pyarrow.parquet.write_table(table, home / "imdb" / f"{part}.parquet")
    return home


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (" The cat @-@ like fish , it says , ate 1 @,@ 000 . ", "The cat-like fish, it says, ate 1,000."),
        (' He said " I don \'t know " ( twice ) . ', 'He said "I don \'t know" (twice).'),
        (" It 's <unk> 's , isn 't it ? ", "It's <unk>'s, isn 't it?"),
    ],
)  # fmt: skip
def test_wikitext_is_written_as_people_type(text, written):
    assert natural(text) == written


def test_words_are_counted_as_wikitext_counts_them(data):
    # 1 blank line + the title's 4 signs + 400 sentences of 8, and one line end for each of the 402 lines
    assert wikitext(data, "train").words == 4 + 400 * 8 + 402
    assert "<br" not in imdb(data, "train").texts[0]


@pytest.mark.parametrize(
    ("text", "count"), [("the end.", 3), ("don't", 3), ("a-b (c)", 6), ("", 0), (" 10/10 ", 3)]
)
def test_words_of_reviews_are_counted_like_wikitexts(text, count):
    assert count_words(text) == count


def test_rows_ask_and_want_the_next_piece():
    # a document of 5 pieces in rows of 3: one full row, and [4, 5] left over, packed behind the start piece
    x, y = rows([np.array([1, 2, 3, 4, 5])], start=0, context=3)
    assert x.tolist() == [[0, 1, 2], [0, 4, 5]]
    assert y.tolist() == [[1, 2, 3], [UNTRAINED, 5, 0]]


def test_a_stream_begins_every_document_with_the_start_piece():
    assert stream([np.array([5, 6]), np.array([7])], start=0).tolist() == [0, 5, 6, 0, 7]


def test_muon_makes_singular_values_about_one():
    torch.manual_seed(0)
    for shape in ((6, 4), (4, 6)):
        values = torch.linalg.svdvals(orthogonal(torch.randn(*shape) * 100))
        assert values.min() > 0.5 and values.max() < 1.4


def wiki_pieces_per_word(data, work) -> float:
    cutter = shared_tokenizer(data, work)
    test = wikitext(data, "test")
    return (sum(len(cutter.encode(text).ids) + 1 for text in test.texts) - 1) / test.words


def review_pieces_per_word(data, work) -> float:
    cutter = shared_tokenizer(data, work)
    texts = imdb(data, "test").texts
    texts = [texts[i] for i in np.random.default_rng(0).choice(len(texts), TEST_REVIEWS, replace=False)]
    return sum(len(cutter.encode(text).ids) for text in texts) / sum(count_words(text) for text in texts)


PIECES_PER_WORD = {"wiki-lstm": wiki_pieces_per_word, "reviews-gpt": review_pieces_per_word}


@pytest.mark.parametrize("name", PIECES_PER_WORD)  # the other recipes have files of their own
def test_a_recipe_trains_goes_on_and_bundles(name, data, tmp_path, capsys):
    base = ["train", name, "--data", str(data), "--work", str(tmp_path / "work"), "--size", "tiny",
            "--threads", "1", "--out", str(tmp_path / "out" / name)]  # fmt: skip
    assert main([*base, "--epochs", "1"]) == 0
    first = checkpoints.read_card(tmp_path / "out" / name)
    assert main([*base, "--epochs", "2"]) == 0
    card: Any = checkpoints.read_card(tmp_path / "out" / name)
    assert card.tokens_seen > first.tokens_seen
    assert len(card.curve) > len(first.curve)
    assert card.held_out_loss_nats < np.log(card.vocabulary), "worse than guessing evenly"
    assert card.perplexity_per_token == pytest.approx(np.exp(card.held_out_loss_nats))
    per_word = np.log(card.perplexity_per_word) / card.held_out_loss_nats
    assert per_word == pytest.approx(PIECES_PER_WORD[name](data, tmp_path / "work"), rel=1e-5)
    assert len(card.data_sha256) == len(card.sha256) == 64
    folder = tmp_path / "out" / name
    checkpoints.verify(folder, card)
    from models import catalog

    model = catalog.entries()[name].load(folder)
    assert model.encode("the keys").shown[-1] == " keys"


def test_a_recipe_without_its_data_says_so(tmp_path, capsys):
    assert main(["train", "wiki-lstm", "--data", str(tmp_path / "none"), "--work", str(tmp_path)]) == 2
    assert "wikitext-2" in capsys.readouterr().err
    assert main(["train", "no-such", "--data", str(tmp_path), "--work", str(tmp_path)]) == 2
    assert "choose one of" in capsys.readouterr().err


def test_an_interrupted_history_is_never_half_read(tmp_path):
    from models.train.learning import History

    History(seconds=1.5, tokens=3, steps=2, curve=[{"tokens": 3.0}]).write(tmp_path / "history.json")
    assert json.loads((tmp_path / "history.json").read_text())["steps"] == 2
    assert History.read(tmp_path / "history.json").curve == [{"tokens": 3.0}]
    assert not (tmp_path / "history.writing").exists()
