"""factors: which units work together, and where in the text each group is active?"""

from collections.abc import Mapping, Sequence

from dashboard.components import load
from dashboard.components.strip import SHARED, Word, numbers
from dashboard.interface import says


def factors(
    words: Sequence[Word],
    values: Sequence[Sequence[float]],
    *,
    names: Sequence[str],
    units: Sequence[Sequence[str]],
    stability: Sequence[float],
    share: Sequence[float],
    written: int,
    key: str,
    held: Mapping[str, str],
    caption: str = "",
    direction: str = "ltr",
    group: str | None = None,
    selected: int | None = None,
) -> str:
    """Draw text and factors; return the number of the factor that is held, from 1, or "".

    Args:
        words: The tokens; the last `written` of them were added by the model.
        values: Each factor along the tokens, 0 to 1.
        names: What each factor is strongest on.
        units: Each factor's strongest units.
        stability: How alike each comes out from other random starts, 0 to 1.
        share: Each factor's share of what all explain.
        written: How many tokens at the end the model wrote itself.
        key: The component's key.
        held: Which factor was held before, see `choices.held`.
        caption: Line under exported pictures.
        direction: "ltr" or "rtl".
        group: Views of one group mark the word another one points at.
        selected: The token pinned at first, for a deep link.
    """
    for row in values:
        if len(row) != len(words):
            raise ValueError(f"a factor has {len(row)} entries for {len(words)} words")
    given = len(words) - written
    known = [str(k) for k in range(1, len(values) + 1)]
    at = held["at"] if held["at"] in known else ""
    load("factors", *SHARED)(
        key=key,
        data={
            "words": list(words[:given]),
            "after": [
                {**word, "a": says("component-factors.written-by-the-model")} for word in words[given:]
            ],
            "tokens": [word["t"] for word in words],
            "values": [numbers(row) for row in values],
            "names": list(names),
            "units": [list(one) for one in units],
            "stability": numbers(stability),
            "share": numbers(share),
            "written": written,
            "name": "factors",
            "caption": caption,
            "direction": direction,
            "group": group,
            "selected": selected,
            "of": held["of"],
            "locked": known.index(at) if at else None,
            "label": says("component-factors.the-text-coloured-by-factors"),
        },
        default={"selected": selected, "held": None},
        on_selected_change=lambda: None,
        on_held_change=lambda: None,
    )
    return at
