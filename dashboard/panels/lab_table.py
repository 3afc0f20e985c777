"""The lab's tables: what was measured on SST-2, beside what Jain and Wallace report for their models."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import frame
from interpret.sentences import percent

TABLE = Path(__file__).parents[2] / "assets" / "studies" / "attention_sst.json"
ANEW = "trained anew"
PAIRS = ("attention and gradients", "attention and leaving out", "gradients and leaving out")
FEW = 5  # sentences of a class and bin below which nothing is said
UNREAD = "not among the files read"
# Jain and Wallace's results on SST, from the files in their repository; negative / positive.
THEIRS = {
    "sst-attention": {
        "name": "BiLSTM",
        "tau": dict(zip(PAIRS, ("0.34 (0.48) / 0.36 (0.49)", "0.27 (0.33) / 0.32 (0.40)", "0.66 (0.91) over both"),
                        strict=True)),
        "shuffled": {0.0: "0.027 / 0.032", 0.25: "0.047 / 0.035", 0.5: "0.079 / 0.062", 0.75: "0.107 / none"},
        "jsd": "0.50 / 0.50",
    },
    "sst-average": {
        "name": "average",
        "tau": dict(zip(PAIRS, ("0.61 (0.87) / 0.60 (0.83)", "0.61 (0.87) / 0.64 (0.89)", UNREAD), strict=True)),
        "shuffled": {0.0: "0.215 / 0.111", 0.25: "0.225 / 0.120", 0.5: UNREAD, 0.75: UNREAD},
        "jsd": UNREAD,
    },
}  # fmt: skip
GUIDED = {"even": "even weights", "its own": "weights of its own", "LSTM": "the LSTM's weights",
          "adversary": "the adversary's weights"}  # fmt: skip


@cache
def _tables() -> dict[str, Any]:
    return json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.is_file() else {}


def show() -> None:
    """Both papers' experiments on SST-2, and how often erasing weights changed the answer."""
    known = _tables()
    models = [name for name in THEIRS if name in known]
    if not models:
        return
    frame.section("Our numbers beside the authors'")
    anew = known.get(ANEW)
    frame.said(in_words({name: known[name] for name in models}, anew))
    with st.container(key="lab-table-scroll"):
        _written(("", "here", "here, trained anew", "Jain and Wallace"),
                 [row for name in models for row in explained(name, known[name], anew)])  # fmt: skip
    first = known[models[0]]
    again = (
        f"Trained anew: from the smallest to the largest of {len(anew['seeds'])} seeds, on "
        f"{anew['models'][models[0]][0]['texts']} of these sentences. " if anew else ""
    )  # fmt: skip
    st.caption(
        "Predicted negative / positive; tau is Kendall's, in brackets the share of sentences with p < 0.05. "
        f"Here: the bundled models on {first['texts']:,} sentences of SST-2's test part, measured "
        f"{first['date']}; “few” stands for fewer than {FEW} sentences. {again}Theirs: from the files of "
        "their repository. Differences: they cut text into words "
        "and begin with fastText's vectors; ours cut it into pieces and begin with reviews-gpt's. The bundled "
        "models also learned from the phrases of the training trees, those trained anew from sentences alone."
    )
    if anew:
        _second_half(anew)
    frame.section("How often does erasing weights change the answer?")
    with st.container(key="lab-erasure-scroll"):
        _written(("", *models), erased([known[name] for name in models]))
    st.caption(
        "A weight is set to 0 and the others are made to sum to 1 again (Serrano and Smith 2019). Their own data "
        "are other ones. Erasing attention is not erasing the word: its neighbours' states still contain it."
    )
    st.caption(
        "Again: " + (anew or {"command": "python -m interpret study attention --data DIR --keep"})["command"]
    )


def in_words(models: dict[str, dict[str, Any]], anew: dict[str, Any] | None) -> str:
    """What the tables come to: the order of the two encoders, the adversary, even weights and the trained one."""
    said = []
    if len(models) == 2:
        lstm, average = (models[name]["tau"][PAIRS[0]]["all"]["mean"] for name in THEIRS)
        order = "as in the paper" if lstm < average else "the other way round than in the paper"
        said.append(
            f"Attention and gradients agree with tau {lstm:.2f} in the LSTM and {average:.2f} without context, {order}"
        )
    far = next(iter(models.values()))["adversary"]["all"]["median"]
    said.append(f"another map with almost the same answer lies {far:.2f} of at most 0.69 nats away (median)")
    if anew:
        own, even = (_mean(anew[kind]["f1"]) for kind in ("own", "even"))
        said.append(
            f"with even weights, in training too, F1 is {even:.3f} instead of {own:.3f}, so "
            + ("these sentences hardly need attention" if own - even < 0.02 else "attention is of use here")
        )
    return "; ".join(said) + "."


