"""Classifiers trained anew: their losses on paper, weights that stay as given, and what is refused."""

import math

import numpy as np
import pytest
import torch

from models.train import sst_anew
from models.train.sst import Classifier
from models.train.sst_anew import Part, Seen, against, divergence, even, placed, seen, trained

PAD = 9
# the class is the one piece that is 1 or 2, anywhere among others
TEXTS = [([3, 4, 1 + n % 2, 5, 6] if n % 3 else [1 + n % 2, 7, 3, 8, 4, 5], n % 2) for n in range(48)]


@pytest.fixture
def part() -> Part:
    return Part([(np.array(ids), kind) for ids, kind in TEXTS], PAD)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch):
    """Few steps are enough for these texts."""
    monkeypatch.setattr(sst_anew, "RATE", 0.03)


def network(encoder: str = "projection") -> Classifier:
    torch.manual_seed(3)
    return Classifier("tiny", 10, PAD, encoder, dropout=0.0)


def test_divergence_on_paper_and_with_padding():
    one, other = torch.tensor([[0.5, 0.5, 0.0]]), torch.tensor([[0.25, 0.75, 0.0]])
    assert divergence(one, other).item() == pytest.approx(0.5 * math.log(2) + 0.5 * math.log(2 / 3))
    assert divergence(one, one).item() == 0
    off = torch.tensor([[1.0, 0.0, 0.0]]), torch.tensor([[0.0, 1.0, 0.0]])
    assert math.isfinite(divergence(*off).item()) and divergence(*off).item() > 20  # apart, not infinite


def test_the_loss_of_an_adversary_on_paper():
    base = Seen(
        torch.tensor([[0.5, 0.5], [0.2, 0.8]]), [torch.tensor([0.5, 0.5]), torch.tensor([0.25, 0.75])]
    )
    logits = torch.tensor([[0.4, 0.6], [0.2, 0.8]]).log()
    weights = torch.tensor([[0.25, 0.75], [0.25, 0.75]])
    apart = 0.25 * math.log(1 / 2) + 0.75 * math.log(3 / 2)
    found = against(base, 0.1)(torch.tensor([0, 1]), logits, weights)
    assert found.item() == pytest.approx(0.1 / 2 - 0.1 * apart, rel=1e-4)  # the second sentence costs nothing
    assert against(base, 0.0)(torch.tensor([1]), logits[1:], weights[1:]).item() == pytest.approx(0, abs=1e-7)


def test_even_weights_are_shares_and_alike_for_texts_of_one_length(part):
    weights = even(part)
    assert all(row.sum().item() == pytest.approx(1) and row.unique().numel() == 1 for row in weights)
    together = placed(weights, np.array([0, 1]), 7)
    assert together.shape == (2, 7)
    assert together[0].tolist() == pytest.approx([1 / 6] * 6 + [0])
    assert together[1].tolist() == pytest.approx([1 / 5] * 5 + [0, 0])


def test_a_guided_network_mixes_words_by_the_weights_it_is_given(part):
    made = network()
    guide = [torch.nn.functional.one_hot(torch.tensor(1), len(ids)).float() for ids, _ in part.examples]
    found = seen(made, part, guide)
    ids = torch.tensor([part.examples[5][0][1]])
    assert made.projection is not None
    alone = made.head(made.projection(made.embedding(ids)).tanh()).softmax(
        -1
    )  # all weight on the second word
    assert torch.allclose(found.answers[5], alone[0], atol=1e-6)
    assert torch.equal(found.weights[5], guide[5])


def test_a_guide_stays_and_what_would_make_weights_is_not_trained(part):
    made, guide = network(), even(part)
    before = {n: p.clone() for n, p in made.named_parameters()}
    trained(made, part, part, epochs=1, seed=1, guides=(guide, guide))
    changed = {n for n, p in made.named_parameters() if not torch.equal(before[n], p)}
    assert "head.weight" in changed and "projection.weight" in changed
    assert not {n for n in changed if n.split(".")[0] in sst_anew.LOOKING}
    assert all(torch.equal(a, b) for a, b in zip(guide, even(part), strict=True))


def test_training_learns_repeats_with_its_seed_and_tells_how_far_it_is(part, quick):
    told: list[float] = []
    made = [trained(network("lstm"), part, part, epochs=12, seed=s, heard=told.append) for s in (1, 1, 2)]
    one, again, other = (seen(m, part) for m in made)
    assert one.right(part) == 1.0 and one.f1(part) == 1.0
    assert torch.equal(one.answers, again.answers) and not torch.equal(one.answers, other.answers)
    assert told[-1] == 1.0 and all(0 < share <= 1 for share in told)


def test_an_adversary_looks_elsewhere_and_answers_nearly_alike(part, quick):
    base = seen(trained(network("lstm"), part, part, epochs=12, seed=1), part)
    bent = {
        strength: seen(
            trained(network("lstm"), part, part, epochs=12, seed=1, loss=against(base, strength)), part
        )
        for strength in (0.0, 0.1)
    }
    far = {
        strength: float(np.mean([
            divergence(a[None], b[None]).item() for a, b in zip(one.weights, base.weights, strict=True)
        ]))
        for strength, one in bent.items()
    }  # fmt: skip
    assert far[0.1] > 2 * far[0.0]
    assert (bent[0.0].answers - base.answers).abs().mean() < 0.2


def test_f1_is_of_the_positive_class(part):
    always = Seen(torch.tensor([[0.0, 1.0]]).expand(48, 2), [])
    assert always.right(part) == 0.5
    assert always.f1(part) == pytest.approx(2 / 3)  # precision 1/2, recall 1
    assert Seen(torch.tensor([[1.0, 0.0]]).expand(48, 2), []).f1(part) == 0
