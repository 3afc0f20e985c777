"""surprise_strip: which words did the model not expect, and what did it expect instead?"""

from collections.abc import Callable, Sequence

from dashboard.components.strip import Edits, Word, draw, numbers, whole_numbers
from dashboard.interface import says


def surprise_strip(
    words: Sequence[Word],
    bits: Sequence[float | None],
    rank: Sequence[int | None],
    band: Sequence[int | None],
    probability: Sequence[float | None],
    expected: Sequence[Sequence[tuple[str, float]] | None],
    *,
    pieces: Sequence[int],
    vocabulary: int,
    key: str,
    selected: int | None = None,
    name: str = "surprise",
    caption: str = "",
    direction: str = "ltr",
    label: str = says("component-surprise-strip.words-and-the-models-surprise"),
    group: str | None = None,
    was: Sequence[float | None] | None = None,
    edits: Edits | None = None,
    on_edit: Callable[[], None] | None = None,
) -> int | None:
    """Draw the strip and return the index of the pinned word, or None.

    Each sequence has one entry per word, None where nothing predicts the word.

    Args:
        words: The text.
        bits: Surprise, -log2 of the probability.
        rank: Place among the model's guesses, from 1.
        band: 0 for the model's 10 likeliest words, 1 to the 100th, 2 to the 1,000th, 3 beyond.
        probability: The model's probability of the word.
        expected: The likeliest words there with their probabilities, the likeliest first.
        pieces: How many pieces the word is cut into; its rank is that of the hardest.
        vocabulary: How many words the model chooses from.
        key: The component's key.
        selected: The word pinned at first, for a deep link.
        name: Stem of the names of downloads; no text of the reader.
        caption: Line under exported pictures.
        direction: "ltr" or "rtl".
        label: Accessible name.
        group: Views of one group mark the word another one points at.
        was: Surprise in bits before the last edit of the text; None for a word that is new.
        edits: What the words can be changed to; without it they cannot be.
        on_edit: Called when a word was changed.
    """
    columns = {"bits": bits, "rank": rank, "band": band, "probability": probability}
    columns |= {"expected": expected, "pieces": pieces}
    columns |= {} if was is None else {"was": was}
    for column, values in columns.items():
        if len(values) != len(words):
            raise ValueError(f"{column} has {len(values)} entries for {len(words)} words")
    amounts = numbers(bits)
    return draw(
        "surprise_strip",
        "surprise",
        key=key,
        data={
            "words": list(words),
            "bits": amounts,
            "rank": whole_numbers(rank),
            "band": whole_numbers(band),
            "probability": numbers(probability),
            "expected": [[[text, float(p)] for text, p in at or ()] for at in expected],
            "vocabulary": int(vocabulary),
            "pieces": [int(count) for count in pieces],
            "name": name,
            "caption": caption,
            "direction": direction,
            "label": label,
            "group": group,
            "was": None if was is None else numbers(was),
        },
        selected=selected,
        known={i for i, amount in enumerate(amounts) if amount is not None},
        edits=edits,
        on_edit=on_edit,
    )
