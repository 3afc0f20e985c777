"""The lab's tables: what was measured on SST-2, beside what Jain and Wallace report for their models."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import frame
from dashboard.interface import says
from interpret.sentences import percent

TABLE = Path(__file__).parents[2] / "assets" / "studies" / "attention_sst.json"
ANEW = says("lab-table.trained-anew")
PAIRS = {  # as the file of the study names them
    "attention and gradients": says("lab-table.attention-and-gradients"),
    "attention and leaving out": says("lab-table.attention-and-leaving-out"),
    "gradients and leaving out": says("lab-table.gradients-and-leaving-out"),
}
FEW = 5  # sentences of a class and bin below which nothing is said
UNREAD = says("lab-table.not-among-the-files-read")
# Jain and Wallace's results on SST, from the files in their repository; negative / positive.
THEIRS = {
    "sst-attention": {
        "name": "BiLSTM",
        "tau": {
            "attention and gradients": "0.34 (0.48) / 0.36 (0.49)",
            "attention and leaving out": "0.27 (0.33) / 0.32 (0.40)",
            "gradients and leaving out": says("lab-table.0-66-0-91-over"),
        },
        "shuffled": {0.0: "0.027 / 0.032", 0.25: "0.047 / 0.035", 0.5: "0.079 / 0.062", 0.75: "0.107 / none"},
        "jsd": "0.50 / 0.50",
    },
    "sst-average": {
        "name": "average",
        "tau": {
            "attention and gradients": "0.61 (0.87) / 0.60 (0.83)",
            "attention and leaving out": "0.61 (0.87) / 0.64 (0.89)",
            "gradients and leaving out": UNREAD,
        },
        "shuffled": {0.0: "0.215 / 0.111", 0.25: "0.225 / 0.120", 0.5: UNREAD, 0.75: UNREAD},
        "jsd": UNREAD,
    },
}
GUIDED = {
    "even": says("lab-table.even-weights"),
    "its own": says("lab-table.weights-of-its-own"),
    "LSTM": says("lab-table.the-lstms-weights"),
    "adversary": says("lab-table.the-adversarys-weights"),
}


@cache
def _tables() -> dict[str, Any]:
    return json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.is_file() else {}


def show() -> None:
    """Both papers' experiments on SST-2, and how often erasing weights changed the answer."""
    known = _tables()
    models = [name for name in THEIRS if name in known]
    if not models:
        return
    frame.section(says("lab-table.our-numbers-beside-the-authors"))
    anew = known.get(ANEW)
    frame.said(in_words({name: known[name] for name in models}, anew))
    with st.container(key="lab-table-scroll"):
        _written(("", "here", says("lab-table.here-trained-anew"), says("lab-table.jain-and-wallace")),
                 [row for name in models for row in explained(name, known[name], anew)])  # fmt: skip
    first = known[models[0]]
    again = (
        says(
            "lab-table.trained-anew-from-the-smallest",
            seeds=len(anew["seeds"]),
            texts=anew["models"][models[0]][0]["texts"],
        )
        if anew
        else ""
    )
    st.caption(
        says(
            "lab-table.predicted-negative-positive",
            texts=first["texts"],
            date=first["date"],
            few=FEW,
            again=again,
        )
    )
    if anew:
        _second_half(anew)
    frame.section(says("lab-table.how-often-does-erasing-weights"))
    with st.container(key="lab-erasure-scroll"):
        _written(("", *models), erased([known[name] for name in models]))
    st.caption(says("lab-table.a-weight-is-set"))
    st.caption(
        says("lab-table.again")
        + (anew or {"command": "python -m interpret study attention --data DIR --keep"})["command"]
    )


