"""The study and its command: toys by their rules, chance, what is kept, and refusals."""

import json

import numpy as np
import pytest

import models
from interpret import study
from interpret.__main__ import main
from interpret.league import kept
from interpret.method import UnknownMethod
from interpret.results import League
from interpret.studies.saliency_league import Options, compute
from models.refusals import Refusal
from tests.toys import Toy

FAST = "leave_one_out,integrated_gradients,gradient_times_input,gradient_norm"


@pytest.fixture(scope="module")
def found() -> League:
    return compute(Toy(), Options(world="toys", count=6, methods=FAST))


def test_who_wins_on_the_toys_is_known_beforehand(found):
    area = {
        (name, group): found.values[0, 1, row, at]
        for row, name in enumerate(found.names)
        for at, group in enumerate(found.groups)
    }
    for group in ("adds_up", "either", "both"):
        assert area["integrated_gradients", group] == 1.0
        assert area["gradient_norm", group] == 0.5  # the same gradient at every place
    # either is enough: no gradient, and nothing changes without one of them
    assert area["gradient_times_input", "either"] == area["leave_one_out", "either"] == 0.5
    assert area["gradient_times_input", "both"] == area["leave_one_out", "adds_up"] == 1.0
    beaten = dict(zip(found.names, found.beats()[:, 0], strict=True))
    assert beaten == {
        "leave_one_out": True, "integrated_gradients": True, "gradient_times_input": True, "gradient_norm": False,
        "random": False,
    }  # fmt: skip
    assert "Integrated gradients. Its largest score" in found.in_words()
    assert "No better than chance here: Gradient norm." in found.in_words()


def test_random_scores_come_out_as_chance(found):
    assert found.names[-1] == "random"
    assert (found.low[0, 1, -1, 0] <= 0.5) and (found.high[0, 1, -1, 0] >= 0.5)
    assert found.check.passed
    np.testing.assert_allclose(found.chance[0], 2 / 8)  # two causes among eight words
    assert (found.low <= found.values + 1e-12).all() and (found.values <= found.high + 1e-12).all()


def test_a_bundled_model_on_storyland():
    result = study(models.load("story-gpt"), "saliency_league", count=3, methods="gradient_norm")
    assert result.world == "storyland" and result.groups[0] == "all"
    assert result.n[0] == result.n[1:].sum() and result.n[1:].max() <= 3
    assert "of the grammar's probability" in result.notes[0]
    assert result.beats()[0, 0]
    frame = result.to_frame()
    assert len(frame) == 2 * len(result.groups) * 2
    assert frame[frame.method == "Gradient norm"]["auc"].between(0, 1).all()


def test_what_is_kept_is_read_again(found, tmp_path):
    file = tmp_path / "league.json"
    kept.keep(found, file)
    kept.keep(found, file)
    entries = kept.read(file)
    assert list(entries) == [("toys", "toys", "log-prob")]
    again = League.of_kept(entries["toys", "toys", "log-prob"])
    np.testing.assert_allclose(again.values, found.values, atol=1e-4)
    assert (again.in_words(), again.n.tolist()) == (found.in_words(), found.n.tolist())
    assert json.loads(file.read_text())["leagues"][0]["seed"] == found.seed


def test_the_bundled_leagues_are_whole():
    entries = kept.read()
    assert {("story-lstm", "storyland", "log-prob"), ("toys", "toys", "log-prob")} <= set(entries)
    for entry in entries.values():
        one = League.of_kept(entry)
        assert one.names[-1] == "random" and one.check.passed, one.check.in_words()
        assert (one.n >= 1).all() and one.made
        assert not one.beats()[:, one.texts < 5].any()


def test_the_command_says_what_the_study_says(found, capsys):
    asked = ["league", "--model", "toys", "--count", "6", "--methods", FAST, "--json"]
    assert main(asked) == 0
    read = json.loads(capsys.readouterr().out)
    assert read["values"] == json.loads(json.dumps(np.round(found.values, 4).tolist()))
    assert main(asked[:-1]) == 0
    out = capsys.readouterr().out
    assert found.in_words() in out and "Random scores" in out


def test_models_without_a_truth_and_wrong_options_are_refused(capsys):
    with pytest.raises(Refusal, match="Nobody knows the true causes of what toy says: choose story-lstm"):
        compute(Toy(), Options())
    for wrong in ({"count": 1}, {"measure": "luck"}, {"world": "mars"}, {"steps": 3}):
        with pytest.raises(UnknownMethod):
            study(Toy(), "saliency_league", **wrong)
    assert main(["league", "--model", "sst-average"]) == 2
    assert "--data" in capsys.readouterr().err
    assert main(["league", "--model", "toys", "--keep", "--methods", "gradient_norm"]) == 2
    assert "leave out --methods" in capsys.readouterr().err