def explained(name: str, one: dict[str, Any], anew: dict[str, Any] | None) -> list[tuple[str, ...]]:
    """Rows of one model: taus, shuffles by the largest weight, and the adversary."""
    theirs, again = THEIRS[name], anew["models"][name] if anew else []
    rows = [
        (f"{name}: tau, {pair}", _tau(one["tau"][pair]), _over([row["tau"][pair] for row in again], "mean"),
         f"{theirs['name']}: {theirs['tau'][pair]}")
        for pair in PAIRS
    ]  # fmt: skip
    for low, their in theirs["shuffled"].items():
        what = f"{name}: median change when shuffled, largest weight {low:g} to {low + 0.25:g}"
        seeds = [_shuffled(row["shuffled"], low) for row in again]
        rows.append(
            (what, _shuffled(one["shuffled"], low), _both(seeds), f"{theirs['name']}: {their}")
        )  # fmt: skip
    far = one["adversary"]
    ours = " / ".join(f"{far[kind]['median']:.2f}" for kind in far if kind != "all")
    again_far = _over([row["adversary"] for row in again], "median")
    rows.append(
        (
            f"{name}: median divergence of an adversary, nats",
            ours,
            again_far,
            f"{theirs['name']}: {theirs['jsd']}",
        )
    )
    return rows


def erased(models: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Rows of decision flips: one weight alone, and how much has to go in each order."""
    rows = [
        (f"one weight flips the answer: {case}", *(percent(one["single"][case]) for one in models))
        for case in models[0]["single"]
    ]
    for order in models[0]["erasure"]:
        cells = []
        for one in models:
            found = one["erasure"][order]
            share = found["median_where_it_flips"]
            cells.append(f"{'none' if share is None else percent(share)} (never: {percent(found['never'])})")
        rows.append((f"share to erase, by {order}", *cells))
    return rows


def _second_half(anew: dict[str, Any]) -> None:
    frame.section("And what do whole models say that were trained for it?")
    with st.container(key="lab-anew-scroll"):
        _written(("", "accuracy", "F1", "maps apart, nats", "answers apart"), trained(anew))
    st.caption(
        f"Wiegreffe and Pinter 2019, on {anew['test']:,} test sentences of SST-2: {len(anew['seeds'])} seeds of each "
        f"kind but the adversaries, {anew['epochs']} epochs each (they train adversaries for 80), measured "
        f"{anew['date']}; ± is the deviation over seeds. Apart: from the LSTM of seed {anew['seeds'][0]}; of maps the "
        "median Jensen-Shannon divergence over sentences (at most 0.69), of answers the mean total variation (theirs "
        "is half of it). The guiding adversary is that of λ "
        f"{anew['guide']:g}. "
        "Their own figures stand in no file of their repository and are not repeated here unread."
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
        ("LSTM with its own weights, other seeds", *quality(anew["own"]), *distance(anew["seeds_apart"])),
        ("LSTM with even weights", *quality(anew["even"]), *blank),
        *(
            (f"LSTM as adversary, λ {one['lambda']:g}", *quality(one), *distance(one))
            for one in anew["adversaries"]
        ),
        *((f"no context, {GUIDED[name]}", *quality(one), *blank) for name, one in anew["guided"].items()),
    ]


def reading(anew: dict[str, Any]) -> str:
    """What the second table says for either side."""
    seeds, usual = anew["seeds_apart"]["jsd_median"], anew["seeds_apart"]["moved"]
    near = [one for one in anew["adversaries"] if one["moved"] <= usual] or anew["adversaries"]
    far = max(near, key=lambda one: one["jsd_median"])
    lstm, even = (_mean(anew["guided"][kind]["f1"]) for kind in ("LSTM", "even"))
    further = round(far["jsd_median"], 2) > round(seeds, 2)
    more = "further apart than" if further else "no further apart than"
    open_end = (
        "" if further else f" {anew['epochs']} epochs are too few to settle that: theirs trained for 80."
    )
    scores = {kind: anew["guided"][kind]["f1"] for kind in ("LSTM", "even")}
    if min(scores["LSTM"]) > max(scores["even"]):
        carries = "more in every seed, so its weights carry something over to a model that cannot look around"
    elif lstm > even:
        carries = "too near to tell"
    else:
        carries = "so its weights do not carry over here, otherwise than the authors found"
    return (
        f"Of the adversaries whose answers stay as near as another seed's ({usual:.3f}), the furthest (λ "
        f"{far['lambda']:g}) has maps {far['jsd_median']:.2f} nats from the first model's, {more} those of a mere "
        f"other seed ({seeds:.2f}); its answers move by {far['moved']:.3f}.{open_end} A model without context "
        f"reaches F1 {lstm:.3f} with the LSTM's weights and {even:.3f} with even ones, {carries}."
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
    return " / ".join(f"{found[kind]:.3f}" if kind in found else "few" for kind in classes)


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
