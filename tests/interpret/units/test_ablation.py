"""Switching off: divergences on paper, losses by hand, the same chances before and after, findings."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

import models
from interpret import explain, record
from interpret.commands import units as command
from interpret.units import NoUnits, Unit
from interpret.units_ablation import (
    cost,
    divergence,
    go_on,
    losses,
    others,
    random_heads,
    usual_cost,
    values_for,
)
from interpret.units_corpus import readings
from interpret.units_findings import Finding, ranked, switched_sets, to_json
from interpret.units_sentiment import sentiment_unit
from models.refusals import Refusal
from models.switches import NoSuchUnit, switched
from tests import tiny


def test_a_divergence_on_paper():
    # 1/2 and 1/2 against 1/4 and 3/4: ln 2 / 2 + ln(2/3) / 2 = 0.14384
    before, after = torch.tensor([0.5, 0.5]).log(), torch.tensor([0.25, 0.75]).log()
    assert float(divergence(before, after)) == pytest.approx(math.log(2) / 2 + math.log(2 / 3) / 2)
    assert float(divergence(before, before)) == 0


def test_losses_are_cross_entropies(run):
    texts = [run.model.encode(text) for text in tiny.SENTENCES]
    for tokens, found in zip(texts, losses(run.model, texts), strict=True):
        logits = record(run.model, tokens).logits[:-1]
        theirs = functional.cross_entropy(logits, torch.from_numpy(tokens.ids[1:].copy()), reduction="none")
        np.testing.assert_allclose(found, theirs.numpy(), atol=1e-4)


def test_values_to_hold_at(run):
    unit = Unit(1, 3, "cell")
    whole = readings(run.model).column(unit)
    assert float(values_for(run.model, [unit], "mean")[unit]) == pytest.approx(whole.mean())
    assert float(values_for(run.model, [unit], "zero")[unit]) == 0
    drawn = values_for(run.model, [unit], "resampled", seed=4)[unit].numpy()
    assert np.isin(drawn, whole.astype(np.float32)).all() and len(set(drawn.tolist())) > 5
    with pytest.raises(Refusal, match="There is no way 'gently'"):
        values_for(run.model, [unit], "gently")  # type: ignore[arg-type]


def test_random_controls_are_other_units_of_the_layer(run):
    units = [Unit(1, 3, "cell"), Unit(2, 4, "cell")]
    for seed in range(5):
        found = others(run.model, units, seed)
        assert [(u.layer, u.kind) for u in found] == [(1, "cell"), (2, "cell")]
        assert not set(found) & set(units)


def test_the_same_chances_write_the_same(run):
    one, two = go_on(run, 6, seed=2), go_on(run, 6, seed=2)
    assert one.ids.tolist() == two.ids.tolist() != go_on(run, 6, seed=3).ids.tolist()
    assert one.text.startswith(run.tokens.text) and len(one) == len(run.tokens) + 6
    shown = [one.text[a:b] for a, b in one.spans]
    assert shown[-6:] == list(one.shown[-6:])


@pytest.mark.parametrize("way", ["mean", "zero", "resampled"])
def test_an_ablation_says_what_the_model_says(run, way):
    found = explain(run, "ablate", units="cell 2.3, hidden 1.2", way=way, write=5)
    held = values_for(run.model, [Unit(2, 3, "cell"), Unit(1, 2, "hidden")], way)
    with switched(run.model, held):
        after = run.model.logits(run.vectors[None])[0, -1].double()
    before = run.logits[-1].double()
    assert found.kl == pytest.approx(float(divergence(before, after)), abs=1e-6) and found.kl > 0
    first = int(before.argmax())
    assert found.candidates[0] == run.model.shown(first)
    shares = [float(row.softmax(-1)[first]) for row in (before, after)]
    np.testing.assert_allclose(found.values[:, 0], shares, atol=1e-6)
    assert len(found.kl_random) == 8 and len(found.written) == len(found.rewritten) == 5
    assert found.loss[0] != found.loss[1] and found.measured > 10
    json.dumps(found.to_json(), allow_nan=False)
    assert found.in_words().startswith("Without cell 2.3 and 1 more the first guess")


def test_without_the_corpus_the_same_answer_comes_at_once(run, monkeypatch):
    whole = explain(run, "ablate", units="cell 2.3", write=5)
    with monkeypatch.context() as patched:
        patched.setattr("interpret.methods.ablate.cost", lambda model: pytest.fail("nothing is measured"))
        quick = explain(run, "ablate", units="cell 2.3", write=0, corpus=False)
    assert quick.in_words() == whole.in_words() and quick.loss is None and not len(quick.loss_random)
    np.testing.assert_array_equal(quick.kl_random, whole.kl_random)
    json.dumps(quick.to_json(), allow_nan=False)


def test_what_a_model_usually_costs_is_measured_once_and_with_nothing_switched_off(run, monkeypatch):
    usual = usual_cost(run.model)
    assert usual == cost(run.model)
    with switched(run.model, values_for(run.model, [Unit(2, 3, "cell")], "zero")):
        assert cost(run.model)[0] != usual[0]
        with pytest.raises(ValueError, match="nothing switched off"):
            usual_cost(run.model)
    monkeypatch.setattr("interpret.units_ablation.cost", lambda model: pytest.fail("it was measured"))
    assert usual_cost(run.model) is usual


def test_heads_by_name_and_by_chance(gpt_run):
    found = explain(gpt_run, "ablate", units="head 1.2", write=0)
    assert found.units == ("head 1.2",) and found.kl > 0
    drawn = explain(gpt_run, "ablate", heads=3, write=0, seed=1)
    assert drawn.units == tuple(map(str, random_heads(gpt_run.model, 3, 1)))
    with pytest.raises(Refusal, match="has 12 heads: switch off 1 to 11"):
        random_heads(gpt_run.model, 12, 0)
    with pytest.raises(NoSuchUnit, match=r"has no head 1\.9: give a number from 0 to 3"):
        explain(gpt_run, "ablate", units="head 1.9")


def test_ranked_finds_a_planted_unit_on_either_side():
    lots = np.random.default_rng(0)
    inside = lots.random(300) < 0.5
    values = lots.normal(size=(300, 40))
    values[:, 11] -= 4 * inside
    order, found, low, chance = ranked(values, inside, "cell", 0)
    assert order[0] == 11 and low[0] and found[0] > 0.99 > 0.7 > chance


def test_sets_are_switched_off_beside_random_ones(run):
    units = [Unit(1, k, "cell") for k in range(12)] + [Unit(2, k, "cell") for k in range(4)]
    asked = iter(range(100))
    found = switched_sets(run.model, units, lambda: float(next(asked)), seed=0, random=2)
    # asked once before, then for each of three sets once and twice for random ones
    assert [(one.count, one.before, one.after, one.random) for one in found] == [
        (1, 0.0, 1.0, (2.0, 3.0)), (4, 0.0, 4.0, (5.0, 6.0)), (16, 0.0, 7.0, (8.0, 9.0)),
    ]  # fmt: skip


def finding(name: str = "quote", after: float = 0.9) -> Finding:
    from interpret.units_findings import Switched

    return Finding(
        name=name, title="where a quotation is open", model="toy", model_sha256="5",
        units=("cell 1.2", "cell 1.3"),
        low=True, auc_found=0.99, auc=0.98, chance=0.55, n_found=10, n=12, seed=0, measure="the cost",
        off=(Switched(count=1, before=0.1, after=after, random=(0.1, 0.3)),),
    )  # fmt: skip


def test_a_search_is_judged_against_the_best_by_chance_and_not_the_one_unit_against_it():
    from dataclasses import replace

    # 0.58 on other texts says something of one unit, although the best of many reaches 0.60 by chance
    weak = replace(finding(), auc_found=0.66, auc=0.58, chance=0.60)
    assert "no better than chance" not in weak.in_words()
    assert "fits best, but no better than chance" in replace(weak, auc_found=0.59).in_words()


def test_no_training_draws_the_stories_that_units_are_judged_on():
    from interpret.units_corpus import STORY_SEED
    from interpret.units_findings import FOUND_ON, PROVED_ON
    from models.train.learning import TRAINING_SEEDS
    from models.train.storyland_lessons import HELD_OUT_SEED, PAIRS_SEED

    seeds = {STORY_SEED, FOUND_ON, PROVED_ON, HELD_OUT_SEED, PAIRS_SEED}
    assert len(seeds) == 5 and min(seeds) >= TRAINING_SEEDS


def test_findings_replace_those_of_the_same_name(tmp_path: Path):
    path = tmp_path / "studies" / "units.json"
    command.keep(path, [finding(), finding("number")])
    command.keep(path, [finding(after=0.5)])
    kept = json.loads(path.read_text())
    assert [(one["name"], one["off"][0]["after"]) for one in kept] == [("number", 0.9), ("quote", 0.5)]
    assert "Cell 1.2 of toy is low where a quotation is open: AUC 0.990 where it was found" in kept[1]["says"]
    assert "0.980 on 12 other places (chance: 0.5)" in kept[1]["says"]
    assert "goes from 0.100 to 0.500 (random units: 0.100 to 0.300)" in kept[1]["says"]


def test_the_bundled_findings_are_of_bundled_models():
    kept = json.loads(command.WRITTEN.read_text(encoding="utf-8"))
    assert {(one["model"], one["name"]) for one in kept} >= {
        (model, name) for model in ("story-lstm", "story-gpt") for name in ("quote", "number")
    }
    for one in kept:
        assert one["model"] in models.names() and len(one["model_sha256"]) == 64
        assert {"seed", "n", "n_found", "chance"} <= set(one) and [o["count"] for o in one["off"]] == [
            1,
            4,
            16,
        ]
        assert one["says"].startswith(f"{one['units'][0].capitalize()} of {one['model']} ")
    assert to_json(finding())["off"][0]["random"] == (0.1, 0.3)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--model", "wiki-lstm"], "Nothing to find: name story-lstm or story-gpt"),
        (["--model", "story-lstm", "--texts", "3"], "ask for at least 8"),
    ],
)
def test_what_the_command_refuses(argv, said):
    with pytest.raises(Refusal, match=said):
        command.answer(argv)


def test_reviews_that_are_not_there_are_said(run, tmp_path: Path):
    with pytest.raises(NoUnits, match=r"give --data a folder that holds imdb/test.parquet"):
        sentiment_unit(run.model, tmp_path)
