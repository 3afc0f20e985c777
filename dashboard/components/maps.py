"""maps: the maps of several methods under each other, word under word, and how alike any two are."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.components import load
from dashboard.components.strip import Word


def maps(
    words: Sequence[Word],
    rows: Sequence[dict[str, Any]],
    pairs: Sequence[dict[str, Any]],
    *,
    key: str,
    held: Mapping[str, str],
    explained: Sequence[int] = (),
    name: str = "maps",
    caption: str = "",
    direction: str = "ltr",
    scale: tuple[str, ...] | None = None,
) -> str:
    """Draw the text once for each method, in its colours; return the pinned word and the pair, as `chosen` reads them.

    Args:
        words: The text, (W,).
        rows: For each method `title`, `signed`, and by words: `values` (-1 to 1, as shares of its largest),
            `raw` (scores), `written` (as read), `ranks` (1 = first); None where a word has no score. `words`, if a
            row shows something else in place of the words.
        pairs: For any two `one` and `other` (numbers of rows), `rho`, `kendall`, and the words `disputed`;
            `name`, where there are several; `said` in place of what is said of the two numbers.
        key: The component's key.
        held: What was pinned and compared before, see `choices.held`.
        explained: The words that are explained.
        name: Stem of the names of downloads; no text of the reader.
        caption: Line under exported pictures.
        direction: "ltr" or "rtl".
        scale: What the strongest colour means, what it is measured by and, of two-sided colours, what the other end
            means, if not the usual of methods.
    """
    for row in rows:
        if any(len(row[part]) != len(words) for part in ("values", "raw", "written", "ranks")):
            raise ValueError(f"{row['title']}: {len(words)} words need as many values")
    least = min(range(len(pairs)), key=lambda at: pairs[at]["rho"], default=0)
    names = [str(pair.get("name", "")) for pair in pairs]
    word, pair = chosen(held["at"], [bool(one["t"]) for one in words], names, least)
    load("maps", "frame", "maps_rows")(
        key=key,
        data={
            "words": list(words), "rows": list(rows), "pairs": list(pairs), "first": least,
            "explained": list(explained), "name": name, "caption": caption, "direction": direction,
            "scale": list(scale) if scale else None,
            "held": {"of": held["of"], "word": word, "pair": pair},
        },
        default={"held": None},
        on_held_change=lambda: None,
    )  # fmt: skip
    return ("" if word is None else str(word)) + ("" if pair == least else f"-{names[pair]}")


def chosen(told: str, known: Sequence[bool], names: Sequence[str], least: int) -> tuple[int | None, int]:
    """The pinned word and the number of the pair, of for instance "7-gradient_norm.leave_one_out".

    What is not there is as at first: no word, the pair `least`.

    Args:
        told: The word's number, and the pair's name behind a dash.
        known: Whether each word can be pinned.
        names: The pairs'.
        least: The pair that is compared at first.
    """
    number, _, name = told.partition("-")
    pinned = [str(word) for word, is_known in enumerate(known) if is_known]
    return int(number) if number in pinned else None, names.index(name) if name in names and name else least
