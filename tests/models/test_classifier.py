"""The LSTM classifiers: attention on paper, equal to the networks they were trained as, refusals."""

import dataclasses
from pathlib import Path

import pytest
import torch

from models import checkpoints, classifier, classifier_lstm, lstm
from models.base import Card, LanguageModel
from models.refusals import BadCheckpoint
from models.train import reviews_lstm_sentiment, sst, wiki_lstm
from models.train.learning import Settings
from tests import tiny

SETTINGS = Settings(data=Path(), work=Path(), size="tiny")


def saved(parts, folder: Path) -> Path:
    """A checkpoint with the tiny tokenizer."""
    card = Card(name=folder.name, **{"task": "causal", **parts.shape})
    checkpoints.save(folder, parts.tensors, parts.config, tiny.tokenizer(), card)
    return folder


def attentive(encoder: str) -> sst.Classifier:
    torch.manual_seed(1)
    return sst.Classifier("tiny", tiny.VOCABULARY, pad=3, encoder=encoder).eval()


@pytest.mark.parametrize("encoder", ["lstm", "projection"])
def test_it_is_the_network_that_was_trained(tmp_path, encoder):
    network = attentive(encoder)
    model = classifier.load(saved(sst.parts(network, SETTINGS), tmp_path / "a"))
    ids = torch.tensor(model.encode(tiny.TEXT).ids)
    for name, tensor in model._weights.items():  # fp16 on disk: the same for both
        assert torch.isfinite(tensor).all(), name
    padded = torch.cat((ids, torch.tensor([3, 3])))[None]
    torch.testing.assert_close(model.logits(model.embed(ids)[None])[0], network(padded), atol=5e-3, rtol=0)


def test_attention_on_paper():
    """Projection to tanh(e), scores v . tanh(h): with v = 0 all words weigh the same, with a large v one."""
    model = classifier.AttentiveClassifier.__new__(classifier.AttentiveClassifier)
    model._lstm = None
    model._weights = {
        "projection.weight": torch.eye(2), "projection.bias": torch.zeros(2),
        "attention.weight": torch.eye(2), "attention.bias": torch.zeros(2),
        "attention.vector": torch.zeros(2),
        "head.weight": torch.tensor([[1.0, 0.0], [0.0, 1.0]]), "head.bias": torch.tensor([0.0, 1.0]),
    }  # fmt: skip
    vectors = torch.tensor(
        [[[10.0, -10.0], [0.0, 0.0], [10.0, 10.0], [0.0, 0.0]]]
    )  # tanh: (1, -1), 0, (1, 1)
    torch.testing.assert_close(model.logits(vectors), torch.tensor([[[0.5, 1.0]]]))
    model._weights["attention.vector"] = torch.tensor([0.0, 50.0])
    torch.testing.assert_close(model.logits(vectors), torch.tensor([[[1.0, 2.0]]]))
    kept = classifier.AttentiveClassifier.record(model, vectors[0])
    assert kept.attention is not None and kept.attention.shape == (1, 1, 1, 4)
    torch.testing.assert_close(kept.attention[0, 0, 0], torch.tensor([0.0, 0.0, 1.0, 0.0]))


def test_any_attention_can_be_put_in_its_place(tmp_path):
    model = classifier.load(saved(sst.parts(attentive("lstm"), SETTINGS), tmp_path / "a"))
    vectors = model.embed(torch.tensor(model.encode(tiny.TEXT).ids))
    encoded, kept = model.encoded(vectors[None]), model.record(vectors)
    assert kept.attention is not None
    torch.testing.assert_close(kept.attention.sum(-1), torch.ones(1, 1, 1))
    own = model.unembed(model.pooled(encoded, kept.attention[0, 0]))
    torch.testing.assert_close(own[0], kept.logits)
    first = torch.zeros(1, len(vectors))
    first[0, 0] = 1.0
    torch.testing.assert_close(model.pooled(encoded, first)[0, 0], encoded[0, 0])


