"""N-grams: probabilities worked out by hand, the definition written out slowly, and sums of exactly 1."""

import itertools
import math
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
import torch

from models import checkpoints, ngram
from models.base import Card
from models.ngram import NOTHING, Counts, NgramModel, packed, unpacked
from models.refusals import BadCheckpoint
from models.train.wiki_ngram import count, estimated, loss
from tests import tiny

HALF = (0.5, 0.5, 0.5)
PAPER = np.array([1, 2, 1, 3, 1, 2])  # pairs 12 twice, 21, 13 and 31 once


def some_text(length: int = 3000, vocabulary: int = 14, steep: float = 1.0) -> np.ndarray:
    """Tokens of which some are frequent, some rare and the last never said."""
    random = np.random.default_rng(4)
    chances = np.arange(1, vocabulary) ** -steep
    return random.choice(vocabulary - 1, length, p=chances / chances.sum())


def test_probabilities_are_those_worked_out_by_hand():
    counts = Counts(count(PAPER, (1, 1), 4).tables(), (HALF, HALF))
    found = counts.probabilities(torch.tensor([[NOTHING], [1], [0]]))
    # 1 stood behind 2 and 3, 2 behind 1, 3 behind 1: (2 - .5)/4, (1 - .5)/4 twice; 3/8 left, a quarter each
    alone = [3 / 32, 3 / 8 + 3 / 32, 1 / 8 + 3 / 32, 1 / 8 + 3 / 32]
    # behind 1: 2 twice, 3 once, (2 - .5)/3 and (1 - .5)/3; left over 1/3 of the above
    behind = [p / 3 + more for p, more in zip(alone, (0, 0, 1 / 2, 1 / 6), strict=True)]
    np.testing.assert_allclose(found, [alone, behind, alone], atol=1e-12)


def test_what_dropped_pairs_lose_goes_to_the_shorter_context():
    counts = Counts(count(PAPER, (1, 2), 4).tables(), (HALF, HALF))
    found = counts.probabilities(torch.tensor([[NOTHING], [1], [2]]))
    alone = found[0].numpy()
    np.testing.assert_allclose(found[1], alone / 2 + [0, 0, 0.5, 0], atol=1e-12)  # of 3, only 1.5 is kept
    np.testing.assert_allclose(found[2], alone, atol=1e-12)  # 21 came once


def test_discounts_are_those_of_chen_and_goodman():
    # n1 = 4, n2 = 2, n3 = n4 = 1: Y = 4/8; 1 - 2Y 2/4, 2 - 3Y 1/2, 3 - 4Y 1/1
    assert estimated(np.array([1, 1, 1, 1, 2, 2, 3, 4, 9])) == pytest.approx((0.5, 1.25, 1.0))
    assert estimated(np.array([5, 7])) == (0.75, 0.75, 0.75)


def slowly(ids: list[int], vocabulary: int, order: int) -> dict[tuple[int, ...], list[float]]:
    """Every context's distribution from the definition, by sets and sums; keys are contexts."""
    grams = {k: list(zip(*(ids[at:] for at in range(k)), strict=False)) for k in range(1, order + 1)}
    counts = {order: Counter(grams[order])}
    for k in range(1, order):
        counts[k] = Counter(gram[1:] for gram in set(grams[k + 1]))

    off, behind = {}, defaultdict(dict)
    for k in counts:
        for gram, value in counts[k].items():
            behind[gram[:-1]][gram[-1]] = value
        n = Counter(counts[k].values())
        y = n[1] / (n[1] + 2 * n[2])
        off[k] = (0.0, 1 - 2 * y * n[2] / n[1], 2 - 3 * y * n[3] / n[2], 3 - 4 * y * n[4] / n[3])

    def probability(word: int, context: tuple[int, ...]) -> float:
        k = len(context) + 1
        shorter = probability(word, context[1:]) if context else 1 / vocabulary
        followed = behind.get(context)
        if followed is None:
            return shorter
        total, mine = sum(followed.values()), followed.get(word, 0)
        left = sum(off[k][min(value, 3)] for value in followed.values()) / total
        return (mine - off[k][min(mine, 3)]) / total + left * shorter

    seen = {tuple(ids[at : at + k]) for k in range(order) for at in range(0, len(ids) - k, 149)}
    return {context: [probability(w, context) for w in range(vocabulary)] for context in seen}


def test_they_are_those_of_the_definition_written_out_slowly():
    ids = some_text(length=1500, vocabulary=300, steep=1.4)
    counts, expected = count(ids, (1, 1, 1, 1), 300), slowly(ids.tolist(), 300, 4)
    assert 0.75 not in counts.discounts  # there is enough to estimate each
    contexts = torch.tensor([[NOTHING] * (3 - len(context)) + list(context) for context in expected])
    assert {len(context) for context in expected} == {0, 1, 2, 3}
    np.testing.assert_allclose(counts.probabilities(contexts), list(expected.values()), atol=1e-12)


@pytest.mark.parametrize("least", [(1, 1), (1, 1, 1, 1), (1, 1, 2, 3), (1, 5, 2)])
def test_they_sum_to_1_behind_every_context(least):
    counts = count(some_text(), least, 14)
    every = torch.tensor(list(itertools.product(range(NOTHING, 14), repeat=len(least) - 1)))
    found = counts.probabilities(every)
    assert found.min() > 0
    torch.testing.assert_close(found.sum(1), torch.ones(len(every), dtype=torch.float64), atol=1e-12, rtol=0)


