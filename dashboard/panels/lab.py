"""Parts of the lab: one sentence under experiment, many sentences, and the table beside the authors'."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import answers, cached, choices, figures, frame, shelf

TABLE = Path(__file__).parents[2] / "assets" / "studies" / "attention_sst.json"
WAYS = {
    "twin": "find an exact twin",
    "adversary": "find a very different map, almost the same answer",
    "shuffled": "shuffle the weights",
}
# Jain and Wallace's results on SST, from the files in their repository (mean, share with p < .05).
THEIRS = {
    "sst-attention": {"name": "BiLSTM", "attention and gradients": "0.34 (0.48) / 0.36 (0.49)",
                      "attention and leaving out": "0.27 (0.33) / 0.32 (0.40)",
                      "gradients and leaving out": "0.66 (0.91) over both", "jsd": "0.50 / 0.50"},
    "sst-average": {"name": "average", "attention and gradients": "0.61 (0.87) / 0.60 (0.83)",
                    "attention and leaving out": "0.61 (0.87) / 0.64 (0.89)",
                    "gradients and leaving out": "not among the files read", "jsd": "not among the files read"},
}  # fmt: skip


def fits() -> bool:
    """Whether experiments can be made with the model; else the page says which to choose."""
    if cached.method_titles("three-maps", choices.model()):
        return True
    kinds = ("three-maps", "head-taus")
    others = [n for n in shelf.titles() if any(cached.method_titles(kind, n) for kind in kinds)]
    frame.notice(
        f"{shelf.card(choices.model()).name} has no attention that one answer is read from.",
        f"Choose one of {', '.join(others)}.",
    )
    return False


def another() -> Any:
    """Another map in the place of the model's own."""
    frame.section("Would another map give the same answer?")
    way = choices.pick("way", "Experiment", WAYS)
    found = answers.part("attention_swapped", way=way)
    if found is not None:
        frame.said(found.in_words())
        st.plotly_chart(
            figures.draw(found), key=f"swapped-{way}", config=figures.CONFIG, alt=found.in_words()
        )
        frame.check(found)


def sides() -> None:
    """Both sides of the debate, at the same size."""
    frame.pair(
        "Attention is not explanation",
        "Attention often ranks words otherwise than gradients or leaving words out do; shuffling it, or "
        "putting a "
        "very different map in its place, often leaves the answer as it was. A map that could as well be "
        "another one "
        "does not say why (Jain and Wallace 2019; Serrano and Smith 2019).",
        "Attention is not not explanation",
        [
            "The other map was made for one sentence, with the rest of the model frozen: no model was "
            "trained to "
            "use it (Wiegreffe and Pinter 2019).",
            "The answer may stay because all encoded words carry the same, not because attention is idle: "
            "look at "
            "how alike they are, and at the model without context (sst-average).",
            "Neither gradients nor leaving out are the truth; whether attention explains depends on what you "
            "want from an explanation.",
        ],
    )


def many() -> None:
    """The experiments over bundled sentences, when the reader asks."""
    frame.section("And over many sentences?")
    count = choices.number("sentences", "Bundled sentences of reviews", 20, 100, 60)
    found = answers.part("attention_as_explanation", texts=count)
    if found is None:
        return
    frame.said(found.in_words())
    st.plotly_chart(figures.draw(found), key="explaining", config=figures.CONFIG, alt=found.in_words())
    st.code(found.in_words(), language=None, wrap_lines=True)
    rest = (
        f"; in {found.undefined} a tau has no value, because all ranks are alike" if found.undefined else ""
    )
    st.caption(f"{len(found.values)} sentences{rest}. To copy the verdict, point at it.")
    frame.check(found)


@cache
def _table() -> dict[str, Any]:
    return json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.is_file() else {}


def table() -> None:
    """What was measured on SST-2's test sentences, beside what the authors report for their models."""
    known = {name: one for name, one in _table().items() if name in THEIRS}
    if not known:
        return
    frame.section("Our numbers beside the authors'")
    rows = []
    for name, one in known.items():
        theirs = THEIRS[name]
        for pair, by_class in one["tau"].items():
            ours = " / ".join(
                f"{by_class[k]['mean']:.2f} ({by_class[k]['significant']:.2f})"
                for k in by_class
                if k != "all"
            )
            rows.append((f"{name}: tau, {pair}", ours, f"{theirs['name']}: {theirs[pair]}"))
        far = one["adversary"]
        ours = " / ".join(f"{far[k]['median']:.2f}" for k in far if k != "all")
        rows.append(
            (f"{name}: median divergence of an adversary", ours, f"{theirs['name']}: {theirs['jsd']}")
        )
    st.table(
        {
            "": [what for what, *_ in rows],
            "here": [ours for _, ours, _ in rows],
            "Jain and Wallace": [theirs for *_, theirs in rows],
        },
        hide_index=True,
    )
    first = next(iter(known.values()))
    st.caption(
        f"Predicted negative / positive; in brackets the share with p < 0.05. Here: {first['texts']:,} "
        f"sentences of "
        f"SST-2's test part, measured {first['date']}, one trained model each; theirs: SST with fastText "
        f"vectors, "
        "whole words, from the files of their repository. Ours cut words into pieces and learn the vectors "
        "anew. "
        "Again: python -m interpret study attention --model sst-attention --option file=test.tsv --option "
        "texts=2000"
    )