def in_words(models: dict[str, dict[str, Any]], anew: dict[str, Any] | None) -> str:
    """What the tables come to: the order of the two encoders, the adversary, even weights and the trained one."""
    said = []
    if len(models) == 2:
        lstm, average = (models[name]["tau"]["attention and gradients"]["all"]["mean"] for name in THEIRS)
        order = (
            says("lab-table.as-in-the-paper")
            if lstm < average
            else says("lab-table.the-other-way-round-than")
        )
        said.append(says("lab-table.attention-and-gradients-agree", lstm=lstm, average=average, order=order))
    far = next(iter(models.values()))["adversary"]["all"]["median"]
    said.append(says("lab-table.another-map-with-almost", far=far))
    if anew:
        own, even = (_mean(anew[kind]["f1"]) for kind in ("own", "even"))
        said.append(
            says("lab-table.with-even-weights-in-training", even=even, own=own)
            + (
                says("lab-table.these-sentences-hardly-need")
                if own - even < 0.02
                else says("lab-table.attention-is-of-use-here")
            )
        )
    return "; ".join(said) + "."


def explained(name: str, one: dict[str, Any], anew: dict[str, Any] | None) -> list[tuple[str, ...]]:
    """Rows of one model: taus, shuffles by the largest weight, and the adversary."""
    theirs, again = THEIRS[name], anew["models"][name] if anew else []
    rows = [
        (
            says("lab-table.tau-of", name=name, pair=shown),
            _tau(one["tau"][pair]),
            _over([row["tau"][pair] for row in again], "mean"),
            f"{theirs['name']}: {theirs['tau'][pair]}",
        )
        for pair, shown in PAIRS.items()
    ]
    for low, their in theirs["shuffled"].items():
        what = says("lab-table.median-change-when-shuffled", name=name, low=low, high=low + 0.25)
        seeds = [_shuffled(row["shuffled"], low) for row in again]
        rows.append((what, _shuffled(one["shuffled"], low), _both(seeds), f"{theirs['name']}: {their}"))
    far = one["adversary"]
    ours = " / ".join(f"{far[kind]['median']:.2f}" for kind in far if kind != "all")
    again_far = _over([row["adversary"] for row in again], "median")
    what = says("lab-table.median-divergence-of-an", name=name)
    return [*rows, (what, ours, again_far, f"{theirs['name']}: {theirs['jsd']}")]


