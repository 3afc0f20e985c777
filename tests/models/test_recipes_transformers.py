"""The recipes of reviews-bert, reviews-bert-sentiment and reviews-lite, end to end on text made here."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
import sklearn.metrics
import torch

from models import checkpoints, huggingface, lite
from models.__main__ import main
from models.train import reviews, reviews_bert
from models.train.learning import History, Settings
from models.train.stages import Stages, kept

KINDS = {0: ("dull", "poor", "weak"), 1: ("lovely", "fine", "warm")}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data and work folders; every review says one of six words that decide its label."""
    home = tmp_path_factory.mktemp("home")
    random = np.random.default_rng(1)

    def text(number: int, kind: int) -> str:
        said = " and ".join(random.choice(KINDS[kind], 6))
        return f"Film {number} was {said}.<br /><br />The end of film {number} was {said}."

    (home / "data" / "wikitext-2").mkdir(parents=True)
    (home / "data" / "imdb").mkdir()
    (home / "data" / "wikitext-2" / "train.txt").write_text(" = A = \n the end of the film was here .\n")
    for start, part, count in ((0, "train", 240), (500, "unsup", 20), (700, "test", 60)):
        rows = [(text(start + i, i % 2), i % 2 if part != "unsup" else -1) for i in range(count)]
        if part == "train":
            rows.append(("shared by both parts", 1))
        if part == "test":
            rows.append(("shared by both parts", 1))
        table = pyarrow.table({"text": [r[0] for r in rows], "label": [r[1] for r in rows]})
        pyarrow.parquet.write_table(table, home / "data" / "imdb" / f"{part}.parquet")
    return home


def trained(name: str, home: Path, epochs: int) -> Any:
    asked = ["train", name, "--data", str(home / "data"), "--work", str(home / "work"), "--size", "tiny",
             "--threads", "1", "--out", str(home / name), "--epochs", str(epochs)]  # fmt: skip
    assert main(asked) == 0
    card = checkpoints.read_card(home / name)
    checkpoints.verify(home / name, card)
    return card


def test_a_masked_model_is_trained_and_opens(home: Path):
    card = trained("reviews-bert", home, 2)
    model = huggingface.load(home / "reviews-bert")
    assert (card.task, card.perplexity_per_word) == ("masked", None)
    assert card.context == reviews_bert.SIZES["tiny"][3]
    assert card.parameters == sum(p.numel() for p in model.network.parameters())
    assert 0 < card.held_out_loss_nats < np.log(card.vocabulary), "worse than guessing evenly"
    tokens = model.encode("The end of film 1")
    assert (tokens.ids[0], model.mask) == (0, 2)
    kept = model.record(model.embed(torch.tensor(tokens.ids)))
    assert kept.logits.shape == (len(tokens), card.vocabulary)
    assert kept.attention is not None and kept.attention.triu(1).max() > 0.01  # it looks both ways


def test_a_classifier_learns_on_top_of_it(home: Path):
    card = trained("reviews-bert-sentiment", home, 10)
    model = huggingface.load(home / "reviews-bert-sentiment")
    assert (card.task, card.classes) == ("classify", ("negative", "positive"))
    assert {"classes", "gradients", "attention"} <= card.abilities
    assert card.accuracy > 0.9 and card.macro_f1 == pytest.approx(card.accuracy, abs=0.05)
    assert card.held_out_loss_nats is None
    for kind, words in KINDS.items():
        ids = torch.tensor(model.encode(f"Film 9 was {' and '.join(words)}.").ids)
        assert int(model.logits(model.embed(ids)[None])[0, 0].argmax()) == kind


def test_a_lite_transformer_learns_by_its_recipe(home: Path):
    card = trained("reviews-lite", home, 2)
    losses = [point["held_out_nats"] for point in card.curve]
    assert card.snapshots == () and losses[-1] < np.log(card.vocabulary) - 0.3
    assert card.perplexity_per_word > card.perplexity_per_token > 1
    made = lite.load(home / "reviews-lite")
    ids = torch.tensor(made.encode("The end").ids)
    assert made.logits(made.embed(ids)[None]).shape == (1, len(ids), card.vocabulary)


