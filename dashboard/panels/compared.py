"""Methods beside each other: their words taken away one by one, and their maps word under word."""

from itertools import combinations
from typing import Any

import numpy as np

from dashboard import choices, figures, frame
from dashboard.components.maps import maps
from dashboard.components.removal import removal
from dashboard.interface import says
from interpret.sentences import rounded
from interpret.wording import words_of


def removed(found: Any, said: str, target: str) -> None:
    """The slider, the curves and the table of `Curves`; `target`: what is explained, as `parse` reads it."""
    words, explained, after = _text(found)
    methods = [
        {
            "name": found.names[m], "title": title, "order": found.orders[m], "deletion": found.values[m],
            "insertion": None if found.insertion is None else found.insertion[m],
            "areas": found.areas[m], "aopc": found.aopc[m], "chance": not bool(found.beats_random[m]),
        }
        for m, title in enumerate(found.titles)
    ]  # fmt: skip
    greedy = None
    if found.greedy is not None:
        greedy = {"order": found.greedy_order, "deletion": found.greedy, "areas": [found.greedy_area]}
    at = removal(
        words, found.numbers.tolist(), methods,
        {
            "deletion": found.random, "areas": found.random_areas, "aopc": found.random_aopc,
            "insertion": None if found.insertion is None else found.random_insertion,
        },
        key=choices.key("removal"), held=choices.held("removed", "removal", choices.model(), choices.text(), target),
        greedy=greedy, explained=explained, after=after, way=found.way,
        name="removal", caption=frame.caption(found, says("compared.words-taken-away")),
        direction=figures.direction(found.text), label=said,
    )  # fmt: skip
    choices.keep(removed=at or None)


def side_by_side(found: Any, beside: list[Any], target: str) -> None:
    """The maps that an `Agreement` is about, those without ranks too; `target` as in `removed`."""
    words, explained, _ = _text(found)
    spans = [word.tokens for word in words_of(found.text, found.spans, found.words)]
    rows, at = [], {}
    titles = dict(zip(found.names, found.titles, strict=True))
    for scores in beside:
        if scores.method not in titles:
            continue
        sums = np.array([scores.values[first:end].sum() for first, end in spans])[found.numbers]
        at[scores.method] = len(rows)
        row = {"title": titles[scores.method], "signed": scores.signed}
        rows.append(row | _row(sums, scores.signed, found.numbers.tolist(), len(words)))
    pairs = [
        {
            "name": f"{found.names[a]}.{found.names[b]}", "one": at[found.names[a]],
            "other": at[found.names[b]], "rho": float(found.values[a, b]),
            "kendall": float(found.kendall[a, b]),
            "disputed": [int(found.numbers[w]) for w in found.disputed[a, b] if found.apart[a, b, w] > 0],
        }
        for a, b in combinations(range(len(found.names)), 2)
    ]  # fmt: skip
    pinned = maps(
        words, rows, pairs, key=choices.key("maps"),
        held=choices.held("pinned", "maps", choices.model(), choices.text(), target), explained=explained, name="maps",
        caption=frame.caption(found, says("compared.maps-of-several-methods")), direction=figures.direction(found.text),
    )  # fmt: skip
    choices.keep(pinned=pinned or None)


def _row(sums: np.ndarray, signed: bool, numbers: list[int], count: int) -> dict[str, list]:
    """One method's scores of the K words as a reader sees them; None for words that cannot matter."""
    most, whole = float(np.abs(sums).max()) or 1.0, float(np.abs(sums).sum()) or 1.0
    order = np.argsort(-(sums if signed else np.abs(sums)), kind="stable")
    ranks = np.empty(len(sums), dtype=int)
    ranks[order] = np.arange(1, len(sums) + 1)
    row: dict[str, list] = {part: [None] * count for part in ("values", "raw", "written", "ranks")}
    for k, word in enumerate(numbers):
        score = float(sums[k])
        row["values"][word] = round(score / most, 5)
        row["raw"][word] = float(f"{score:.7g}")
        row["written"][word] = f"{score:+.2f}".replace("-", "−") if signed else rounded(abs(score) / whole)
        row["ranks"][word] = int(ranks[k])
    return row


def _text(found: Any) -> tuple[list[Any], list[int], str]:
    """The words for the page's script, which of them are explained, and what is explained behind the text."""
    words = words_of(found.text, found.spans, found.words)
    count = len(found.tokens)
    explained = sorted({int(found.words[place]) for place in found.asked.places if place < count})
    behind = any(place >= count for place in found.asked.places)
    if found.asked.task == "causal" and explained:
        words = words[: explained[-1] + 1]  # what comes later cannot matter
    after = found.asked.shown[-1].strip() if behind else ""
    return [word.to_data() for word in words], explained, after
