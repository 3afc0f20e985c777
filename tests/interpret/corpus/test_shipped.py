"""The indexes that ship: of these very weights and texts, small, and telling what a new pass tells."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

import models
from interpret import explain, record
from interpret.commands.corpus import answer
from interpret.corpus import job, shipped, store
from interpret.corpus.index import Index
from interpret.units import unfit
from models.refusals import Refusal
from tests import tiny

NAMES = sorted(path.name for path in shipped.INDEXES.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_an_index_is_of_these_weights_and_these_texts(name):
    index, card = Index(shipped.INDEXES / name), models.card(name)
    again = f"Make it again: {shipped.COMMAND} --model {name}"
    assert index.summary["model_sha256"] == card.sha256, again
    digest = hashlib.sha256()
    for one in shipped.bundled(card):
        digest.update(json.dumps([one.text, one.label]).encode())
    assert index.summary["corpus_sha256"] == digest.hexdigest(), again
    assert index.summary["version"] == job.VERSION, again
    assert store.verified(index.folder / "index"), again
    assert index.summary["seed"] == shipped.STORY_SEED and index.summary["made"] >= "2026-11-21"


def test_every_bundled_model_with_units_has_one_and_all_are_small():
    with_units = {name for name in models.names() if not unfit(models.card(name))} - {"induction-2l"}
    assert with_units == set(NAMES)
    assert sum(path.stat().st_size for path in shipped.INDEXES.rglob("*") if path.is_file()) < 1.6e6


def test_what_ships_says_what_a_new_pass_says(tmp_path):
    model = models.load("story-lstm")
    kept = Index(shipped.INDEXES / "story-lstm")
    new = shipped.temporary(model)
    for unit in (0, 80, 255):
        one, two = kept.unit("cell", 1, unit), new.unit("cell", 1, unit)
        assert [(a.text, a.place) for a in one.highest] == [(b.text, b.place) for b in two.highest[:4]]
        assert one.limit == pytest.approx(two.limit, rel=0.006)
        assert one.deviation == pytest.approx(two.deviation, rel=0.02)
        np.testing.assert_allclose(one.r, two.r, atol=0.0051)
        assert one.counts.sum() == pytest.approx(two.counts.sum(), rel=0.02)
    np.testing.assert_allclose(kept.chance("cell"), new.chance("cell"), atol=1e-4)
    assert kept.text([3, 1]) == new.text([1, 3])
    for ours, theirs in zip(kept.gates(), new.gates(), strict=True):
        assert (ours["shut"], ours["open"]) == (theirs["shut"], theirs["open"])
        assert all(a + b <= ours["count"] for a, b in zip(ours["shut"], ours["open"], strict=True))
        assert ours["log_forget"] == pytest.approx(theirs["log_forget"], rel=1e-3)


def test_a_model_with_other_weights_gets_an_index_of_its_own(tmp_path):
    run = record(tiny.lstm_model(tmp_path), tiny.TEXT)
    index = shipped.behind(run.model, "cell")
    assert index is shipped.behind(run.model, "cell") and index.folder.parent != shipped.INDEXES
    assert index.summary["texts"] == len(shipped.bundled(run.model.card))


def test_a_card_from_an_index_of_other_texts(tmp_path):
    texts = tmp_path / "mine.txt"
    texts.write_text("The cats sleep.\n\nSofia works behind the mill.\n\nThe key is old.")
    out = tmp_path / "job"
    answer(["index", "--model", "story-lstm", "--texts", str(texts), "--out", str(out)])
    run = record(models.load("story-lstm"), "The cat sleeps.")
    found = explain(run, "unit", unit="cell 1.3", corpus=str(out))
    shown = [one.before + one.token + one.after for one in found.highest]
    assert sorted(shown) == sorted(texts.read_text().split("\n\n"))
    assert "Over these texts of yours" in found.in_words() and str(tmp_path) not in json.dumps(
        found.to_json()
    )
    assert found.corpus_tokens == Index(out).summary["tokens"]
    with pytest.raises(Refusal, match="was made with story-lstm, or with other weights"):
        explain(record(models.load("story-gpt"), "The cat sleeps."), "unit", corpus=str(out))
    with pytest.raises(Refusal, match="holds no finished index"):
        explain(run, "unit", corpus=str(tmp_path))


def test_the_command_makes_them_again(tmp_path):
    said = json.loads(answer(["bundle", "--model", "story-lstm", "--into", str(tmp_path)]))
    kept = json.loads((shipped.INDEXES / "story-lstm" / "summary.json").read_text())
    assert list(said) == ["story-lstm"]
    for name in ("units", "texts", "gates"):
        ours, theirs = (
            store.arrays(store.read_table(Path(place) / "story-lstm" / "index" / f"{name}.parquet"))
            for place in (tmp_path, shipped.INDEXES)
        )
        for column, held in theirs.items():
            if held.dtype.kind in "if":
                assert (np.isclose(ours[column], held, rtol=0.01, atol=0.02)).mean() > 0.99, column
    assert kept["features"][0] == "place in the text"
