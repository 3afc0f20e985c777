"""Writing on: dials worked out on paper and against transformers, trees against brute force, draws against shares."""

import itertools
import math

import numpy as np
import pytest
import torch

import models
from interpret import explain, record
from interpret.method import UnknownMethod
from interpret.results import Check, Written
from interpret.writing import Dials, dialled, go_on
from models.refusals import Refusal
from tests import tiny
from tests.toys import WORDS, toy_run

SHARES = (1 / 4, 1 / 2, 1 / 8, 1 / 8)  # <s>, red, dog, ran
BIAS = [math.log(p) for p in SHARES]


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({}, SHARES),
        ({"top_k": 2}, (1 / 3, 2 / 3, 0, 0)),
        ({"top_k": 3}, (2 / 7, 4 / 7, 1 / 7, 0)),  # dog and ran tie: the first stays
        ({"top_p": 0.6}, (1 / 3, 2 / 3, 0, 0)),  # red alone is 1/2, less than 0.6: one more
        ({"top_p": 0.5}, (0, 1, 0, 0)),
        ({"temperature": 0.5}, (4 / 22, 16 / 22, 1 / 22, 1 / 22)),  # squares
        ({"temperature": 0.5, "top_k": 3, "top_p": 0.9}, (4 / 20, 16 / 20, 0, 0)),  # of 21: 16, then 20
    ],
)
def test_what_the_dials_leave_of_a_half_a_quarter_and_two_eighths(given, left):
    found = dialled(torch.tensor(BIAS), Dials(**given))
    assert found.tolist() == pytest.approx(left, abs=1e-6)


@pytest.mark.parametrize(
    ("heat", "most", "mass"), [(0.7, 0, 1.0), (1.3, 50, 1.0), (1.0, 0, 0.9), (0.8, 40, 0.7)]
)
def test_the_dials_do_what_transformers_does(heat, most, mass):
    from transformers.generation.logits_process import (
        TemperatureLogitsWarper,
        TopKLogitsWarper,
        TopPLogitsWarper,
    )

    logits = torch.randn(3, 200, generator=torch.Generator().manual_seed(5)) * 3
    given: torch.Tensor = TemperatureLogitsWarper(heat)(None, logits)  # type: ignore[arg-type]
    if most:
        given = TopKLogitsWarper(most)(None, given)  # type: ignore[arg-type]
    if mass < 1:
        given = TopPLogitsWarper(mass)(None, given)  # type: ignore[arg-type]
    for row, wanted in zip(logits, given.softmax(-1), strict=True):
        found = dialled(row, Dials(temperature=heat, top_k=most, top_p=mass))
        np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_draws_come_as_often_as_their_shares():
    run = toy_run(" dog", decoder=((0.0, 0.0),) * 4, bias=BIAS)
    drawn = [int(go_on(run, 1, seed, dials=Dials(top_k=3)).ids[-1]) for seed in range(2000)]
    counts = np.bincount(drawn, minlength=4) / 2000
    assert counts[3] == 0  # cut
    np.testing.assert_allclose(counts[:3], (2 / 7, 4 / 7, 1 / 7), atol=0.035)  # three standard errors


def test_every_next_token_with_its_probability():
    found = explain(toy_run(" dog", decoder=((0.0, 0.0),) * 4, bias=BIAS), "next_shares")
    assert found.values.tolist() == pytest.approx([1 / 2, 1 / 4, 1 / 8, 1 / 8])
    assert found.candidates == (" red", "<s>", " dog", " ran")
    assert found.entropy == pytest.approx(1.75)
    assert "as among 3 equally likely tokens" in found.in_words()  # 2 ** 1.75 = 3.36
    assert "its first guess holds half of the probability, 4 of 4 hold 90\u00a0%" in found.in_words()


def test_all_ways_of_two_tokens_come_to_1_and_are_brute_force():
    run = toy_run(" dog")
    found = explain(run, "tree", depth=2, children=4)
    leaves = found.leaves
    assert len(leaves) == 16 and np.exp(found.paths[leaves]).sum() == pytest.approx(1)
    ways = {found.said(int(leaf)): found.paths[leaf] for leaf in leaves}
    for one, two in itertools.product(WORDS[1:], repeat=2):
        whole = record(run.model, f" dog{one}{two}")
        logs = whole.logits.double().log_softmax(-1)
        ids = whole.tokens.ids
        by_hand = logs[-3, ids[-2]] + logs[-2, ids[-1]]
        assert ways[one + two] == pytest.approx(float(by_hand), abs=1e-5)


def test_a_tree_stands_parents_first_and_its_shares_multiply(tmp_path):
    model = models.load(tiny.huggingface_folder(tmp_path, "gpt2"))
    found = explain(record(model, tiny.TEXT), "tree", depth=3, children=2)
    assert len(found.parents) == 2 + 4 + 8
    for node, up in enumerate(found.parents):
        assert up < node
        before = found.paths[up] if up >= 0 else 0.0
        assert found.paths[node] == pytest.approx(before + math.log(found.values[node]))
    assert found.check.passed and found.check.value < 1e-4
    assert list(found.paths[found.leaves]) == sorted(found.paths[found.leaves], reverse=True)


