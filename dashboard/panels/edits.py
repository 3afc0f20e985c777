"""A word changed where it stands: what a strip can put there, what the edit changed, the trail, and the way back."""

from collections.abc import Sequence
from typing import Any

from dashboard import answers, choices, shelf
from dashboard.components.trail import trail
from interpret.editing import Change, aligned, changes, difference, place_of, swaps_of
from interpret.wording import Surprises, Word, surprises

WRITER = "reviews-gpt"  # what a classifier's words are swapped by: it guesses none itself


def offered(key: str, found: Any, words: Sequence[Word]) -> dict[str, Any]:
    """What the strip `key` of a text's words needs to be edited: its last two arguments."""
    if choices.is_second():
        return {}  # words are changed on the first side
    places = [place_of(word, found.text, found.spans) for word in words]
    model = choices.model()
    if shelf.task(model) == "classify":
        guesses, by = answers.of_text(choices.text(), WRITER, "next_words"), WRITER
    else:
        guesses, by = answers.guesses(), shelf.card(model).name
    swaps = swaps_of(guesses, places) if guesses is not None else [[] for _ in places]
    edits = {"swaps": swaps, "by": by, "undo": choices.trail().at > 0}
    return {"edits": edits, "on_edit": choices.on_edit(key, found.text, places)}


def before() -> Any:
    """What the model made of the text before the last edit; None if there was none."""
    return same_before("classes" if shelf.task(choices.model()) == "classify" else "next_words")


def same_before(method: str, **options: Any) -> Any:
    """The same question about the text before the last edit; None if there was none."""
    text = choices.trail().before
    return None if text is None else answers.of_text(text, choices.model(), method, **options)


def bits_before(now: Surprises) -> list[float | None] | None:
    """How surprising each word was before the last edit; None for new words, or if there was no edit."""
    earlier = None if choices.is_second() else before()
    if earlier is None:
        return None
    was = surprises(earlier)
    places = aligned([word.shown for word in was.words], [word.shown for word in now.words])
    return [None if place is None else was.bits[place] for place in places]


def shown(further: Sequence[Change] = ()) -> None:
    """The trail under a strip, and what the last edit changed: the answer, the surprise, and `further`."""
    if choices.is_second():
        return
    now, earlier = choices.trail(), before()
    rows = [] if earlier is None else [*further, *changes(earlier, answers.guesses())]
    steps = [("", "", "", "") for _ in now.texts]
    for k, (one, other) in enumerate(zip(now.texts, now.texts[1:], strict=False)):
        steps[k + 1] = difference(one, other)
    steps[0] = (_beginning(now.texts), "", "", "")
    trail(
        steps, now.at, [(row.what, row.before, row.after, row.by) for row in rows], key="trail",
        on_edit=choices.on_edit("trail", choices.text()),
    )  # fmt: skip


def _beginning(texts: Sequence[str]) -> str:
    """The first text, where it was changed first."""
    if len(texts) == 1:
        return texts[0][:40]
    lead, was, _, tail = difference(texts[0], texts[1])
    return " ".join(part for part in (lead, was, tail) if part)