def erased(models: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Rows of decision flips: one weight alone, and how much has to go in each order."""
    rows = [
        (
            says("lab-table.one-weight-flips-the-answer", case=case),
            *(percent(one["single"][case]) for one in models),
        )
        for case in models[0]["single"]
    ]
    for order in models[0]["erasure"]:
        cells = []
        for one in models:
            found = one["erasure"][order]
            median = found["median_where_it_flips"]
            share = says("lab-table.none") if median is None else percent(median)
            cells.append(says("lab-table.never", share=share, never=percent(found["never"])))
        rows.append((says("lab-table.share-to-erase", order=order), *cells))
    return rows


def _second_half(anew: dict[str, Any]) -> None:
    frame.section(says("lab-table.and-what-do-whole-models"))
    with st.container(key="lab-anew-scroll"):
        _written(
            ("", "accuracy", "F1", says("lab-table.maps-apart-nats"), says("lab-table.answers-apart")),
            trained(anew),
        )
    st.caption(
        says(
            "lab-table.wiegreffe-and-pinter-2019",
            test=anew["test"],
            seeds=len(anew["seeds"]),
            epochs=anew["epochs"],
            date=anew["date"],
            first=anew["seeds"][0],
            guide=anew["guide"],
        )
    )
    st.markdown(reading(anew))


def trained(anew: dict[str, Any]) -> list[tuple[str, ...]]:
    """Rows of the models that were trained anew."""

    def quality(one: dict[str, Any]) -> tuple[str, str]:
        return _spread(one["accuracy"]), _spread(one["f1"])

    def distance(one: dict[str, Any]) -> tuple[str, str]:
        return f"{one['jsd_median']:.2f}", f"{one['moved']:.3f}"

    blank = ("", "")
    return [
        (says("lab-table.lstm-with-its-own-weights"), *quality(anew["own"]), *distance(anew["seeds_apart"])),
        (says("lab-table.lstm-with-even-weights"), *quality(anew["even"]), *blank),
        *(
            (says("lab-table.lstm-as-adversary", lambda_=one["lambda"]), *quality(one), *distance(one))
            for one in anew["adversaries"]
        ),
        *(
            (says("lab-table.no-context", guided=GUIDED[name]), *quality(one), *blank)
            for name, one in anew["guided"].items()
        ),
    ]


def reading(anew: dict[str, Any]) -> str:
    """What the second table says for either side."""
    seeds, usual = anew["seeds_apart"]["jsd_median"], anew["seeds_apart"]["moved"]
    near = [one for one in anew["adversaries"] if one["moved"] <= usual] or anew["adversaries"]
    far = max(near, key=lambda one: one["jsd_median"])
    lstm, even = (_mean(anew["guided"][kind]["f1"]) for kind in ("LSTM", "even"))
    further = round(far["jsd_median"], 2) > round(seeds, 2)
    more = says("lab-table.further-apart-than") if further else says("lab-table.no-further-apart-than")
    open_end = "" if further else says("lab-table.epochs-are-too-few", epochs=anew["epochs"])
    scores = {kind: anew["guided"][kind]["f1"] for kind in ("LSTM", "even")}
    if min(scores["LSTM"]) > max(scores["even"]):
        carries = says("lab-table.more-in-every-seed-so")
    elif lstm > even:
        carries = says("lab-table.too-near-to-tell")
    else:
        carries = says("lab-table.so-its-weights-do-not")
    return says(
        "lab-table.of-the-adversaries-whose",
        usual=usual,
        lambda_=far["lambda"],
        jsd_median=far["jsd_median"],
        more=more,
        seeds=seeds,
        moved=far["moved"],
        open_end=open_end,
        lstm=lstm,
        even=even,
        carries=carries,
    )


def _written(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    st.table({name: [row[at] for row in rows] for at, name in enumerate(head)}, hide_index=True)


def _tau(by_class: dict[str, Any]) -> str:
    return " / ".join(
        f"{one['mean']:.2f} ({one['significant']:.2f})" for kind, one in by_class.items() if kind != "all"
    )


def _shuffled(rows: Sequence[dict[str, Any]], low: float) -> str:
    classes = list(dict.fromkeys(row["class"] for row in rows))
    mine = [row for row in rows if row["largest_from"] == low and row["texts"] >= FEW]
    found = {row["class"]: row["quartiles"][1] for row in mine}
    return " / ".join(f"{found[kind]:.3f}" if kind in found else says("lab-table.few") for kind in classes)


def _over(by_class: Sequence[dict[str, Any]], number: str) -> str:
    """The smallest to the largest of the seeds' numbers, class by class."""
    return _both(
        [" / ".join(f"{one[kind][number]:.2f}" for kind in one if kind != "all") for one in by_class]
    )


def _both(said: Sequence[str]) -> str:
    """Numbers said as "a / b" by several seeds: from the smallest to the largest of each."""
    if not said:
        return ""
    columns = zip(*(one.split(" / ") for one in said), strict=False)
    return " / ".join(_between([cell for cell in column if cell != "few"]) for column in columns)


def _between(cells: Sequence[str]) -> str:
    ordered = sorted(cells, key=float)
    if not ordered:
        return "few"
    return ordered[0] if ordered[0] == ordered[-1] else f"{ordered[0]} to {ordered[-1]}"


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def _spread(numbers: Sequence[float]) -> str:
    mean = _mean(numbers)
    if len(numbers) == 1:
        return f"{mean:.3f}"
    return f"{mean:.3f}\u00a0±\u00a0{(sum((n - mean) ** 2 for n in numbers) / (len(numbers) - 1)) ** 0.5:.3f}"
