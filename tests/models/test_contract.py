"""What every family must keep, on tiny random networks of each kind."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import models
from models.base import LanguageModel
from models.refusals import BadText
from tests import tiny

Opener = Callable[[Path], LanguageModel]
FAMILIES: dict[str, Opener] = {
    "lstm": tiny.lstm_model,
    **{
        kind: lambda folder, kind=kind: models.load(tiny.huggingface_folder(folder, kind))
        for kind in tiny.KINDS
    },
}


@pytest.fixture(params=FAMILIES)
def model(request: pytest.FixtureRequest, tmp_path: Path) -> LanguageModel:
    return FAMILIES[request.param](tmp_path)


def vectors(model: LanguageModel, text: str = tiny.TEXT) -> torch.Tensor:
    return model.embed(torch.tensor(model.encode(text).ids))


def test_record_gives_the_logits_of_logits(model: LanguageModel):
    given = vectors(model)
    kept = model.record(given)
    expected = model.logits(given[None])[0]
    assert expected.std() > 0.1
    torch.testing.assert_close(kept.logits, expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(model.unembed(kept.hidden[-1]), expected, atol=1e-5, rtol=1e-5)


def test_shapes_are_those_on_the_card(model: LanguageModel):
    kept, card = model.record(vectors(model)), model.card
    length = len(model.encode(tiny.TEXT))
    assert kept.logits.shape == (length, card.vocabulary)
    assert tuple(h.shape for h in kept.hidden) == tuple((length, width) for width in card.widths)
    if card.family == "transformer":
        assert kept.attention is not None
        assert kept.attention.shape == (card.layers, card.heads, length, length)
        assert kept.neurons is not None
        kind = next(kind for kind in tiny.KINDS if kept.neurons[0].shape[1] in _inner(kind))
        assert [n.shape for n in kept.neurons] == [(length, _inner(kind)[0])] * card.layers
    else:
        assert kept.attention is None
        assert kept.memory is not None


def _inner(kind: str) -> tuple[int]:
    settings = tiny.SETTINGS[kind]
    return (settings.get("n_inner") or settings.get("intermediate_size") or settings["ffn_dim"],)


def test_a_text_gives_the_same_bits_whatever_ran_before(model: LanguageModel):
    given = vectors(model, "a small dog ran to the red table")
    first = model.record(given)
    model.record(vectors(model, "nobody saw the keys"))
    model.pullback(vectors(model)[None])
    again = model.record(given)
    assert torch.equal(first.logits, again.logits)
    for before, after in zip(first.hidden, again.hidden, strict=True):
        assert torch.equal(before, after)
    assert torch.equal(model.logits(given[None]), model.logits(given[None]))


def test_looking_leaves_no_trace(model: LanguageModel):
    model.record(vectors(model))  # the first time, transformers leaves hooks of its own
    network = getattr(model, "network", None)
    if network is not None:
        before = [len(module._forward_hooks) for module in network.modules()]
        model.record(vectors(model))
        assert [len(module._forward_hooks) for module in network.modules()] == before
        assert not any(m._forward_hooks for n, m in network.named_modules() if "act" in n)
        assert not network.training
        assert not any(p.requires_grad for p in network.parameters())
    assert not model.record(vectors(model)).logits.requires_grad


def test_later_words_change_nothing(model: LanguageModel):
    given = vectors(model)
    changed = given.clone()
    changed[5:] = changed[5:].flip(-1)
    before, after = model.logits(given[None])[0], model.logits(changed[None])[0]
    torch.testing.assert_close(before[:5], after[:5], atol=1e-5, rtol=1e-5)
    assert not torch.allclose(before[5], after[5], atol=1e-2)


def test_texts_side_by_side_give_the_numbers_of_each_alone(model: LanguageModel):
    given = torch.stack((vectors(model), vectors(model).flip(0)))
    together = model.logits(given)
    for row in range(2):
        torch.testing.assert_close(together[row], model.logits(given[row : row + 1])[0],
                                   atol=1e-5, rtol=1e-5)  # fmt: skip


def test_an_empty_text_is_refused(model: LanguageModel):
    with pytest.raises(BadText, match="There is no text yet"):
        model.encode("")
