"""What each token adds: on paper, parts add up to the module's own output, and the shortest row that does the same."""

import numpy as np
import pytest
import torch

from interpret import explain
from interpret.attention.contributions import closeness, effective, gap, head_lengths, parts, through_norm
from interpret.attention.maps import layers
from models.attending import AttentionLayer, NotTakenApart

ONE = AttentionLayer(  # one head of width 1 in a stream of width 2, two tokens
    given=torch.tensor([[1.0, 0.0], [0.0, 2.0]]), weights=torch.tensor([[[1.0, 0.0], [0.25, 0.75]]]),
    query=torch.zeros(1, 2, 1), key=torch.zeros(1, 2, 1), value=torch.tensor([[[2.0], [-4.0]]]),
    joining=torch.tensor([[[3.0, 4.0]]]), bias=torch.tensor([1.0, 0.0]),
    added=torch.tensor([[7.0, 8.0], [-6.5, -10.0]]), norm=None,
)  # fmt: skip


def test_lengths_on_paper():
    # The values offer 2 (3, 4) = (6, 8), of length 10, and -4 (3, 4) = (-12, -16), of length 20.
    np.testing.assert_allclose(head_lengths(ONE)[0], [[10.0, 0.0], [2.5, 15.0]])
    # Token 1 with what it keeps, (0, 2): (1.5, 2) from token 0, (-9, -12) + (0, 2) from itself.
    np.testing.assert_allclose(parts(ONE, 1, residual=True), [[1.5, 2.0], [-9.0, -10.0]])
    assert gap(ONE) == 0.0
    # ALTI: the whole is (1.5 - 9 + 1, 2 - 10) = (-6.5, -8), size 14.5. From token 0 it is (-8, -10) away: 18,
    # more than 14.5, so 0; from itself (2.5, 2): 4.5, so 10. All of the row is its own.
    np.testing.assert_allclose(closeness(ONE), [[1.0, 0.0], [0.0, 1.0]])


def test_parts_add_up_to_what_attention_adds(run):
    for layer in layers(run):
        assert gap(layer) < 1e-5
        for query in (0, len(layer.given) - 1):
            found = parts(layer, query, residual=True)
            whole = found.sum(0) + layer.bias.double()
            torch.testing.assert_close(
                whole, (layer.given + layer.added)[query].double(), atol=1e-4, rtol=1e-4
            )
            if layer.norm is not None:
                passed = through_norm(layer, query, found).sum(0) + through_norm(
                    layer, query, layer.bias.double()
                )
                theirs = layer.norm((layer.given + layer.added)[query])
                torch.testing.assert_close(passed + layer.norm.bias, theirs.double(), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("of", ["head", "layer", "residual", "norm"])
def test_norm_maps_are_shares_and_exist_where_they_can(run, of):
    behind = run.model.card.task == "masked"  # BERT and DistilBERT
    if of == "norm" and not behind:
        with pytest.raises(NotTakenApart, match="norms before its layers"):
            explain(run, "attention_norms", of=of)
        return
    found = explain(run, "attention_norms", of=of)
    assert found.check.passed
    np.testing.assert_allclose(found.values.sum(-1), 1.0)
    assert found.joined == (of != "head")
    assert np.triu(found.values.max(axis=(0, 1)), 1).any() != found.causal


def test_effective_attention_on_paper():
    # Values 1 and 3 in one column: rows lie along (1, 3) / 10. The row (1/2, 1/2) gives 2, and so does
    # 2 / 10 (1, 3) = (0.2, 0.6), which is shorter.
    weights = torch.tensor([[0.5, 0.5], [0.5, 0.5]])
    found = effective(weights, torch.tensor([[1.0], [3.0]]))
    np.testing.assert_allclose(found, [[0.2, 0.6], [0.2, 0.6]], atol=1e-12)
    # A token that looks back: the first row sees one token only and stays.
    found = effective(torch.tensor([[1.0, 0.0], [0.5, 0.5]]), torch.tensor([[1.0], [3.0]]))
    np.testing.assert_allclose(found, [[1.0, 0.0], [0.2, 0.6]], atol=1e-12)


def test_effective_attention_gives_the_same_output_is_shorter_and_stays_behind(run):
    found = explain(run, "attention_effective")
    assert found.check.passed and found.signed
    for number, layer in enumerate(layers(run)):
        ours, own = torch.from_numpy(found.values[number].copy()), layer.weights.double()
        torch.testing.assert_close(
            ours @ layer.value.double(), own @ layer.value.double(), atol=1e-5, rtol=1e-5
        )
        assert (ours.norm(dim=-1) <= own.norm(dim=-1) + 1e-9).all()
        again = effective(ours[0].float(), layer.value[0])
        if found.causal:
            assert ours.triu(1).abs().max() == 0
        else:
            torch.testing.assert_close(again, ours[0], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("through", [True, False])
def test_alti_rows_are_shares(run, through):
    found = explain(run, "attention_alti", through=through)
    assert found.check.passed and found.values.min() >= 0
    np.testing.assert_allclose(found.values.sum(-1), 1.0)
