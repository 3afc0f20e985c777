"""The states that words of the bundled texts have after each layer."""

import json
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from interpret import progress
from interpret.run import record
from models.base import Card, LanguageModel
from models.refusals import BadText, Refusal
from models.train import storyland

TEXTS = Path(__file__).parents[2] / "assets" / "texts"
STORIES = 60
WORD = re.compile(r"\w+(?:['’]\w+)*")
KEPT = 4  # models whose states are kept
_known: "OrderedDict[str, WordStates]" = OrderedDict()


@dataclass(frozen=True, kw_only=True)
class Bundled:
    """A text, and what it is: its kind, or the sense in which it uses one word."""

    text: str
    kind: str
    word: str = ""  # the word whose sense `kind` names


@dataclass(frozen=True, eq=False)
class WordStates:
    """N words in their texts; a word's state is that of its last piece."""

    words: np.ndarray  # (N,) in small letters
    texts: np.ndarray  # (N,) which text
    spans: np.ndarray  # (N, 2) in the text
    layers: tuple[np.ndarray, ...]  # L+1 entries of (N, D_l)

    def only(self, rows: np.ndarray) -> "WordStates":
        """These words alone."""
        layers = tuple(layer[rows] for layer in self.layers)
        return WordStates(self.words[rows], self.texts[rows], self.spans[rows], layers)


def world(card: Card) -> str:
    """Which texts a model can read: "storyland", "syllables" or "english"."""
    for start, name in (("Storyland", "storyland"), ("random syllables", "syllables")):
        if card.trained_on.startswith(start):
            return name
    return "english"


def unfit(card: Card) -> str | None:
    """Why a model's words cannot be looked at in texts; None if they can."""
    if card.family == "ngram":
        return f"{card.name} counts words and has no states: choose a network."
    if world(card) == "syllables":
        return f"{card.name} knows syllables and no words of a language: choose another model."
    return None


def bundled_texts(card: Card) -> list[Bundled]:
    """The texts of the model's world, in a fixed order."""
    if world(card) == "storyland":
        return [Bundled(text=storyland.text(story), kind="story") for story in storyland.stories(0, STORIES)]
    corpus = json.loads((TEXTS / "corpus.json").read_text(encoding="utf-8"))
    senses = json.loads((TEXTS / "contexts.json").read_text(encoding="utf-8"))
    return [Bundled(text=one["text"], kind=one["kind"]) for one in corpus] + [
        Bundled(text=one["text"], kind=one["sense"], word=one["word"]) for one in senses
    ]


def known_senses(card: Card) -> list[str]:
    """Words for which there are sentences in two senses."""
    return list(dict.fromkeys(one.word for one in bundled_texts(card) if one.word))


def states(model: LanguageModel) -> WordStates:
    """Every word of the bundled texts after each layer; kept for the next question."""
    key = f"{model.card.name} {model.card.sha256}"
    if key not in _known:
        made = states_of(model, [one.text for one in bundled_texts(model.card)])
        if model.card.sha256 == "unknown":
            return made
        _known[key] = made
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return _known[key]


def states_of(model: LanguageModel, texts: Sequence[str]) -> WordStates:
    """Every word of these texts after each layer. A text is read from its beginning, as far as the model can."""
    words: list[str] = []
    at: list[tuple[int, int, int]] = []
    parts: list[list[np.ndarray]] = [[] for _ in model.card.widths]
    for number, text in enumerate(texts):
        progress.tell(number / len(texts))
        tokens = model.encode(text)
        if model.card.context:
            tokens = tokens.cut(model.card.context)
        found = [(match, _last_piece(tokens.spans, *match.span())) for match in WORD.finditer(tokens.text)]
        found = [(match, piece) for match, piece in found if piece is not None]
        if not found:
            continue
        run = record(model, tokens)
        pieces = [piece for _, piece in found]
        for layer, hidden in enumerate(run.hidden):
            parts[layer].append(hidden[pieces].numpy())
        words += [match[0].casefold() for match, _ in found]
        at += [(number, *match.span()) for match, _ in found]
    if not words:
        raise BadText("There is no word in these texts: type a sentence.")
    places = np.array(at)
    return WordStates(np.array(words), places[:, 0], places[:, 1:], tuple(np.concatenate(p) for p in parts))


def _last_piece(spans: np.ndarray, start: int, end: int) -> int | None:
    """The last piece that holds letters of text[start:end]; None if the text was cut before its end."""
    inside = np.flatnonzero((spans[:, 0] < end) & (spans[:, 1] > start))
    return int(inside[-1]) if len(inside) and spans[inside[-1], 1] >= end else None


def sentence_around(text: str, start: int, end: int) -> tuple[str, int]:
    """The sentence that holds text[start:end], and where in it the word begins."""
    before = max((match.end() for match in re.finditer(r"[.!?\n][\"”)]?\s+|\n", text[:start])), default=0)
    after = re.search(r"[.!?][\"”)]?(?=\s|$)|\n", text[end:])
    stop = end + after.end() if after else len(text)
    sentence = text[before:stop]
    lead = len(sentence) - len(sentence.lstrip())
    return sentence.strip(), start - before - lead


def unit_rows(points: np.ndarray) -> np.ndarray:
    """Rows at length 1; rows of length 0 stay."""
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    return points / np.where(lengths > 0, lengths, 1)


def occurrences(found: WordStates, word: str, card: Card, *, least: int) -> np.ndarray:
    """The rows in which a word stands.

    Raises:
        Refusal: it stands there fewer than `least` times; words that stand there often are offered.
    """
    rows = np.flatnonzero(found.words == word.strip().casefold())
    if len(rows) >= least:
        return rows
    offered = known_senses(card) or _common(found)
    times = {0: "not at all", 1: "once"}.get(len(rows), f"{len(rows)} times")
    raise Refusal(
        f"“{word.strip()[:40]}” stands {times} in the bundled texts and {least} are needed: choose "
        f"another word, such as {', '.join(offered[:8])}."
    )


def _common(found: WordStates) -> list[str]:
    words, counts = np.unique(found.words, return_counts=True)
    often = [str(word) for word in words[np.argsort(-counts, kind="stable")] if len(word) > 3]
    return often[:8]