def test_a_cold_model_writes_its_first_guesses_and_a_seed_the_same_again(tmp_path):
    model = models.load(tiny.huggingface_folder(tmp_path, "gpt2"))
    run = record(model, tiny.TEXT)
    cold = explain(run, "write_on", count=8, temperature=0.001)
    assert cold.rank.tolist() == [1] * 8
    one, same, other = (explain(run, "write_on", count=12, seed=seed) for seed in (1, 1, 2))
    assert one.whole == same.whole != other.whole
    assert one.focus is not None and ((one.focus > 0) & (one.focus <= 1 + 1e-9)).all()
    assert one.whole == run.tokens.text + one.added


def test_what_is_said_of_drawn_tokens_is_what_the_whole_text_says():
    found = explain(toy_run(" dog red", power=2), "write_on", count=6, temperature=10.0, seed=3)
    whole = record(toy_run(power=2).model, found.whole)
    logs = whole.logits.double().log_softmax(-1)
    for k, place in enumerate(range(3, 9)):
        row, token = logs[place - 1], int(whole.tokens.ids[place])
        assert found.drawn[k] == whole.tokens.shown[place]
        assert found.values[k] == pytest.approx(float(row[token].exp()), rel=1e-5)
        assert found.rank[k] == 1 + int((row > row[token]).sum())
        assert found.surprise[k] == pytest.approx(-float(row[token]) / math.log(2), abs=1e-4)
        assert found.first[k] == WORDS[int(row.argmax())]


def test_pieces_become_words_as_worked_out_on_paper():
    """Pieces with 1/2 and 1/4 make a word of 1/8, which is 1 + 2 bits; the next word is one piece."""
    whole = "say cabinet now"
    found = Written(
        method="write_on", model="toy", model_sha256="", text="say", tokens=("say",), spans=np.array([[0, 3]]),
        words=np.array([0]), asked=explain(toy_run(" dog red"), "write_on", count=1).asked,
        values=np.array([0.5, 0.25, 0.125]), unit="probability", signed=False,
        check=Check(name="a", says="{}", value=0.0, limit=1.0), options={}, whole=whole,
        drawn=(" cab", "inet", " now"), drawn_spans=np.array([[3, 7], [7, 11], [11, 15]]),
        drawn_words=np.array([1, 1, 2]), entropy=np.array([2.0, 0.5, 1.0]), surprise=np.array([1.0, 2.0, 3.0]),
        rank=np.array([1, 3, 2]), first=(" cab", "man", " then"), focus=np.array([0.2, 0.6, 0.5]),
    )  # fmt: skip
    words = found.by_words()
    assert words.drawn == (" cabinet", " now") and words.first == (" cab", " then")
    np.testing.assert_allclose(words.values, [0.125, 0.125])
    np.testing.assert_allclose(words.surprise, [3, 3])
    np.testing.assert_allclose(words.entropy, [2.5, 1])
    assert words.focus is not None
    np.testing.assert_allclose(words.focus, [0.4, 0.5])
    assert words.rank.tolist() == [3, 2] and words.drawn_spans.tolist() == [[3, 11], [11, 15]]
    assert words.added == found.added and words.by_words().drawn == words.drawn


@pytest.mark.parametrize("name", ["wiki-lstm", "shakespeare-chars"])
def test_words_hold_what_their_pieces_hold(name):
    found = explain(
        record(models.load(name), "The keys to the old"), "write_on", count=40, seed=3, temperature=1.5
    )
    words = found.by_words()
    assert "".join(words.drawn) == "".join(found.drawn) and len(words.drawn) < len(found.drawn)
    np.testing.assert_allclose(np.log(words.values).sum(), np.log(found.values).sum())
    np.testing.assert_allclose(words.surprise, -np.log2(words.values), atol=1e-6)
    np.testing.assert_allclose(words.entropy.sum(), found.entropy.sum())
    for word, (start, end) in zip(words.drawn, words.drawn_spans, strict=True):
        assert found.whole[start:end].strip() == word.strip()


def test_focus_is_one_while_three_tokens_are_all_there_are():
    found = explain(toy_run(" dog red"), "write_on", count=1)
    assert found.focus is not None and found.focus.tolist() == pytest.approx([1])


@pytest.mark.parametrize(
    ("method", "given", "said"),
    [
        ("tree", {"depth": 9, "children": 9}, "more than 1000 nodes"),
        ("tree", {"children": 5}, "has 4 tokens"),
        ("tree", {"depth": 0}, "1 or more"),
        ("write_on", {"temperature": 0.0}, "temperature must lie between"),
        ("write_on", {"top_p": 0.0}, "top_p must be above 0"),
        ("write_on", {"top_k": -1}, "top_k must be 0"),
        ("write_on", {"count": 0}, "count must lie"),
        ("next_shares", {"named": 0}, "1 or more"),
    ],
)
def test_what_cannot_be_is_refused(method, given, said):
    with pytest.raises(Refusal, match=said):
        explain(toy_run(" dog"), method, **given)


@pytest.mark.parametrize("method", ["next_shares", "tree", "write_on"])
def test_models_that_do_not_write_are_told_so(method, tmp_path):
    run = record(models.load("sst-attention"), "A fine film.")
    with pytest.raises(UnknownMethod, match="names a class"):
        explain(run, method)


@pytest.mark.parametrize("method", ["tree", "write_on"])
def test_a_full_context_leaves_no_room(method, tmp_path):
    model = models.load(tiny.huggingface_folder(tmp_path, "gpt2"))
    tokens = model.encode(tiny.TEXT * 200).cut(model.card.context or 0)
    with pytest.raises(Refusal, match="no room"):
        explain(record(model, tokens), method)
