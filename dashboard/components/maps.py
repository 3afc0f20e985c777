"""maps: the maps of several methods under each other, word under word, and how alike any two are."""

from collections.abc import Sequence
from typing import Any

from dashboard.components import load
from dashboard.components.strip import Word


def maps(
    words: Sequence[Word],
    rows: Sequence[dict[str, Any]],
    pairs: Sequence[dict[str, Any]],
    *,
    key: str,
    explained: Sequence[int] = (),
    name: str = "maps",
    caption: str = "",
    direction: str = "ltr",
    scale: tuple[str, ...] | None = None,
) -> None:
    """Draw the text once for each method, in its colours. Nothing goes back to Python.

    Args:
        words: The text, (W,).
        rows: For each method `title`, `signed`, and by words: `values` (-1 to 1, as shares of its largest),
            `raw` (scores), `written` (as read), `ranks` (1 = first); None where a word has no score. `words`, if a
            row shows something else in place of the words.
        pairs: For any two `one` and `other` (numbers of rows), `rho`, `kendall`, and the words `disputed`;
            `said` in place of what is said of the two numbers.
        key: The component's key.
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
    load("maps", "frame", "maps_rows")(
        key=key,
        data={
            "words": list(words), "rows": list(rows), "pairs": list(pairs), "first": least,
            "explained": list(explained), "name": name, "caption": caption, "direction": direction,
            "scale": list(scale) if scale else None,
        },
    )  # fmt: skip
