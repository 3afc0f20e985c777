"""marking: a text whose words a reader marks before they see a map; then the two side by side."""

from collections.abc import Sequence
from typing import TypedDict

from dashboard.components import load
from dashboard.components.strip import Word


class Truth(TypedDict):
    """What a guess is compared with: a title, and the words at the top, the largest first."""

    title: str
    top: list[int]


def marking(
    words: Sequence[Word],
    after: Sequence[Word],
    could: Sequence[int],
    *,
    key: str,
    marked: Sequence[int],
    wanted: int,
    asked: int | None = None,
    truths: Sequence[Truth] = (),
    direction: str = "ltr",
) -> None:
    """Draw the words; `choices.marks(key, could)` has those that are marked.

    Args:
        words: The text.
        after: What stands behind it: the model's next word, or classes.
        could: The words that can be marked.
        key: The component's key.
        marked: The words marked at first.
        wanted: How many the reader is asked for; more or fewer are allowed.
        asked: The word that is explained, of `words` or behind them.
        truths: What the marks are compared with; without any the reader still guesses.
        direction: "ltr" or "rtl".
    """
    if not set(could) <= set(range(len(words))):
        raise ValueError("a word can be marked that is not in the text")
    load("marking", "words")(
        key=key,
        data={
            "words": list(words), "after": list(after), "could": list(could), "marked": list(marked),
            "wanted": wanted, "asked": asked, "truths": list(truths), "direction": direction,
        },
        default={"marked": list(marked)},
        on_marked_change=lambda: None,
    )  # fmt: skip
