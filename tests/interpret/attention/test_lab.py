"""Experiments on explanations: on paper, by brute force, and what no adversary may do."""

import itertools
import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from interpret import explain
from interpret.attention.agreement import gradients, left_out, tau
from interpret.attention.erasure import NEVER, needed, orders, single, without
from interpret.attention.subject import conicity, jsd, subject, tvd
from interpret.attention.swapping import adversaries, adversary, classifier_twin, same, shuffles, twin
from interpret.commands.study import answer
from interpret.method import UnknownMethod
from interpret.results.explaining import Explaining
from interpret.run import record
from interpret.study import study
from models.refusals import Refusal

SENTENCES = (
    "the keys to the cabinet are on the table", "the old dog sleeps beside them",
    "don't ask the keeper why the door is never locked", "a small dog ran to the red table",
    "nobody near the table saw it run",
)  # fmt: skip


def test_divergences_on_paper():
    one, other = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
    assert float(tvd(one, other)) == 1.0 and float(jsd(one, other)) == pytest.approx(math.log(2))
    assert float(jsd(one, one)) == 0.0
    assert conicity(torch.tensor([[2.0, 0.0], [0.0, 2.0]])) == pytest.approx(0.5**0.5)


def test_tau_counts_pairs_and_constants_have_none():
    one, other = np.array([3.0, 1, 2, 5]), np.array([1.0, 2, 3, 4])
    pairs = [(one[i] - one[j]) * (other[i] - other[j]) > 0 for i, j in itertools.combinations(range(4), 2)]
    assert tau(one, other)[0] == pytest.approx((2 * sum(pairs) - 6) / 6)
    assert math.isnan(tau(np.ones(4), other)[0])


def test_leaving_out_equals_texts_without_the_word(once):
    one, model = subject(once), once.model
    found = left_out(one)
    for place in range(len(one)):
        rest = torch.cat((one.vectors[:place], one.vectors[place + 1 :]))
        moved = (model.logits(rest[None])[0, 0].softmax(-1) - one.answer).abs().mean()
        assert float(found[place]) == pytest.approx(float(moved), abs=1e-6)


def test_gradients_with_attention_held_fixed_are_others(once):
    one = subject(once)
    fixed, free = gradients(one), gradients(one, fixed=False)
    assert (fixed - free).abs().max() > 1e-4
    # Attention fixed and two classes: p moves by p (1 - p) w . (a_t P e_t') for each vector.
    leaf = one.vectors.clone().requires_grad_(True)
    mixed = one.attention @ once.model.encoded(leaf[None])[0]
    share = once.model.unembed(mixed).softmax(-1)[0]
    (slope,) = torch.autograd.grad(share, leaf)
    torch.testing.assert_close(fixed, 2 * (slope * leaf).sum(-1).abs().detach(), atol=1e-6, rtol=1e-4)


def test_shuffles_keep_the_weights_and_repeat_with_the_seed(once):
    one = subject(once)
    mixed, moved = shuffles(one, 30, 1)
    torch.testing.assert_close(mixed.sort(-1).values, one.attention.sort().values.expand(30, -1))
    assert moved.max() > 0 and torch.equal(shuffles(one, 30, 1)[0], mixed)
    alike = torch.ones_like(one.encoded)
    still = type(one)(one.model, one.vectors, alike, one.attention)
    assert shuffles(still, 30, 1)[1].max() < 1e-6  # where all words are alike nothing can move


def test_an_adversary_keeps_its_bounds_and_does_not_mind_company(once, opened):
    one = subject(once)
    found = adversary(one, 0.05, 3, steps=60)
    assert float(found.attention.sum()) == pytest.approx(1, abs=1e-5) and found.attention.min() >= 0
    assert found.moved <= 0.05 and 0 < found.distance <= math.log(2)
    assert found.moved == pytest.approx(
        float(tvd(one.answers(found.attention[None])[0], one.answer)), abs=1e-6
    )
    other = subject(record(opened["classifier"], SENTENCES[1]))
    both = adversaries([one, other], 0.05, [3, 4], steps=60)
    torch.testing.assert_close(both[0].attention, found.attention, atol=1e-4, rtol=1e-3)
    assert len(both[1].attention) == len(other)
    assert adversary(one, 0.0, 3, steps=2).distance >= 0  # nothing allowed: its own weights are left