def test_longer_contexts_help_where_text_follows_a_rule():
    ids = np.array([1, 2, 3, 4, 1, 2, 4, 3] * 60)  # what follows 3 or 4 needs two tokens
    losses = [loss(count(ids, (1,) * order, 5), ids) for order in (1, 2, 3)]
    assert losses[0] > losses[1] + 0.3 > losses[2] + 0.6


def model(folder: Path) -> NgramModel:
    """Trigrams of a few sentences, saved and opened again."""
    cutter = tiny.cutter(folder)
    ids = np.concatenate([cutter.cut(sentence).ids for sentence in 3 * tiny.SENTENCES])
    counts = count(ids, (1, 1, 1), tiny.VOCABULARY)
    card = Card(
        name="tiny-ngram", family="ngram", task="causal", abilities=frozenset(), widths=(1,),
        vocabulary=tiny.VOCABULARY, parameters=1,
    )  # fmt: skip
    config = {"start": tiny.start(), "discounts": counts.discounts[:, 1:].tolist()}
    checkpoints.save(folder, packed(counts.tables()), config, tiny.tokenizer(), card)
    return ngram.load(folder)


def test_the_contract_holds_for_counts(tmp_path):
    opened = model(tmp_path)
    tokens = opened.encode(tiny.TEXT)
    vectors = opened.embed(torch.tensor(tokens.ids))
    assert vectors.shape == (len(tokens), 1)
    assert opened.states(vectors[None])[0, :2].tolist() == [[NOTHING, tokens.ids[0]], [*tokens.ids[:2]]]
    kept = opened.record(vectors)
    assert torch.equal(kept.logits, opened.logits(vectors[None])[0])
    assert [hidden.shape for hidden in kept.hidden] == [(len(tokens), 1)]
    torch.testing.assert_close(kept.logits.exp().sum(1), torch.ones(len(tokens)), atol=1e-6, rtol=0)
    changed = vectors.clone()
    changed[4:] = 0
    assert torch.equal(opened.logits(changed[None])[0, :4], kept.logits[:4])
    seen = opened.encode(tiny.SENTENCES[0]).ids[-3:]
    found = opened.logits(opened.embed(torch.tensor(seen))[None])[0, 1]
    assert found[seen[2]] == found.max()  # the end of a sentence it has counted


def test_stored_counts_are_not_rounded(tmp_path):
    opened = model(tmp_path)
    ids = np.concatenate([opened._cutter.cut(sentence).ids for sentence in 3 * tiny.SENTENCES])
    expected = count(ids, (1, 1, 1), tiny.VOCABULARY).tables()
    assert set(opened._counts.tables()) == set(expected)
    assert all(torch.equal(table, expected[name]) for name, table in opened._counts.tables().items())


def test_tables_on_disk_are_small_and_hold_every_number():
    # one token stands 1,200 times behind 0, so that it takes more than a byte
    ids = np.concatenate((some_text(), [0, 5] * 1200, [0, 9]))
    tables = count(ids, (1, 1, 1), 14).tables()
    stored = packed(tables)
    assert stored["3.counts"].dtype == torch.uint8 and stored["3.counts.large"].max() > 1000
    # contexts of two tokens, 0 3, 0 5, 1 2: two begin with 0, one with 1, and what follows it
    assert stored["3.firsts"].sum() == len(stored["3.rests"]) == len(tables["3.contexts"])
    assert int(stored["3.rests"][0]) == int(tables["3.contexts"][0]) % 14
    again = unpacked(stored, range(2, 4))
    assert set(again) == set(tables)
    assert all(torch.equal(again[name].long(), table.long()) for name, table in tables.items())
    assert sum(t.nbytes for t in stored.values()) < 0.6 * sum(t.nbytes for t in tables.values())


def test_tables_that_do_not_fit_are_refused(tmp_path):
    model(tmp_path)
    config = checkpoints.read_json(tmp_path / checkpoints.CONFIG)
    (tmp_path / checkpoints.CONFIG).write_text('{"start": 0}')
    with pytest.raises(BadCheckpoint, match="has no discounts: restore it"):
        ngram.load(tmp_path)
    fewer = {**config, "discounts": config["discounts"][:2]}
    (tmp_path / checkpoints.CONFIG).write_text(str(fewer).replace("'", '"'))
    with pytest.raises(BadCheckpoint, match=r"missing or unknown tables: 3\.counts"):
        ngram.load(tmp_path)


def test_tables_that_differ_in_length_are_refused(tmp_path):
    model(tmp_path)
    stored = checkpoints.read_tensors(tmp_path / checkpoints.WEIGHTS)
    stored["3.words"] = stored["3.words"][:-1].clone()
    config = checkpoints.read_json(tmp_path / checkpoints.CONFIG)
    checkpoints.save(tmp_path, stored, config, tiny.tokenizer(), checkpoints.read_card(tmp_path))
    with pytest.raises(BadCheckpoint, match="its tables do not fit each other: restore it"):
        ngram.load(tmp_path)


def test_an_unseen_token_costs_more_than_a_seen_one():
    counts = count(some_text(), (1, 1, 1), 14)
    found = counts.probabilities(torch.tensor([[3, 13]]))[0]  # 13 was never said: nothing is known behind it
    assert found[13] == found.min() < 1 / 14
    assert loss(counts, np.array([0, 13])) == pytest.approx(
        -math.log(counts.probabilities(torch.tensor([[NOTHING, 0]]))[0, 13])
    )
