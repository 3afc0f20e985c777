"""Where does the network beat counting? It and an n-gram model are asked for every token of our texts.

Both cut text into the same pieces, so that each token has two probabilities; the difference of their
logarithms, in nats, is averaged over kinds of places: how much stands before, whether the word was said
before in this text, what kind of token it is. An n-gram sees the last few tokens only, so what a network
gains far into a text, or on words that come back, it gained from further off. Errors are standard errors
over texts.

Source: Khandelwal et al. 2018, https://arxiv.org/abs/1805.04623, for the question; Chen, Goodman 1999 for the
n-gram (models/ngram.py).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import models
from interpret.grammar.scoring import predicted, token_nats
from interpret.results import Against, Check
from interpret.results.grammar import NO_TEXT
from interpret.study import Study
from models.base import LanguageModel, Tokens
from models.refusals import Refusal

TEXTS = Path(__file__).parents[2] / "assets" / "texts" / "corpus.json"
SHOWN, BEFORE = 6, 5  # single words shown, and words before them
STEPS = ((0, 5), (5, 15), (15, 30), (30, 10**6))
FUNCTION = frozenset({
    "the", "a", "an", "of", "to", "in", "on", "at", "by", "for", "with", "from", "as", "and", "or",
    "but", "not", "that", "which", "who", "this", "these", "it", "he", "she", "they", "i", "we", "you",
    "is", "are", "was", "were", "be", "been", "has", "have", "had", "do", "did", "does", "will",
    "would", "can", "could",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Options:
    """`other`: the model that counts."""

    other: str = "wiki-ngram"


def compute(model: LanguageModel, options: Options) -> Against:
    """Mean advantages of every kind of place."""
    other = models.load(options.other)
    if other.card.family != "ngram":
        raise Refusal(f"{options.other} does more than count: name an n-gram model, such as wiki-ngram.")
    texts = [entry["text"] for entry in json.loads(TEXTS.read_text(encoding="utf-8"))]
    cut = [_alike(model, other, text) for text in texts]
    asked = [(tokens, predicted(model, tokens)) for tokens in cut]
    ours, theirs = (token_nats(one, asked) for one in (model, other))
    gains = [mine - yours for mine, yours in zip(ours, theirs, strict=True)]
    rows = [
        (text, kind, gain)
        for text, ((tokens, places), gain_of) in enumerate(zip(asked, gains, strict=True))
        for place, gain in zip(places.tolist(), gain_of.tolist(), strict=True)
        for kind in _kinds(tokens, place)
    ]
    groups = list(dict.fromkeys(kind for _, kind, _ in rows))
    order = [group for group in ALL if group in groups]
    values, errors, counts = zip(
        *(_mean([(t, g) for t, k, g in rows if k == kind]) for kind in order), strict=True
    )
    single = [
        (tokens.shown[place], _before(tokens, place), gain)
        for (tokens, places), gain_of in zip(asked, gains, strict=True)
        for place, gain in zip(places.tolist(), gain_of.tolist(), strict=True)
        if place > BEFORE and _is_word(tokens, place)
    ]
    single.sort(key=lambda one: -one[2])
    return Against(
        method="against_counting", model=model.card.name, model_sha256=model.card.sha256,
        other=other.card.name,
        values=np.array(values), error=np.array(errors), n=np.array(counts), groups=tuple(order),
        best=tuple(single[:SHOWN]), worst=tuple(single[: -SHOWN - 1 : -1]),
        check=Check(
            name="texts", value=float(np.max(errors)),
            says="The least sure of these means has a standard error of {} nats."
        ),
        notes=_notes(model, other), options={"other": options.other},
        **{**NO_TEXT, "unit": "nats", "signed": True},
    )  # fmt: skip


def _notes(model: LanguageModel, other: LanguageModel) -> tuple[str, ...]:
    if model.card.trained_on.split(" (")[0] == other.card.trained_on.split(" (")[0]:
        return ()
    return (
        f"The two have read different texts ({model.card.trained_on.split(' (')[0]}; "
        f"{other.card.trained_on.split(' (')[0]}), which makes part of the difference.",
    )


def _alike(model: LanguageModel, other: LanguageModel, text: str) -> Tokens:
    ours, theirs = model.encode(text), other.encode(text)
    if len(ours) != len(theirs) or ours.shown != theirs.shown or not np.array_equal(ours.ids, theirs.ids):
        raise Refusal(
            f"{model.card.name} cuts text otherwise than {other.card.name} does, so that their words "
            f"cannot be compared: "
            "choose one of the bundled English models that write."
        )
    return ours.cut(min(len(ours), model.card.context or len(ours)))


ALL = (
    "all words", "words 1 to 5 of a text", "words 6 to 15", "words 16 to 30", "words further on",
    "words said before in the text", "words new to the text", "small words (the, of, is …)", "other words",
    "names and beginnings (capitals)", "marks and numbers", "the later pieces of a word",
)  # fmt: skip


def _kinds(tokens: Tokens, place: int) -> Iterator[str]:
    """The kinds of place a token stands in, by their names in `ALL`."""
    yield ALL[0]
    word, shown = int(tokens.words[place]), tokens.shown[place].strip()
    yield next(
        name for name, (low, high) in zip(ALL[1:5], STEPS, strict=True) if low < word <= high or high > 10**5
    )
    if word == int(tokens.words[place - 1]):
        yield ALL[11]
        return
    if not shown.isalpha():
        yield ALL[10]
        return
    if shown.lower() in FUNCTION:
        yield ALL[7]
        return
    yield ALL[9] if shown[0].isupper() else ALL[8]
    before = tokens.text[: int(tokens.spans[place, 0])].lower().split()
    yield ALL[5] if shown.lower() in {one.strip(".,;:!?\"'()") for one in before} else ALL[6]


def _mean(rows: list[tuple[int, float]]) -> tuple[float, float, int]:
    """The mean over tokens, its standard error over texts, and the number of tokens."""
    gains = np.array([gain for _, gain in rows])
    mean, texts = gains.mean(), np.array([text for text, _ in rows])
    sums = np.array([(gains[texts == text] - mean).sum() for text in np.unique(texts)])
    return float(mean), float(np.sqrt((sums**2).sum()) / len(gains)), len(gains)


def _is_word(tokens: Tokens, place: int) -> bool:
    """Whether a token is a whole word."""
    words = tokens.words
    return tokens.shown[place].strip().isalpha() and int((words == words[place]).sum()) == 1


def _before(tokens: Tokens, place: int) -> str:
    return " ".join(tokens.text[: int(tokens.spans[place, 0])].split()[-BEFORE:])


STUDY = Study(
    name="against_counting",
    title="Against counting",
    question="Where does it beat counting words?",
    gives="against",
    needs=frozenset(),
    options=Options,
    source="Khandelwal et al. 2018",
    signed=True,
    compute=compute,
    tasks=frozenset({"causal"}),
    unfit=lambda card: (
        f"{card.name} is the one that counts: choose a network." if card.family == "ngram" else None
    ),
)
