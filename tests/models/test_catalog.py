"""The contract on every bundled model, with the weights that ship."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

import models
from models import catalog, checkpoints
from models.base import LanguageModel, UnknownModel

ROOT = Path(__file__).parents[2]
TEXTS = {
    "english": "The keys to the cabinet are on the table.",
    "emoji": "I loved it 👩‍👩‍👧 👍🏽!",
    "arabic": "المفاتيح على الطاولة",
    "lines": "\nOne.\n\nTwo\x00 cafe\u0301\n",
}
CEILINGS = {"wiki-lstm": 400.0, "reviews-gpt": 400.0}  # perplexity per word that no trained model misses


@cache
def bundled(name: str) -> LanguageModel:
    """A bundled model; fails, and says what to do, where its folder is absent."""
    folder = models.folder(name)
    if not (folder / checkpoints.CARD).is_file():
        pytest.fail(
            f"{folder.relative_to(ROOT)} is absent: restore it, or train it with `make train {name}`.",
            pytrace=False,
        )
    return models.load(name)


@pytest.fixture(params=models.names())
def model(request: pytest.FixtureRequest) -> LanguageModel:
    return bundled(request.param)


def vectors(model: LanguageModel, text: str) -> torch.Tensor:
    return model.embed(torch.tensor(model.encode(text).ids))


def test_the_catalogue_lists_both_families():
    assert models.names()[:2] == ["wiki-lstm", "reviews-gpt"]
    for name, entry in catalog.entries().items():
        assert (entry.NAME, entry.TITLE.strip() != "", callable(entry.load)) == (name, True, True)


def test_record_equals_logits(model: LanguageModel):
    given = vectors(model, TEXTS["english"])
    kept, expected = model.record(given), model.logits(given[None])[0]
    assert expected.std() > 0.5
    torch.testing.assert_close(kept.logits, expected, atol=1e-4, rtol=1e-5)


def test_a_text_gives_the_same_bits_whatever_ran_before(model: LanguageModel):
    given = vectors(model, TEXTS["english"])
    first = model.record(given)
    model.record(vectors(model, TEXTS["arabic"]))
    again = model.record(given)
    assert torch.equal(first.logits, again.logits)
    assert all(torch.equal(a, b) for a, b in zip(first.hidden, again.hidden, strict=True))


def test_attention_rows_sum_to_1(model: LanguageModel):
    kept = model.record(vectors(model, TEXTS["english"])).attention
    assert (kept is not None) is ("attention" in model.card.abilities)
    if kept is not None:
        assert kept.shape[:2] == (model.card.layers, model.card.heads)
        torch.testing.assert_close(kept.sum(-1), torch.ones(kept.shape[:-1]), atol=1e-5, rtol=0)
        assert kept.triu(1).abs().max() == 0


def test_the_fast_way_back_equals_autograd(model: LanguageModel):
    given = vectors(model, TEXTS["english"])[None]
    ours, plain = model.pullback(given), LanguageModel.pullback(model, given)
    torch.testing.assert_close(ours.states, plain.states, atol=1e-4, rtol=1e-4)
    positions = torch.tensor([0, 3, given.shape[1] - 1])
    seeds = torch.randn(1, 3, plain.states.shape[-1])
    expected = plain.pull(positions, seeds)
    torch.testing.assert_close(
        ours.pull(positions, seeds), expected, atol=1e-5 * float(expected.abs().max()), rtol=1e-4
    )


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_spans_give_back_the_text(model: LanguageModel, text: str):
    tokens = model.encode(text)
    covered = np.zeros(len(text), dtype=bool)
    for (start, end), shown in zip(tokens.spans, tokens.shown, strict=True):
        assert shown == text[start:end]
        covered[start:end] = True
    assert covered.all()
    assert (np.diff(tokens.spans[:, 0]) >= 0).all()


def test_the_card_says_what_a_reader_must_know(model: LanguageModel):
    card = model.card
    assert card.name in models.names()
    for known in (card.trained_on, card.held_out, card.recipe, card.licence, card.data_sha256):
        assert known != "unknown"
    assert card.curve
    assert card.tokens_seen is not None
    assert card.seconds is not None
    assert card.held_out_loss_nats is not None
    assert card.perplexity_per_token is not None
    assert card.perplexity_per_token == pytest.approx(np.exp(card.held_out_loss_nats), rel=1e-3)
    assert card.perplexity_per_word is not None
    assert card.perplexity_per_token < card.perplexity_per_word < CEILINGS[card.name]


def test_it_has_learned_english(model: LanguageModel):
    # A model that knows nothing gives each piece ln V = 9.0 nats; a sentence must cost less, shuffled more.
    def nats(text: str) -> float:
        ids = torch.tensor(model.encode(text).ids)
        logs = model.record(model.embed(ids)).logits.log_softmax(-1)
        return float(-logs[:-1].gather(1, ids[1:, None]).mean())

    sentence = nats("It was one of the best films of the year, and the first of its kind.")
    assert sentence < 0.65 * np.log(model.card.vocabulary)
    assert sentence < nats("Kind its of first the and year the of films best the, of one was it.") - 0.5


def test_files_are_small_enough_to_ship():
    sizes = {name: (models.folder(name) / checkpoints.WEIGHTS) for name in models.names()}
    for name in sizes:
        bundled(name)
    assert all(path.stat().st_size <= 25 * 2**20 for path in sizes.values())
    assert sum(path.stat().st_size for path in sizes.values()) <= 90 * 2**20


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(UnknownModel, match="no model named 'wiki': choose one of wiki-lstm, reviews"):
        models.load("wiki")
    with pytest.raises(UnknownModel, match="choose one of wiki-lstm"):
        models.card("wiki")
    with pytest.raises(UnknownModel, match="choose one of wiki-lstm"):
        models.folder("../models")
