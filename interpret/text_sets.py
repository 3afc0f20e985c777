"""Which texts a study reads: bundled ones of our own writing, Storyland's, or a reader's own, with labels.

No text of a data set is among the bundled ones: `reviews` and `passages` were written for Underhood, `stories` are
drawn from our own grammar by seed.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interpret.grammar.scoring import predicted
from interpret.results.texts import UNKNOWN
from interpret.units_corpus import CORPUS, STORY_SEED, is_story
from models.base import Card, LanguageModel, Tokens
from models.refusals import BadText, Refusal

REVIEWS = Path(__file__).parents[1] / "assets" / "texts" / "reviews.json"
MOST, MOST_LETTERS = 1000, 2_000_000  # texts read at a time, and their characters
LONGEST = 256  # tokens of one text
STORIES = 40
EVERY = 4  # of the bundled texts a model that fills gaps, and takes long, reads each so-manieth
WHERE = {"reviews": "reviews of our own writing", "passages": "texts of our own writing",
         "stories": "stories of Storyland"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TextOptions:
    """Which texts. `source`: reviews, passages or stories ("" for what fits the model).

    `texts`, with or without as many `labels`: one's own in their place. `seed`, `count`: of the stories.
    """

    source: str = ""
    texts: Sequence[str] = ()
    labels: Sequence[str] = ()
    seed: int = 0
    count: int = STORIES

    def __post_init__(self) -> None:
        if self.source and self.source not in WHERE:
            raise ValueError(f"source must be one of {', '.join(WHERE)}")
        if self.labels and len(self.labels) != len(self.texts):
            raise ValueError(f"there are {len(self.texts)} texts and {len(self.labels)} labels")
        if not 1 <= self.count <= MOST:
            raise ValueError(f"count must lie between 1 and {MOST}")

    def to_json(self) -> dict[str, Any]:
        """The options without the texts themselves."""
        names = ("source", "seed", "count")
        return {**{name: getattr(self, name) for name in names}, "own": len(self.texts)}


@dataclass(frozen=True, kw_only=True)
class TextSet:
    """Texts, what each is labelled ("" where nobody said), and where they come from."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    where: str


def first_source(card: Card) -> str:
    """The bundled texts that fit a model."""
    if is_story(card):
        return "stories"
    return "reviews" if card.task == "classify" else "passages"


def gather(card: Card, options: TextOptions) -> TextSet:
    """The texts that are asked for; refuses too many at a time."""
    if options.texts:
        if len(options.texts) > MOST or sum(map(len, options.texts)) > MOST_LETTERS:
            raise Refusal(
                f"{len(options.texts):,} texts with {sum(map(len, options.texts)):,} characters are too many to read "
                f"at a time: give at most {MOST:,} texts and {MOST_LETTERS:,} characters."
            )
        labels = tuple(options.labels) or ("",) * len(options.texts)
        return TextSet(texts=tuple(options.texts), labels=labels, where="texts of your own")
    source = options.source or first_source(card)
    if source == "stories":
        from models.train.storyland import stories, text

        told = tuple(text(story) for story in stories(STORY_SEED + options.seed, options.count))
        return TextSet(texts=told, labels=("",) * len(told), where=f"{WHERE[source]} (seed {options.seed})")
    entries = json.loads((REVIEWS if source == "reviews" else CORPUS).read_text(encoding="utf-8"))
    every = EVERY if card.task == "masked" else 1
    texts, labels = zip(*((one["text"], one["label"] or "") for one in entries[::every]), strict=True)
    return TextSet(
        texts=texts, labels=labels, where=WHERE[source] + (f", every {every}th" if every > 1 else "")
    )


@dataclass(frozen=True, kw_only=True)
class ReadTexts:
    """The texts a model can read, as tokens; which of the given ones they are, from 1; their lengths uncut.

    `skipped`: number and reason of those it cannot read.
    """

    tokens: tuple[Tokens, ...]
    numbers: tuple[int, ...]
    whole: tuple[int, ...]
    skipped: tuple[tuple[int, str], ...]


def read(model: LanguageModel, texts: Sequence[str], longest: int = LONGEST) -> ReadTexts:
    """Each text's first `longest` tokens (fewer, if the model takes fewer); refuses if none can be read."""
    longest = min(longest, model.card.context or longest)
    kept: list[tuple[int, Tokens, int]] = []
    skipped: list[tuple[int, str]] = []
    for number, text in enumerate(texts, start=1):
        try:
            tokens = model.encode(text)
        except BadText as refusal:
            skipped.append((number, str(refusal)))
            continue
        if predicted(model, tokens).size or model.card.task == "classify":
            kept.append((number, tokens.cut(longest), len(tokens)))
        else:
            skipped.append((number, "It is one token, and nothing stands before it that could predict it."))
    if not kept:
        reason = f" (text {skipped[0][0]}: {skipped[0][1]})" if skipped else ""
        raise Refusal(f"{model.card.name} can read none of these texts{reason}: give others.")
    return ReadTexts(
        tokens=tuple(tokens for _, tokens, _ in kept), numbers=tuple(number for number, *_ in kept),
        whole=tuple(count for *_, count in kept), skipped=tuple(skipped),
    )  # fmt: skip


def count_words(text: str) -> int:
    """Words and punctuation marks, as the models' cards count them; at least 1."""
    return max(1, len(re.findall(r"\w+|[^\w\s]", text)))


def classes_of(labels: Sequence[str], classes: Sequence[str]) -> tuple[list[int], str]:
    """Each label's class, -1 for none such, and what a reader must know of how they were taken.

    A label is a class by its name, capitals aside; or, if all labels are whole numbers from 0, by its place.
    """
    names = {name.casefold(): at for at, name in enumerate(classes)}
    given = Counter(label.strip() for label in labels if label.strip())
    strange = [label for label in given if label.casefold() not in names]
    numbers = [str(at) for at in range(len(classes))]
    if strange and all(label in numbers for label in given):
        taken = ", ".join(f"{at} as {name}" for at, name in enumerate(classes))
        return [
            int(label) if label.strip() else UNKNOWN for label in labels
        ], f"Labels are taken by number: {taken}."
    note = ""
    if strange:
        told = ", ".join(f"“{label[:30]}”" for label in strange[:4])
        count = sum(given[one] for one in strange)
        note = f"{count:,} texts are labelled otherwise than this model's classes ({told})."
    return [names.get(label.strip().casefold(), UNKNOWN) for label in labels], note
