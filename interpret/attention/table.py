"""A study of explanations as a few numbers: what the authors of 2019 told of theirs, told of ours."""

from typing import Any

import numpy as np

from interpret.results.explaining import BINS, PAIRS, Explaining


def summary(found: Explaining) -> dict[str, Any]:
    """Taus by predicted class, shuffles by the largest weight, adversaries, twins and erasure, rounded."""
    return {
        "model": found.model, "model_sha256": found.model_sha256, "texts": len(found.values),
        "where": found.where, "options": found.options, "undefined": found.undefined,
        "tau": {
            pair: {
                **{name: _tau(found, at, k) for k, name in enumerate(found.classes)}, "all": _tau(found, at, None),
            }
            for at, pair in enumerate(PAIRS)
        },
        "shuffled": _shuffled(found),
        "adversary": {name: _far(found.distance[found.predicted == k]) for k, name in enumerate(found.classes)}
        | {"all": _far(found.distance)},
        "twin": {"exists": _share(found.twins > 0), "median_tvd": _round(np.median(found.twins))},
        "erasure": {
            order: {
                "never": _share(found.flips[:, at] < 0),
                "median_where_it_flips": _median(found.flips[found.flips[:, at] >= 0, at]),
            }
            for at, order in enumerate(found.orders)
        },
        "single": {
            f"largest {'yes' if top else 'no'}, other {'yes' if other else 'no'}":
                _share((found.single[:, 2] == top) & (found.single[:, 3] == other))
            for top in (1, 0) for other in (1, 0)
        },
        "verdict": found.in_words(),
    }  # fmt: skip


def _tau(found: Explaining, pair: int, only: int | None) -> dict[str, float]:
    mean, deviation, share = found.mean(pair, only)
    return {"mean": _round(mean), "deviation": _round(deviation), "significant": _round(share)}


def _shuffled(found: Explaining) -> list[dict[str, Any]]:
    rows = []
    for k, name in enumerate(found.classes):
        for low, high in BINS:
            mine = found.shuffled[(found.predicted == k) & (found.largest >= low) & (found.largest < high)]
            if len(mine):
                quartiles = [_round(q) for q in np.quantile(mine, [0.25, 0.5, 0.75])]
                rows.append({"class": name, "largest_from": low, "texts": len(mine), "quartiles": quartiles})
    return rows


def _far(distances: np.ndarray) -> dict[str, float]:
    return {
        "mean": _round(distances.mean()) if len(distances) else 0.0, "median": _median(distances) or 0.0,
        "above_0.525": _share(distances >= 0.525), "above_0.595": _share(distances >= 0.595),
    }  # fmt: skip


def _median(values: np.ndarray) -> float | None:
    return _round(np.median(values)) if len(values) else None


def _share(which: np.ndarray) -> float:
    return _round(which.mean()) if len(which) else 0.0


def _round(number: Any) -> float:
    return round(float(number), 4)
