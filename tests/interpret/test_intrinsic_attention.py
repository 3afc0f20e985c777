"""Intrinsic attention and gradient times input as shares: on paper, and against fastai's own algorithm."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from interpret import explain, record
from interpret.method import UnknownMethod
from interpret.target import Target, every, of_class, span
from models.base import LanguageModel
from tests import tiny
from tests.interpret import loops
from tests.toys import Toy, ToyClassifier, toy_run

INTRINSIC, SHARES = "intrinsic_attention", "gradient_times_input_l2"
THE_RAN = Target(measure="logit", places=(3,), tokens=(3,))  # "ran" after "red dog"


def test_intrinsic_attention_on_paper():
    # |-1| + |3| = 4 at dog, half of it at red, a quarter at <s>; divided by the largest.
    found = explain(toy_run(), INTRINSIC, THE_RAN)
    assert found.values.tolist() == pytest.approx([0.25, 0.5, 1, 0])
    assert (found.unit, found.signed, found.total) == ("share of the largest", False, 12.25)
    # A span's gradients are added first. <s>: (2, -1)/2 + (-1, 3)/4 = (0.75, 0.25): 1; red twice that; dog 4.
    found = explain(toy_run(), INTRINSIC, span(toy_run(), 2, 3, "logit"))
    assert found.values.tolist() == pytest.approx([0.25, 0.5, 1, 0])


def test_shares_on_paper():
    # (-1, 3) times <s> (1, 2) / 4, red (3, -1) / 2, dog (-2, 4), entry by entry: (-0.25, 1.5), (-1.5, -1.5),
    # (2, 12), of lengths 37^0.5 / 4, 4.5^0.5, 148^0.5.
    found = explain(toy_run(), SHARES, THE_RAN)
    lengths = np.array([37**0.5 / 4, 4.5**0.5, 148**0.5, 0])
    assert found.values.tolist() == pytest.approx((lengths / lengths.sum()).tolist())
    assert (found.unit, found.signed) == ("share", False)
    assert found.check.passed


@pytest.mark.parametrize("family", loops.FAMILIES)
def test_equal_loops_by_autograd_and_captum(tmp_path: Path, family: str):
    run = loops.run_of(family, tmp_path)
    target = every(run)
    sizes = np.abs(loops.gradients(run, target)).sum(-1)
    loops.close(explain(run, INTRINSIC, target).values, sizes / sizes.max(axis=1, keepdims=True))
    product = np.linalg.norm(loops.by_captum("InputXGradient", run, target), axis=-1)
    found = explain(run, SHARES, target).values
    loops.close(found, product / product.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(found.sum(axis=1), 1)


@pytest.mark.parametrize("method", [INTRINSIC, SHARES])
@pytest.mark.parametrize("family", loops.FAMILIES)
def test_probability_and_its_logarithm_have_one_map(tmp_path: Path, family: str, method: str):
    run = loops.run_of(family, tmp_path)
    one, other = (explain(run, method, every(run, m)).values for m in ("probability", "log-prob"))
    loops.close(one, other)


class Fastai(LanguageModel):
    """fastai's text classifier behind the contract: the whole text at once, its logits as states."""

    def __init__(self, network: Any, folder: Path):
        self.network, self._cutter = network.eval(), tiny.cutter(folder)
        self.card = replace(
            ToyClassifier().card,
            name="tiny-fastai",
            vocabulary=tiny.VOCABULARY,
            classes=("bad", "good", "so"),
        )

    def encode(self, text: str):
        return self._cutter.cut(text)

    def shown(self, token: int) -> str:
        return self._cutter.written(token)

    def embed(self, ids: Tensor) -> Tensor:
        return self.network[0].module.encoder(ids).detach()

    def states(self, vectors: Tensor) -> Tensor:
        encoder, head = self.network
        encoder.module.reset()
        out = encoder.module(vectors, from_embeds=True)
        mask = torch.zeros(vectors.shape[:2], dtype=torch.bool)
        return head((out, mask))[0][:, None]

    def unembed(self, hidden: Tensor) -> Tensor:
        return hidden

    def record(self, vectors: Tensor):
        return Toy.record(self, vectors)  # type: ignore[arg-type]


def as_in_fastai_v1(network, ids: Tensor, chosen: int) -> np.ndarray:
    """From the description in science.md 6.1: train mode without dropout, probability, L1, maximum."""
    network.train()
    for module in network.modules():
        if "Dropout" in type(module).__name__ or "BatchNorm" in type(module).__name__:
            module.training = False
    network.zero_grad()
    network.reset()
    vectors = network[0].module.encoder(ids[None]).detach().requires_grad_()
    out = network[0].module(vectors, from_embeds=True)
    network.eval()
    logits = network[1]((out, torch.zeros(1, len(ids), dtype=torch.bool)))[0]
    logits.softmax(-1)[0, chosen].backward()
    sizes = vectors.grad[0].abs().sum(-1)
    return (sizes / sizes.max()).numpy()


def test_equals_fastais_own_algorithm_on_its_classifier(tmp_path: Path):
    from fastai.text.models.awdlstm import AWD_LSTM, awd_lstm_clas_config
    from fastai.text.models.core import get_text_classifier

    torch.manual_seed(1)
    config = {**awd_lstm_clas_config, "emb_sz": 8, "n_hid": 14, "n_layers": 2, "pad_token": 1}
    network = get_text_classifier(
        AWD_LSTM, tiny.VOCABULARY, 3, seq_len=4, config=config, lin_ftrs=[6], ps=[0.4]
    )
    with torch.no_grad():
        for weight in network.parameters():
            weight.normal_(0, 0.5)
    model = Fastai(network, tmp_path)
    run = record(model, loops.TEXT)
    assert len(run.tokens) > 8  # two chunks of fastai's reading: the gradient goes through both
    for number, name in enumerate(model.card.classes):
        ours = explain(run, INTRINSIC, of_class(run, name, "probability")).values
        loops.close(ours, as_in_fastai_v1(network, torch.tensor(run.tokens.ids), number), 1e-4)
        assert (ours > 0).all() and ours.max() == 1


def test_a_model_without_gradients_is_refused():
    run = toy_run()
    run.model.card = replace(run.model.card, abilities=frozenset())
    with pytest.raises(UnknownMethod, match=r"toy has no way back .*, which “Intrinsic attention"):
        explain(run, INTRINSIC)
