"""Two models on one text: the surprise of each word for both, word under word, and where they differ."""

import numpy as np

from dashboard import answers, choices, figures, frame, shelf, worlds
from dashboard.anatomy_parts import scrolling
from dashboard.components.maps import maps
from dashboard.interface import says
from interpret.results.overlaid import Overlaid, overlaid
from interpret.sentences import visible

COUNTING = "wiki-ngram"  # beside a network the one that only counts says most
WORST, APART, BEFORE = 10, 5, 4  # words in the table; underlined; words before each
ORDERS = {"hard": says("overlaid.hardest-for-both"), "apart": says("overlaid.most-different")}


def beside(text: str) -> None:
    """The text as two models see it; said in a sentence where it cannot be."""
    name = choices.model()
    frame.section(says("overlaid.which-of-its-words-surprise"))
    known = _others(name)
    if not known:
        frame.notice(
            says("overlaid.no-other-model-reads", name=name), says("overlaid.so-there-is-nothing"), "status"
        )
        return
    other = choices.among(
        "beside", says("overlaid.beside-it"), known, COUNTING if COUNTING in known else None
    )
    one, two = (answers.of_text(text, model, "next_words") for model in (name, other))
    if one is None or two is None:
        return
    found = overlaid(one, two)
    if not found.predicted.any():
        frame.notice(says("overlaid.no-word-of-this-text"), says("overlaid.choose-a-longer-text"), "status")
        return
    frame.said(found.in_words())
    if odd := worlds.strangers(name, text):
        frame.notice(
            says("overlaid.words-that-does-not-know", name=name, odd=", ".join(odd[:6])),
            says("overlaid.their-surprise-says-little"),
            "status",
        )
    _maps(found)
    order = choices.pick("ranked", says("overlaid.words"), ORDERS)
    _table(found, found.hardest(WORST) if order == "hard" else found.apart(WORST))


def _others(name: str) -> dict[str, str]:
    """The models that read the same texts and say how likely each word is."""
    return {
        one: title for one, title in choices.titles().items()
        if one != name and shelf.task(one) != "classify" and worlds.world(one) == worlds.world(name)
    }  # fmt: skip


def _maps(found: Overlaid) -> None:
    most = float(found.bits[:, found.predicted].max()) or 1.0
    words = [{"t": shown, "s": 1, "n": 0} for shown in found.shown]
    rows = [
        {
            "title": model, "signed": False,
            "values": [float(bits) / most if known else None for bits, known in zip(row, found.predicted, strict=True)],
            "raw": [float(bits) if known else None for bits, known in zip(row, found.predicted, strict=True)],
            "written": [f"{bits:.1f} bits" if k else None for bits, k in zip(row, found.predicted, strict=True)],
            "ranks": _ranks(row, found.predicted),
        }
        for model, row in zip(found.models, found.bits, strict=True)
    ]  # fmt: skip
    pair = {
        "one": 0, "other": 1, "rho": found.rho, "kendall": 0.0, "disputed": found.apart(APART),
        "said": says("overlaid.the-stronger-the-colour"),
    }  # fmt: skip
    held = choices.held("pinned", "overlaid", found.text, *found.models)
    pinned = maps(
        words, rows, [pair], key="overlaid", held=held, name="two-models", direction=figures.direction(found.text),  # type: ignore[arg-type]
        caption=says("overlaid.surprise-of-each-word", models=' and '.join(found.models)),
        scale=(f"{most:.0f} bits", says("overlaid.both-on-one-scale-beside")),
    )  # fmt: skip
    choices.keep(pinned=pinned or None)


def _ranks(row: np.ndarray, known: np.ndarray) -> list[int | None]:
    """Each word's place by surprise, 1 for the largest; None where it is not predicted."""
    order = [int(at) for at in np.argsort(-row, kind="stable") if known[at]]
    places = {at: place for place, at in enumerate(order, start=1)}
    return [places.get(at) for at in range(len(row))]


def _table(found: Overlaid, rows: list[int]) -> None:
    """Single words: what stands before them, both surprises, and what either model would rather have written."""
    one, other = found.models
    body = []
    for row in rows:
        before = " ".join(found.text[: found.spans[row, 0]].split()[-BEFORE:])
        told = found.told(row)
        body.append([
            f"{'… ' if before else ''}{visible(before)} ", visible(found.shown[row]), f"{found.bits[0, row]:.1f}",
            f"{found.bits[1, row]:.1f}", f"{found.lead[row]:+.1f}".replace("-", "−"), *told,
        ])  # fmt: skip
    heads = [
        says("overlaid.behind"),
        says("differences.word"),
        says("overlaid.bits", name=one),
        says("overlaid.bits", name=other),
        says("differences.difference", unit=""),
        says("overlaid.would-rather-have", one=one),
        says("overlaid.would-rather-have-2", other=other),
    ]
    scrolling("beside", heads, body, says("overlaid.single-words-as-both-models"))
