"""The recipes of ULMFiT's steps 2 and 3 and of the two models of SST-2, end to end on text made here."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
import torch

from models import checkpoints, classifier, classifier_lstm, lstm
from models.__main__ import main
from models.train import reviews_lstm, reviews_lstm_sentiment
from models.train.text import NoData

KINDS = {0: ("dull", "poor", "weak"), 1: ("lovely", "fine", "warm")}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data and work folders; every review and phrase says words that decide its label."""
    home = tmp_path_factory.mktemp("home")
    random = np.random.default_rng(1)

    def text(kind: int) -> str:
        return f"The film was {' and '.join(random.choice(KINDS[kind], 4))}."

    for folder in ("wikitext-2", "imdb", "sst2/trees", "sst2/sentences"):
        (home / "data" / folder).mkdir(parents=True)
    (home / "data/wikitext-2/train.txt").write_text(" = A = \n the end of the film was here .\n")
    for part, count in (("train", 240), ("unsup", 20), ("test", 60)):
        rows = [(f"{text(i % 2)} Number {part} {i}.", i % 2) for i in range(count)]
        table = pyarrow.table({"text": [r[0] for r in rows], "label": [r[1] for r in rows]})
        pyarrow.parquet.write_table(table, home / "data/imdb" / f"{part}.parquet")
    label = {0: 0, 1: 4}
    trees = [
        f"({label[kind]} (2 film) ({label[kind]} ({label[kind]} {word}) (2 {number})))"
        for number in range(12)
        for kind, words in KINDS.items()
        for word in words
    ]
    (home / "data/sst2/trees/train.txt").write_text("\n".join(trees))
    for part in ("train", "dev", "test"):
        lines = [f"the film was {word}\t{kind}" for kind, words in KINDS.items() for word in words]
        (home / "data/sst2/sentences" / f"{part}.tsv").write_text("\n".join(lines))
    return home


def trained(name: str, home: Path, epochs: int) -> Any:
    asked = ["train", name, "--data", str(home / "data"), "--work", str(home / "work"), "--size", "tiny",
             "--threads", "1", "--out", str(home / name), "--epochs", str(epochs)]  # fmt: skip
    assert main(asked) == 0
    card = checkpoints.read_card(home / name)
    checkpoints.verify(home / name, card)
    return card


def test_reviews_are_learnt_and_the_encoder_is_kept(home: Path):
    card = trained("reviews-lstm", home, 2)
    assert 0 < card.held_out_loss_nats < np.log(card.vocabulary), "worse than guessing evenly"
    model = lstm.load(home / "reviews-lstm")
    kept = checkpoints.read_tensors(home / "work" / "reviews-lstm" / reviews_lstm.ENCODER)
    assert "decoder_bias" not in kept and "embedding" in kept
    torch.testing.assert_close(kept["embedding"], model._embedding, atol=1e-3, rtol=0)  # fp16 on disk


def test_the_classifier_goes_on_from_the_encoder_and_learns(home: Path):
    card = trained("reviews-lstm-sentiment", home, 8)
    model = classifier_lstm.load(home / "reviews-lstm-sentiment")
    assert (card.task, card.classes) == ("classify", ("negative", "positive"))
    assert card.accuracy > 0.9 and card.macro_f1 == pytest.approx(card.accuracy, abs=0.05)
    for kind, words in KINDS.items():
        ids = torch.tensor(model.encode(f"The film was {' and '.join(words)}.").ids)
        assert int(model.logits(model.embed(ids)[None])[0, 0].argmax()) == kind


@pytest.mark.parametrize("name", ["sst-attention", "sst-average"])
def test_phrases_are_learnt_with_attention(home: Path, name: str):
    card = trained(name, home, 30)
    model = classifier.load(home / name)
    assert card.accuracy > 0.7 and card.held_out.startswith("SST-2 test")  # guessing: 0.5
    tokens = model.encode("the film was lovely")
    kept = model.record(model.embed(torch.tensor(tokens.ids)))
    assert int(kept.logits.argmax()) == 1
    assert kept.attention is not None and kept.attention.shape == (1, 1, 1, len(tokens))
    assert (kept.memory is not None) is (name == "sst-attention")


def test_groups_thaw_one_by_one_from_the_head_down(home: Path):
    from fastai.basics import Learner

    model = reviews_lstm_sentiment.Judge("tiny", 300, 3)
    loaders: Any = type("None_", (), {"device": "cpu", "train": [], "valid": [], "__len__": lambda _: 2})()
    learn = Learner(
        loaders, model, loss_func=torch.nn.functional.cross_entropy, splitter=reviews_lstm_sentiment.groups
    )
    thaw = reviews_lstm.Thaw((0.1, 0.25, 0.4))
    learn.add_cb(thaw)
    thaw.before_fit()
    seen = []
    for share in (0.0, 0.1, 0.3, 0.5):
        vars(learn).update(pct_train=share, training=True)
        thaw.before_batch()
        seen.append([any(p.requires_grad for p in group) for group in reviews_lstm_sentiment.groups(model)])
    assert seen == [
        [False, False, False, True],
        [False, False, True, True],
        [False, True, True, True],
        [True] * 4,
    ]


def test_missing_trees_are_said(home: Path, tmp_path: Path):
    from models.train import sst

    with pytest.raises(NoData, match="give --data a folder that holds sst2/trees"):
        sst.known_phrases(tmp_path)
