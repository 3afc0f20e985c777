"""The contract on every bundled model, with the weights that ship."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

import models
from models import catalog, checkpoints
from models.base import LanguageModel
from models.refusals import UnknownModel

ROOT = Path(__file__).parents[2]
TEXTS = {
    "english": "The keys to the cabinet are on the table.",
    "emoji": "I loved it 👩‍👩‍👧 👍🏽!",
    "arabic": "المفاتيح على الطاولة",
    "lines": "\nOne.\n\nTwo\x00 cafe\u0301\n",
}
CEILINGS = {"shakespeare-chars": 700.0, "induction-2l": 40.0, "story-lstm": 12.0, "story-gpt": 12.0}
CEILING = 400.0  # perplexity per word that no trained model misses, unless CEILINGS says otherwise
WITHOUT_SPACES = {
    "story-lstm",
    "story-gpt",
    "induction-2l",
}  # whose pieces leave out what stands between words
ENGLISH = "It was one of the best films of the year, and the first of its kind."
SHUFFLED = "Kind its of first the and year the of films best the, of one was it."
LEARNED = {  # what a model has learned: a text of its kind, the same words in no order
    "story-lstm": (
        "Mia lives near the mill. The keys are old.",
        "Old the keys are near. Mia mill the. Lives",
    ),
    "story-gpt": ("Mia lives near the mill. The keys are old.", "Old the keys are near. Mia mill the. Lives"),
    "induction-2l": (
        "ba ke zut mol ba ke zut mol ba ke zut mol",
        "mol ba zut ke ke mol zut ba zut mol ke ba",
    ),
    "shakespeare-chars": ("The king shall not come to the door.", "rd.o otT me ohecko oh tt neh logsni htl"),
}


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


def named(*tasks: str) -> list[str]:
    """The bundled models of these tasks, and those whose folder is absent."""
    absent = [name for name in models.names() if not (models.folder(name) / checkpoints.CARD).is_file()]
    return [name for name in models.names() if name in absent or models.card(name).task in tasks]


def vectors(model: LanguageModel, text: str) -> torch.Tensor:
    return model.embed(torch.tensor(model.encode(text).ids))


def test_the_catalogue_lists_both_families():
    assert models.names()[:2] == ["wiki-lstm", "reviews-gpt"]
    for name, entry in catalog.entries().items():
        assert (entry.NAME, entry.TITLE.strip() != "", callable(entry.load)) == (name, True, True)


def test_record_equals_logits(model: LanguageModel):
    given = vectors(model, LEARNED.get(model.card.name, (ENGLISH,))[0])
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
        assert model.card.task != "causal" or kept.triu(1).abs().max() == 0


def test_the_fast_way_back_equals_autograd(model: LanguageModel):
    if "gradients" not in model.card.abilities:
        assert model.card.family == "ngram"
        return
    given = vectors(model, TEXTS["english"])[None]
    ours, plain = model.pullback(given), LanguageModel.pullback(model, given)
    torch.testing.assert_close(ours.states, plain.states, atol=1e-4, rtol=1e-4)
    positions = torch.tensor([0, 3, given.shape[1] - 1]) if plain.states.shape[1] > 1 else torch.tensor([0])
    seeds = torch.randn(1, len(positions), plain.states.shape[-1])
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
    left_out = "".join(sign for sign, found in zip(text, covered, strict=True) if not found)
    assert left_out.strip() == "" if model.card.name in WITHOUT_SPACES else left_out == ""
    assert (np.diff(tokens.spans[:, 0]) >= 0).all()


def test_the_card_says_what_a_reader_must_know(model: LanguageModel):
    card = model.card
    assert card.name in models.names()
    for known in (card.trained_on, card.held_out, card.recipe, card.licence, card.data_sha256):
        assert known != "unknown"
    assert card.curve
    assert card.tokens_seen is not None
    assert card.seconds is not None
    if card.task == "classify":
        assert len(card.classes) > 1
        assert card.accuracy is not None and card.accuracy > 1 / len(card.classes) + 0.2
        assert card.macro_f1 is not None and abs(card.macro_f1 - card.accuracy) < 0.05
        return
    assert card.held_out_loss_nats is not None
    assert card.perplexity_per_token is not None
    assert card.perplexity_per_token == pytest.approx(np.exp(card.held_out_loss_nats), rel=1e-3)
    if card.task == "causal":
        assert card.perplexity_per_word is not None
        assert card.perplexity_per_token <= card.perplexity_per_word < CEILINGS.get(card.name, CEILING)


@pytest.mark.parametrize("name", named("causal"))
def test_it_has_learned_its_language(name: str):
    # A model that knows nothing gives each piece ln V nats; a sentence must cost less, shuffled more.
    model = bundled(name)
    text, shuffled = LEARNED.get(name, (ENGLISH, SHUFFLED))

    def nats(text: str) -> float:
        ids = torch.tensor(model.encode(text).ids)
        logs = model.record(model.embed(ids)).logits.log_softmax(-1)
        return float(-logs[:-1].gather(1, ids[1:, None]).mean())

    assert nats(text) < 0.65 * np.log(model.card.vocabulary)
    assert nats(text) < nats(shuffled) - 0.5


def test_the_network_of_the_encyclopedia_beats_counting():
    network, counted = (bundled(name).card.perplexity_per_word for name in ("wiki-lstm", "wiki-ngram"))
    assert network is not None and counted is not None and network < 0.9 * counted  # the same test text


def test_files_are_small_enough_to_ship():
    files = {name: [*models.folder(name).rglob("*")] for name in models.names()}
    sizes = {name: sum(path.stat().st_size for path in found) for name, found in files.items()}
    assert max(sizes.values()) <= 25 * 2**20, sizes
    assert sum(sizes.values()) <= 90 * 2**20, sizes
    assert sorted(path.name for path in models.ASSETS.iterdir()) == sorted(models.names())  # and nothing else


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(UnknownModel, match="no model named 'wiki': choose one of wiki-lstm, reviews"):
        models.load("wiki")
    with pytest.raises(UnknownModel, match="choose one of wiki-lstm"):
        models.card("wiki")
    with pytest.raises(UnknownModel, match="choose one of wiki-lstm"):
        models.folder("../models")