def test_a_twin_on_paper():
    # Values 0, 1, 2: (0, 1, 0) gives 1, and so does (1/2, 0, 1/2), with no weight where the other has it.
    found = twin(torch.tensor([0.0, 1.0, 0.0]), torch.tensor([[0.0], [1.0], [2.0]]))
    assert found is not None
    np.testing.assert_allclose(found.numpy(), [0.5, 0.0, 0.5], atol=1e-9)
    assert (
        twin(torch.tensor([0.5, 0.5]), torch.tensor([[0.0], [1.0]])) is None
    )  # two words, one number: fixed


def test_a_classifiers_twin_gives_the_same_probabilities(once):
    one = subject(once)
    other = classifier_twin(one)
    assert other is not None and other.min() >= 0
    assert float(tvd(one.attention.double(), other)) > 0.3
    answers = one.answers(torch.stack((one.attention, other.float())))
    torch.testing.assert_close(answers[0], answers[1], atol=1e-6, rtol=1e-5)
    assert same(one.attention, other, one.offers - one.offers.mean(-1, keepdim=True)) < 1e-6
    assert float(other @ one.attention.double()) <= float(one.attention @ one.attention)


def test_erasing_makes_shares_again_and_no_order_beats_the_smallest_set(once):
    left = without(torch.tensor([0.2, 0.3, 0.5]), torch.tensor([[False, False, True]]))
    torch.testing.assert_close(left, torch.tensor([[0.4, 0.6, 0.0]]))
    one = subject(once)
    length, own = len(one), one.answer.argmax()
    smallest = next(
        (
            size
            for size in range(1, length)
            for chosen in itertools.combinations(range(length), size)
            if one.answers(
                without(one.attention, torch.tensor([[at in chosen for at in range(length)]]))
            ).argmax() != own
        ),
        None,
    )  # fmt: skip
    for order in orders(one, np.random.default_rng(0)).values():
        found = needed(one, order)
        assert (found == NEVER) if smallest is None else (found == NEVER or found * length >= smallest - 1e-9)
    alone = single(one, np.random.default_rng(0))
    assert alone["weight"] >= 0 and alone["top flips"] in (0.0, 1.0)


def test_one_text_in_words(once):
    found = explain(once, "attention_agreement")
    assert found.check.passed and found.values.sum(1) == pytest.approx([1, 1, 1])
    assert "Kendall's tau: attention and gradients" in found.in_words()
    one, *others = found.orders
    never, once_only = (replace(found, flips=np.array([flip, -1, -1, -1])) for flip in (-1.0, 0.25))
    assert never.erased() == "Weights erased one by one, in any order tried, never change the answer."
    assert f"in the order by {one} after 25\u00a0%; by {others[0]} or" in once_only.erased()
    for way in ("shuffled", "adversary", "twin"):
        other = explain(once, "attention_swapped", way=way)
        assert other.check.passed and other.values.sum(1) == pytest.approx([1, 1], abs=1e-5)
        assert other.in_words().endswith(".")
        json.dumps(other.to_json(), allow_nan=False)


def test_many_texts_and_a_table_in_a_file(opened, tmp_path, monkeypatch):
    file = tmp_path / "some.tsv"
    file.write_text("".join(f"{sentence}\t{n % 2}\n" for n, sentence in enumerate(SENTENCES)))
    found: Explaining = study(
        opened["classifier"], "attention_as_explanation", file=str(file), steps=20, orders=10
    )
    assert found.values.shape == (5, 3) and found.where == "sentences of some.tsv"
    assert (found.moved <= 0.05).all() and (found.low <= found.high).all()
    assert "Fewer than 20 texts are too few for a verdict." in found.in_words()
    assert len(found.to_frame()) == 5
    monkeypatch.setattr("interpret.commands.study.models.load", lambda _: opened["classifier"])
    said = answer(
        f"attention --model x --option file={file} --option steps=5 --option orders=4 "
        f"--summary {tmp_path / 'table.json'}".split()
    )
    assert "tiny-attention, 5 sentences" in said
    table = json.loads((tmp_path / "table.json").read_text())["tiny-attention"]
    assert table["texts"] == 5 and set(table["tau"]) == {
        "attention and gradients", "attention and leaving out", "gradients and leaving out",
    }  # fmt: skip
    with pytest.raises(Refusal, match="cannot be read as text"):
        study(opened["classifier"], "attention_as_explanation", file=str(tmp_path / "none"))


def test_models_with_other_kinds_of_attention_are_refused(run, once, opened):
    with pytest.raises(UnknownMethod, match="is for classifiers"):
        explain(run, "attention_agreement")
    with pytest.raises(Refusal, match="One word alone has all the attention"):
        explain(record(opened["classifier"], "a"), "attention_agreement")
    with pytest.raises(Refusal, match="There is no study 'none'"):
        answer(["none", "--model", "sst-average"])
