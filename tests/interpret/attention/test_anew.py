"""Models trained anew: distances on paper, the same answers as the model they become, and what is refused."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from interpret.attention import anew
from interpret.attention.anew import Plan, apart, as_model, experiments
from interpret.commands.study import answer
from interpret.run import record
from models.refusals import Refusal
from models.train import sst_anew
from models.train.sst import Classifier
from models.train.sst_anew import Seen

LINES = [
    f"the film was {'really ' * (n % 3)}{'lovely' if n % 2 else 'dreadful'} to me , {n}\t{n % 2}"
    for n in range(24)
]


@pytest.fixture
def data(tmp_path):
    """A folder like SST-2's, of 24 sentences in each part."""
    folder = tmp_path / "data" / "sst2" / "sentences"
    folder.mkdir(parents=True)
    for part in ("train", "dev", "test"):
        (folder / f"{part}.tsv").write_text("\n".join(LINES))
    return tmp_path / "data"


@pytest.fixture
def small(monkeypatch):
    """Narrow networks."""

    def fresh(encoder: str, seed: int, pad: int) -> Classifier:
        torch.manual_seed(seed)
        return Classifier("tiny", 8192, pad, encoder, dropout=0.0)

    monkeypatch.setattr(anew, "fresh", fresh)
    monkeypatch.setattr(sst_anew, "RATE", 0.02)


def test_distances_on_paper():
    def seen(*rows: list[float], positive: float = 0.5) -> Seen:
        answers = torch.tensor([[1 - positive, positive]]).expand(len(rows), 2)
        return Seen(answers, [torch.tensor(row) for row in rows])

    base = seen([1.0, 0.0], [0.6, 0.4])
    far = seen([0.0, 1.0], [0.6, 0.4], positive=0.7)
    found = apart(base, [far])
    assert found["jsd_mean"] == pytest.approx(math.log(2) / 2, abs=1e-4)  # ln 2 and 0
    assert found["moved"] == pytest.approx(0.2, abs=1e-4)
    assert [row["largest_from"] for row in found["by_largest"]] == [0.5, 0.75]
    assert found["by_largest"][0]["jsd_median"] == 0.0
    assert apart(base, [base])["jsd_mean"] == 0.0
    median = apart(base, [base, base, far])  # the median over seeds, not the mean: two of three are alike
    assert median["jsd_mean"] == 0.0 and 0 < median["moved"] < 0.2


def test_a_network_becomes_the_model_that_is_asked(data, small):
    plan = Plan(data=data)
    for encoder in ("lstm", "projection"):
        network = anew.fresh(encoder, 5, 3).eval()
        model = as_model(network, encoder, plan)
        run = record(model, model.encode("a lovely film to me"))
        with torch.no_grad():
            logits, weights = network.weighed(torch.from_numpy(run.tokens.ids.copy())[None])
        assert torch.allclose(run.logits[-1], logits[0], atol=1e-5)
        assert run.attention is not None
        assert torch.allclose(run.attention[0, 0, 0], weights[0], atol=1e-6)


def test_all_experiments_and_a_run_that_goes_on(data, small, tmp_path, monkeypatch):
    said: list[str] = []
    plan = Plan(data=data, seeds=(1, 2), epochs=2, strengths=(1e-3,), texts=6, work=tmp_path / "work")
    monkeypatch.setattr(anew, "Options", lambda **given: QUICK(**given, steps=5, orders=4, starts=2))
    found = experiments(plan, said.append)
    json.dumps(found, allow_nan=False)
    assert found["test"] == 24 and len(found["own"]["f1"]) == 2
    assert found["own"]["accuracy"][0] > 0.7  # two words tell
    assert set(found["guided"]) == set(anew.GUIDES) and len(found["adversaries"]) == 1
    assert [len(rows) for rows in found["models"].values()] == [2, 2]
    assert "--seeds 1,2 --epochs 2" in found["command"]
    monkeypatch.setattr(anew, "trained", lambda *_, **__: pytest.fail("it was trained already"))
    assert experiments(plan) == found  # from what was kept
    other = replace(plan, epochs=1)  # what was kept of a longer training does not count
    with pytest.raises(pytest.fail.Exception):
        experiments(other)


QUICK = anew.Options


def test_what_cannot_be_trained_is_refused_before_anything_is(data, tmp_path):
    with pytest.raises(Refusal, match="name two different ones or more"):
        Plan(data=data, seeds=(1, 1))
    with pytest.raises(Refusal, match="give --data a folder that holds sst2/sentences"):
        Plan(data=tmp_path)
    asked = ["attention", "--model", "sst-attention"]
    with pytest.raises(Refusal, match="To train on SST-2, name its folder"):
        answer([*asked, "--seeds", "1,2"])
    with pytest.raises(Refusal, match="name whole numbers"):
        answer([*asked, "--data", str(data), "--seeds", "one,two"])
    with pytest.raises(Refusal, match="are for the study of attention"):
        answer(["head_roles", "--model", "story-gpt", "--data", str(data)])
    assert np.isfinite(Plan(data=data).strengths).all()
