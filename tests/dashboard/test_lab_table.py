"""The lab's tables: what was measured and what was not, seeds said from smallest to largest, no borrowed numbers."""

import json

import pytest

from dashboard.panels import lab_table
from dashboard.panels.lab_table import TABLE, THEIRS, erased, explained, in_words, trained


def quality(*f1: float) -> dict:
    return {"accuracy": list(f1), "f1": list(f1)}


def explaining(tau: float, *, seed: int = 0) -> dict:
    by_class = {
        kind: {"mean": tau, "deviation": 0.1, "significant": 0.5} for kind in ("negative", "positive", "all")
    }
    return {
        "seed": seed, "texts": 150, "date": "2026-01-02", "tau": dict.fromkeys(lab_table.PAIRS, by_class),
        "shuffled": [
            {"class": "negative", "largest_from": 0.0, "texts": 9, "quartiles": [0.01, tau / 10, 0.3]},
            {"class": "positive", "largest_from": 0.0, "texts": 4, "quartiles": [0.01, 0.02, 0.3]},
            {"class": "positive", "largest_from": 0.25, "texts": 9, "quartiles": [0.01, 0.02, 0.3]},
        ],
        "adversary": {kind: {"median": 0.5 + tau / 10} for kind in ("negative", "positive", "all")},
        "erasure": {
            "attention": {"never": 0.75, "median_where_it_flips": 0.25},
            "random": {"never": 1.0, "median_where_it_flips": None},
        },
        "single": {"largest yes, other no": 0.0676},
    }  # fmt: skip


@pytest.fixture
def anew() -> dict:
    apart = {"jsd_median": 0.2, "jsd_mean": 0.2, "moved": 0.1, "by_largest": []}
    return {
        "date": "2026-01-02", "guide": 1e-3,
        "test": 1800, "seeds": [1, 2], "epochs": 2, "command": "python -m interpret study",
        "own": quality(0.80, 0.82), "even": quality(0.79, 0.81), "seeds_apart": apart,
        "guided": {kind: quality(0.7, 0.7) for kind in lab_table.GUIDED},
        "adversaries": [{"lambda": 1e-3, **quality(0.78), **apart, "jsd_median": 0.45, "moved": 0.05}],
        "models": {name: [explaining(0.3, seed=1), explaining(0.4, seed=2)] for name in THEIRS},
    }  # fmt: skip


def test_rows_hold_ours_the_seeds_range_and_theirs(anew):
    rows = {row[0]: row[1:] for row in explained("sst-attention", explaining(0.35), anew)}
    assert rows["sst-attention: tau, attention and gradients"] == (
        "0.35 (0.50) / 0.35 (0.50)", "0.30 to 0.40 / 0.30 to 0.40", "BiLSTM: 0.34 (0.48) / 0.36 (0.49)",
    )  # fmt: skip
    first = rows["sst-attention: median change when shuffled, largest weight 0 to 0.25"]
    assert first == ("0.035 / few", "0.030 to 0.040 / few", "BiLSTM: 0.027 / 0.032")
    assert rows["sst-attention: median divergence of an adversary, nats"][1] == "0.53 to 0.54 / 0.53 to 0.54"
    assert (
        explained("sst-attention", explaining(0.35), None)[0][2] == ""
    )  # nothing trained anew, nothing said


def test_the_sentence_says_order_distance_and_what_even_weights_cost(anew):
    said = in_words({"sst-attention": explaining(0.3), "sst-average": explaining(0.7)}, anew)
    assert "tau 0.30 in the LSTM and 0.70 without context, as in the paper" in said
    assert "0.53 of at most 0.69 nats" in said
    assert "F1 is 0.800 instead of 0.810, so these sentences hardly need attention" in said
    other = in_words({"sst-attention": explaining(0.7), "sst-average": explaining(0.3)}, None)
    assert "the other way round" in other and "even weights" not in other


def test_models_trained_anew_with_deviation_over_seeds_and_no_figure_of_the_authors(anew):
    rows = trained(anew)
    assert rows[0] == (
        "LSTM with its own weights, other seeds",
        "0.810\u00a0±\u00a00.014",
        "0.810\u00a0±\u00a00.014",
        "0.20",
        "0.100",
    )
    assert rows[2] == ("LSTM as adversary, λ 0.001", "0.780", "0.780", "0.45", "0.050")
    assert len(rows) == 3 + len(lab_table.GUIDED)
    said = lab_table.reading(anew)
    assert (
        "(λ 0.001) has maps 0.45 nats from the first model's, further apart than those of a mere other"
        in said
    )
    assert "its weights do not carry over here" in said  # 0.700 against 0.700


def test_erasure_says_what_never_flips():
    rows = erased([explaining(0.3)])
    assert rows[0] == ("one weight flips the answer: largest yes, other no", "6.8\u00a0%")
    assert rows[1] == ("share to erase, by attention", "25\u00a0% (never: 75\u00a0%)")
    assert rows[2] == ("share to erase, by random", "none (never: 100\u00a0%)")


def test_the_kept_file_is_of_the_bundled_weights_and_fills_every_row():
    import models

    known = json.loads(TABLE.read_text(encoding="utf-8"))
    for name in THEIRS:
        assert known[name]["model_sha256"] == models.load(name).card.sha256
        assert all(len(row) == 4 for row in explained(name, known[name], known.get(lab_table.ANEW)))
    if lab_table.ANEW in known:
        assert len(trained(known[lab_table.ANEW])) >= 8