def test_hidden_pieces_are_drawn_as_asked():
    ids = np.arange(10, 10 + 4 * 41).reshape(4, 41)
    hidden, places, wanted = reviews_bert.hide(
        ids, mask=2, vocabulary=9, seed=5, kinds=(0.5, 0.25), share=0.15
    )
    # 15 % of the 40 pieces behind the start piece are 6 a row
    assert len(places) == len(set(places.tolist())) == 4 * 6
    assert torch.equal(wanted, torch.as_tensor(ids).flatten()[places])
    assert not (places % 41 == 0).any()
    changed = hidden.flatten() != torch.as_tensor(ids).flatten()
    assert set(changed.nonzero().flatten().tolist()) <= set(places.tolist())
    said = hidden.flatten()[changed]
    assert (said == 2).any() and ((said >= 4) & (said < 9)).any() and len(said) < len(places)
    assert ((said == 2) | ((said >= 4) & (said < 9))).all()
    again = reviews_bert.hide(ids, mask=2, vocabulary=9, seed=5, kinds=(0.5, 0.25), share=0.15)
    assert torch.equal(again[0], hidden)


def test_reviews_of_the_test_part_are_not_learnt(home: Path):
    settings = Settings(data=home / "data", work=home / "work")
    documents, classes = reviews.labelled(settings, "train")
    assert "shared by both parts" not in documents.texts
    assert len(documents.texts) == len(classes) == 240
    for text, kind in zip(documents.texts, classes, strict=True):
        assert any(word in text for word in KINDS[int(kind)])
    assert "shared by both parts" in reviews.labelled(settings, "test")[0].texts


def test_macro_f1_on_paper_and_as_sklearn_has_it():
    wanted, given = np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1])
    # class 0: 1 hit of 3 wanted and 1 given, 2/4; class 1: 1 hit of 1 wanted and 3 given, 2/4
    assert reviews.macro_f1(wanted, given) == 0.5
    random = np.random.default_rng(2)
    wanted, given = random.integers(3, size=50), random.integers(3, size=50)
    expected = sklearn.metrics.f1_score(wanted, given, average="macro")
    assert reviews.macro_f1(wanted, given) == pytest.approx(expected)


def test_matrices_of_blocks_go_to_muon_and_all_else_to_adam():
    network = lite.Lite(vocabulary=20, context=8, width=8, layers=1, heads=2, reach=3)
    matrices, rest = reviews.groups(network)
    named = {id(weight): name for name, weight in network.named_parameters()}
    assert {named[id(weight)] for weight in matrices} == {
        f"blocks.0.{name}.weight"
        for name in ("attention.asked", "convolution.gated", "joined", "feed_in", "feed_out")
    }
    assert len(matrices) + len(rest) == len(named)


def test_stages_are_kept_once_as_the_training_passes_them(tmp_path: Path):
    model, clock = torch.nn.Linear(2, 2, bias=False), SimpleNamespace(history=History())
    learn: Any = SimpleNamespace(model=model, clock=clock, training=True, pct_train=0.0)
    stages = Stages(tmp_path, {"tenth": 0.1, "half": 0.5})
    stages.learn = learn
    for step, share in enumerate((0.05, 0.2, 0.3, 0.6)):
        learn.pct_train, clock.history.tokens = share, 100 * step
        torch.nn.init.constant_(model.weight, float(step))
        stages.after_batch()
    found = kept(tmp_path)
    assert [(said["name"], said["tokens_seen"]) for said, _ in found] == [("tenth", 100), ("half", 300)]
    assert [float(weights["weight"][0, 0]) for _, weights in found] == [1.0, 3.0]