def test_gates_of_both_directions_lead_to_what_it_encodes(tmp_path):
    model = classifier.load(saved(sst.parts(attentive("lstm"), SETTINGS), tmp_path / "a"))
    vectors = model.embed(torch.tensor(model.encode(tiny.TEXT).ids))
    kept = model.record(vectors)
    assert kept.memory is not None
    torch.testing.assert_close(kept.memory.hidden[0], kept.hidden[1], atol=1e-6, rtol=0)
    torch.testing.assert_close(
        kept.memory.output_gate[0] * kept.memory.cell[0].tanh(), kept.hidden[1], atol=1e-6, rtol=0
    )


def test_gradients_of_one_row_reach_every_word(tmp_path):
    model = classifier.load(saved(sst.parts(attentive("lstm"), SETTINGS), tmp_path / "a"))
    vectors = model.embed(torch.tensor(model.encode(tiny.TEXT).ids))[None]
    back = LanguageModel.pullback(model, vectors)
    seeds = torch.ones(1, 1, back.states.shape[-1])
    found = back.pull(torch.tensor([0]), seeds)
    assert found.shape == (1, 1, *vectors.shape[1:])
    assert (found.abs().sum(-1) > 0).all()


@pytest.fixture
def judge() -> reviews_lstm_sentiment.Judge:
    torch.manual_seed(2)
    made = reviews_lstm_sentiment.Judge("tiny", tiny.VOCABULARY, pad=3).eval()
    for module in made.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            module.running_mean.normal_()  # type: ignore[union-attr]
            module.running_var.uniform_(0.5, 2)  # type: ignore[union-attr]
            module.weight.data.normal_()
            module.bias.data.normal_()
    return made


def test_ulmfits_classifier_equals_fastais(judge):
    parts = reviews_lstm_sentiment.parts(judge, SETTINGS)
    model = classifier_lstm.UlmfitClassifier(parts.tensors, Card(name="a", **parts.shape), None)  # type: ignore[arg-type]
    ids = torch.randint(4, tiny.VOCABULARY, (1, 200))  # longer than fastai's window
    ours = model.logits(model.embed(ids[0])[None])[0]
    torch.testing.assert_close(ours, judge(ids), atol=1e-5, rtol=0)
    kept = model.record(model.embed(ids[0]))
    torch.testing.assert_close(kept.logits, ours)
    assert kept.memory is not None and len(kept.memory.cell) == model.card.layers


def test_pooling_on_paper():
    model = classifier_lstm.UlmfitClassifier.__new__(classifier_lstm.UlmfitClassifier)
    hidden = torch.tensor([[[1.0, 6.0], [5.0, 0.0], [3.0, 3.0]]])
    assert model.pooled(hidden).tolist() == [[[3.0, 3.0, 5.0, 6.0, 3.0, 3.0]]]


def test_weights_go_to_fastai_and_back():
    torch.manual_seed(3)
    network = wiki_lstm.network("tiny", tiny.VOCABULARY, 3)
    tensors = lstm.from_fastai(network.state_dict())
    again = wiki_lstm.network("tiny", tiny.VOCABULARY, 3)
    again.load_state_dict(lstm.to_fastai(tensors))
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name]), name


@pytest.mark.parametrize("kind", ["attentive", "ulmfit"])
def test_weights_that_do_not_fit_are_refused(tmp_path, judge, kind):
    if kind == "attentive":
        parts, module = sst.parts(attentive("lstm"), SETTINGS), classifier
    else:
        parts, module = reviews_lstm_sentiment.parts(judge, SETTINGS), classifier_lstm
    tensors = dict(parts.tensors)
    gone = sorted(tensors)[-1]
    del tensors[gone]
    folder = saved(dataclasses.replace(parts, tensors=tensors), tmp_path / "a")
    with pytest.raises(BadCheckpoint, match=f"missing or unknown weights: {gone}"):
        module.load(folder)


def test_phrases_of_a_tree():
    found = list(sst.phrases("(3 (2 It) (4 (2 's) (1 dull)))"))
    assert found == [("It", 2), ("'s", 2), ("dull", 1), ("'s dull", 4), ("It's dull", 3)]
