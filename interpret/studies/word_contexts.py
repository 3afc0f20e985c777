"""Shows one word in many sentences: a dot for each occurrence, layer by layer.

Each occurrence in the bundled texts is read in its text; its state after each layer, at length 1, is drawn on the
two directions in which the occurrences differ most at that layer (PCA), turned onto the layer above (Procrustes) so
that the dots move as little as they can, and scaled to the same size. Occurrences in the reader's own text are put
onto those axes; they do not change them. Where sentences are sorted by sense, it is counted whose nearest other
occurrence by cosine has the same sense.

Source: Ethayarajh 2019, https://aclanthology.org/D19-1006 (self-similarity beside its random baseline).
"""

from dataclasses import asdict, dataclass

import numpy as np

from interpret.results import Check
from interpret.results.contexts import WordContexts
from interpret.results.space import of_model
from interpret.space.contexts import (
    WordStates,
    bundled_texts,
    known_senses,
    occurrences,
    sentence_around,
    states,
    states_of,
    unfit,
    unit_rows,
)
from interpret.space.layout import principal, procrustes
from interpret.space.neighbours import random_cosine
from interpret.study import Study
from models.base import LanguageModel
from models.refusals import BadText

LEAST, MOST = 4, 200
YOURS = "your text"


@dataclass(frozen=True, kw_only=True)
class Options:
    """`word`: which one (empty: the first that has senses); `mine`: the reader's own text."""

    word: str = ""
    mine: str = ""


def compute(model: LanguageModel, options: Options) -> WordContexts:
    """Places of all occurrences after each layer, and how well senses are told apart."""
    texts, found = bundled_texts(model.card), states(model)
    word = options.word.strip() or next(iter(known_senses(model.card)), _commonest(found))
    rows = occurrences(found, word, model.card, least=LEAST)
    labelled = np.array([texts[text].word.casefold() == word.casefold() for text in found.texts[rows]])
    rows = rows[np.argsort(~labelled, kind="stable")][:MOST]
    senses = np.array([texts[text].word.casefold() == word.casefold() for text in found.texts[rows]])
    chosen, mine = found.only(rows), _mine(model, options.mine, word)
    labels = [texts[text].kind if sense or not senses.any() else "other texts"
              for text, sense in zip(chosen.texts, senses, strict=True)]  # fmt: skip
    said = [
        sentence_around(texts[text].text, *span)
        for text, span in zip(chosen.texts, chosen.spans, strict=True)
    ]
    if mine is not None:
        labels += [YOURS] * len(mine.words)
        said += [sentence_around(options.mine, *span) for span in mine.spans]
    names = tuple(
        dict.fromkeys([*(label for label in labels if label not in ("other texts", YOURS)), *labels])
    )
    layers = [unit_rows(layer) for layer in chosen.layers]
    own = [unit_rows(layer) for layer in mine.layers] if mine is not None else None
    values, spread = _aligned(layers, own)
    kinds = np.array([names.index(label) for label in labels])
    right, chance = _sorted(layers, senses, kinds[: len(rows)])
    return WordContexts(
        **of_model(model.card, "word_contexts", asdict(options)), values=values, unit="places on a map",
        signed=False, word=word, sentences=tuple(sentence for sentence, _ in said),
        starts=np.array([start for _, start in said]), groups=kinds, group_names=names,
        own=np.arange(len(said)) >= len(rows), spread=spread,
        same=np.array([_mean_cosine(layer) for layer in layers]),
        random=np.array([random_cosine(unit_rows(layer))[0] for layer in found.layers]),
        sorted_right=right, sorted=int(senses.sum()), chance=chance,
        offered=tuple(known_senses(model.card)),
        check=Check(
            name="spread not shown", value=100 * float(1 - spread[-1]), unit=" %",
            says="The two axes leave out {} of what tells the occurrences apart after the last layer.",
        ),
    )  # fmt: skip


def _commonest(found: WordStates) -> str:
    words, counts = np.unique([word for word in found.words if len(word) > 3], return_counts=True)
    return str(words[counts.argmax()])


def _mine(model: LanguageModel, text: str, word: str) -> WordStates | None:
    """The word's occurrences in the reader's text, if there are any."""
    if word.casefold() not in text.casefold():
        return None
    try:
        found = states_of(model, [text])
    except BadText:
        return None
    rows = np.flatnonzero(found.words == word.casefold())
    return found.only(rows) if len(rows) else None


def _aligned(layers: list[np.ndarray], own: list[np.ndarray] | None) -> tuple[np.ndarray, np.ndarray]:
    """Every layer on its two main axes, turned onto the layer above, (L+1, N, 2); and the shares shown (L+1,)."""
    pages: list[np.ndarray] = []
    shares = []
    for layer in reversed(range(len(layers))):
        axes = principal(layers[layer])
        flat = axes.place(layers[layer])
        size = float(np.sqrt((flat**2).sum(1).mean()))
        turn = procrustes(flat, pages[-1][: len(flat)]) if pages else np.eye(2)
        everyone = flat if own is None else np.concatenate([flat, axes.place(own[layer])])
        pages.append(everyone @ turn / size if size > 1e-6 else 0 * everyone)
        shares.append(float(axes.shares.sum()) if size > 1e-6 else 1.0)
    return np.array(pages[::-1]), np.array(shares[::-1])


def _sorted(layers: list[np.ndarray], labelled: np.ndarray, kinds: np.ndarray) -> tuple[np.ndarray, float]:
    """Share of sentences whose nearest other occurrence has the same sense, (L+1,); (0,) without senses.

    Of several that are equally near (in the embedding all are), each counts in part.
    """
    kinds = kinds[labelled]
    if len(np.unique(kinds)) < 2:
        return np.zeros(0), 0.0
    count = len(kinds)
    same = kinds[:, None] == kinds
    np.fill_diagonal(same, val=False)
    chance = float(same.sum() / (count * (count - 1)))
    found = []
    for layer in layers:
        cosines = layer[labelled] @ layer[labelled].T
        np.fill_diagonal(cosines, -np.inf)
        nearest = cosines >= cosines.max(1, keepdims=True) - 1e-5
        found.append(float(((nearest & same).sum(1) / nearest.sum(1)).mean()))
    return np.array(found), chance


def _mean_cosine(unit: np.ndarray) -> float:
    """Of all pairs of different rows."""
    count = len(unit)
    whole = float((unit.sum(0) ** 2).sum()) - float((unit**2).sum())
    return whole / (count * (count - 1))


STUDY = Study(
    name="word_contexts", title="A word in its sentences", question="Which words does it think alike?",
    gives="word-contexts", needs=frozenset(), options=Options, source="Ethayarajh 2019", signed=False,
    compute=compute, place=73, unfit=unfit,
)  # fmt: skip
