"""Can I trust this map? Evidence about one word's map, beside the map."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard import answers, cached, choices, figures, frame, shelf
from dashboard.interface import says
from dashboard.panels import compared
from interpret.sentences import named

QUICK = ("leave_one_out", "integrated_gradients", "gradient_times_input", "gradient_norm")
MOST = 6  # methods at a time
SHORT = 20  # words up to which the slow curves are there at once
KINDS = {
    "faithfulness": says("trust.take-its-top-words-away"),
    "agreement": says("trust.compare-the-methods"),
    "scrambling": says("trust.scramble-the-model"),
    "stability": says("trust.change-the-text-a-little"),
    "fidelity": says("trust.does-it-foretell"),
}
GREEDY = says("trust.greedy-each-time-the-word")


@dataclass(frozen=True, kw_only=True)
class Explained:
    """The one number whose map is looked at, as `parse` reads it and in words; the method, its options."""

    method: str
    title: str
    target: str
    name: str
    settings: dict[str, Any]
    words: int


def show(asked: Explained) -> None:
    """One kind of evidence at a time: the sentence, the picture, how to read it, the same in Python."""
    frame.section(says("trust.can-i-trust-this-map", name=named(asked.name)))
    kind = choices.pick("evidence", says("trust.evidence"), KINDS)
    methods, options = _methods(asked, kind), _options(asked, kind)
    settings = {"settings": {asked.method: asked.settings}} if asked.settings else {}
    found = answers.part(kind, target=asked.target, methods=methods, **options, **settings)
    if found is None:
        return
    said = found.sentences()[0]
    frame.said(said)
    if kind == "faithfulness":
        compared.removed(found, said, asked.target)
    elif kind == "agreement":
        beside = [_map(asked, method) for method in methods]
        compared.side_by_side(found, beside, asked.target)
    else:
        st.plotly_chart(
            figures.trust(found), key=choices.key(f"trust-{kind}"), config=figures.CONFIG, alt=said
        )
    frame.check(found)
    frame.how(f"evidence-{kind}", GREEDY if options.get("greedy") else "")
    with st.expander(says("trust.this-evidence-in-python")):
        frame.code(python_lines(asked, kind, methods, options | settings, found.text))


def _methods(asked: Explained, kind: str) -> list[str]:
    """The map's own method, and those it is compared with."""
    if kind not in ("faithfulness", "agreement"):
        return [asked.method]
    titles = cached.method_titles("token-grid", choices.model())
    first = [asked.method, *(one for one in QUICK if one in titles and one != asked.method)][:4]
    chosen = choices.several("methods", says("trust.methods"), titles, first, MOST)
    return [asked.method, *(one for one in chosen if one != asked.method)]


def _options(asked: Explained, kind: str) -> dict[str, Any]:
    """What costs time is computed when the reader asks for it; in a short text at once."""
    if kind != "faithfulness":
        return {}
    quick = asked.words <= SHORT and shelf.task(choices.model()) != "masked"
    with st.container(horizontal=True, gap="medium"):
        back = choices.switch("insertion", says("trust.put-words-back-too"), first=quick)
        greedy = choices.switch("greedy", says("trust.the-greedy-order"), first=quick)
    return {"insertion": back, "greedy": greedy}


def _map(asked: Explained, method: str) -> Any:
    own = asked.settings if method == asked.method else {}
    return answers.ask(method, target=asked.target, **own)


def python_lines(asked: Explained, kind: str, methods: list[str], options: dict[str, Any], text: str) -> str:
    """Lines that come to the same numbers; a test runs them."""
    before, model = shelf.opening(choices.model())
    run = f"record({model}, {text!r})"
    given = "".join(f", {name}={value!r}" for name, value in options.items())
    own = "".join(f", {name}={value!r}" for name, value in asked.settings.items())
    return (
        f"{before}from interpret import explain, record\n"
        "from interpret.target import parse\n"
        "from interpret.trust.evidence import EVIDENCE\n\n"
        f"run = {run}\n"
        f"target = parse(run, {asked.target!r}, {choices.measure()!r})\n"
        f"scores = explain(run, {asked.method!r}, target{own})\n"
        f"found = EVIDENCE[{kind!r}](run, target, {methods!r}{given})\n"
        "print(scores.to_frame())\n"
        'print(*found.sentences(), sep="\\n")'
    )
