"""Which words push a class up or down, over many texts? And which texts does the classifier get most wrong?

Each text is explained by one method: the lead of the chosen class over the other. Scores of a word's pieces are
added up, capitals put aside, and the word's scores in each text averaged. Shown are the mean over the texts in which
it stands, its bounds (Student's t, 95 %) and its spread: a word that pushes both ways has a mean near 0 and a
large spread. A word's score depends on the words around it; click it to see where it stood. For labelled texts:
accuracy with Wilson's bounds, who is taken for whom, and the largest losses, as in fastai's `show_top_losses`.

Sources: Ribeiro, Singh, Guestrin 2016, https://arxiv.org/abs/1602.04938, section 4 (explaining a model by many of
its answers); Howard, Gugger 2020, https://arxiv.org/abs/2002.04688 (fastai's top losses).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from interpret import progress
from interpret.method import explain
from interpret.results.base import Check
from interpret.results.over_texts import UNKNOWN, OverTexts, Read
from interpret.results.space import of_model
from interpret.run import Run, record
from interpret.study import Study
from interpret.target import of_class
from interpret.trust.subject import usable
from interpret.wording import words_of
from models.base import Card, LanguageModel
from models.refusals import BadText, Refusal

FILE = Path(__file__).parents[2] / "assets" / "texts" / "reviews.json"
LONGEST, MOST = 256, 500  # tokens of a text; texts
JUDGES = "sst-attention, sst-average, reviews-lstm-sentiment or reviews-bert-sentiment"


@dataclass(frozen=True, kw_only=True)
class Options:
    """`by`: a method; `of`: a class, "" for the last one; `least`: texts a word must stand in; `lines`.

    `lines`: texts of one's own, one a line, a class behind a tab if it is known; "" for the bundled reviews.
    """

    by: str = "leave_one_out"
    of: str = ""
    least: int = 3
    lines: str = ""

    def __post_init__(self) -> None:
        if self.least < 2:
            raise ValueError("least must be 2 or more: bounds need two texts")


def compute(model: LanguageModel, options: Options) -> OverTexts:
    """Every word's mean score, and every text's probabilities; refuses fewer than two texts."""
    card = model.card
    of = options.of or card.classes[-1]
    if of not in card.classes:
        raise Refusal(f"{card.name} knows no class {of!r}: choose one of {', '.join(card.classes)}.")
    given = _own(options.lines, card) if options.lines.strip() else _bundled(card)
    if len(given) < 2:
        raise Refusal("One text alone has no mean: paste at least two, one a line.")
    runs = [_run(model, text, at + 1) for at, (text, _) in enumerate(given)]
    (method,) = usable(runs[0], [options.by])
    by_text = []
    for at, run in enumerate(runs):
        with progress.part(at / len(runs), 1 / len(runs)):
            progress.tell(0)
            found = explain(run, method.name, of_class(run, of, "contrast"))
        by_text.append(_by_word(run, found.values))
    table, texts, rare = _table(by_text, options.least)
    if not table:
        raise Refusal(
            f"No word stands in {options.least} of these texts: give more texts, or ask for words in fewer."
        )
    shown, numbers = tuple(table), np.array(list(table.values()))
    probabilities = np.stack([run.logits[-1].double().softmax(-1).numpy() for run in runs])
    return OverTexts(
        **of_model(card, "over_texts", asdict(options)), values=numbers[:, 0], unit="logits", signed=method.signed,
        of=of, by=method.name, by_title=method.title, shown=shown, low=numbers[:, 1], high=numbers[:, 2],
        spread=numbers[:, 3], counts=numbers[:, 4].astype(int), places=numbers[:, 5].astype(int), rare=rare,
        texts=texts, classes=card.classes, probabilities=probabilities, labels=np.array([label for _, label in given]),
        where="texts of your own" if options.lines.strip() else "reviews of our own writing", check=_check(numbers),
        notes=() if method.signed else (f"{method.title} has no sign: it says how much, not which way.",),
    )  # fmt: skip


def _check(numbers: np.ndarray) -> Check:
    """How much of the table may be chance: of W words at 95 %, one in twenty looks certain without being so."""
    certain = (numbers[:, 1] > 0) | (numbers[:, 2] < 0)
    return Check(
        name="share of words whose bounds do not hold 0", value=float(100 * certain.mean()), unit=" %",
        says=f"Of {len(numbers)} words, {{}} push one way for certain; by chance alone about 5 % would seem to.",
    )  # fmt: skip


def _bundled(card: Card) -> list[tuple[str, int]]:
    rows = json.loads(FILE.read_text(encoding="utf-8"))
    return [(row["text"], _label(card, row["label"])) for row in rows]


def _own(lines: str, card: Card) -> list[tuple[str, int]]:
    found = []
    for line in (line for line in lines.splitlines() if line.strip()):
        text, tab, label = line.rpartition("\t")
        found.append((text.strip(), _label(card, label.strip())) if tab else (line.strip(), UNKNOWN))
    if len(found) > MOST:
        raise Refusal(f"{len(found):,} texts are too many to wait for: paste at most {MOST}.")
    return found


def _label(card: Card, written: str) -> int:
    return card.classes.index(written) if written in card.classes else UNKNOWN


def _run(model: LanguageModel, text: str, number: int) -> Run:
    """A text's run, of its first tokens if it is long; a text that cannot be read is named by its number."""
    try:
        return record(model, model.encode(text).cut(min(LONGEST, model.card.context or LONGEST)))
    except BadText as refusal:
        raise Refusal(f"Text {number}: {refusal}") from None


def _by_word(run: Run, scores: np.ndarray) -> tuple[str, list[tuple[str, tuple[int, int], float]]]:
    """The text; and of each word what it is called, where it stands and its score."""
    tokens, found = run.tokens, []
    for word in words_of(tokens.text, tokens.spans, tokens.words):
        first, end = word.tokens
        if run.of_text[first:end].any():
            start, stop = int(tokens.spans[first, 0]), int(tokens.spans[end - 1, 1])
            start += len(tokens.text[start:stop]) - len(tokens.text[start:stop].lstrip())
            found.append((called(word.shown), (start, stop), float(scores[first:end].sum())))
    return tokens.text, found


def called(shown: str) -> str:
    """A word as the table calls it: small letters, no marks around it; "" for a mark alone."""
    kept = [at for at, letter in enumerate(shown) if letter.isalnum()]
    return shown[kept[0] : kept[-1] + 1].lower() if kept else ""


def _table(
    by_text: Sequence[tuple[str, list[tuple[str, tuple[int, int], float]]]], least: int
) -> tuple[dict[str, tuple[float, ...]], tuple[Read, ...], int]:
    """Each word's mean, bounds, spread, texts and places, the highest first; the texts; how many were too rare."""
    scores: dict[str, dict[int, list[float]]] = {}
    for number, (_, words) in enumerate(by_text):
        for name, _, score in words:
            if name:
                scores.setdefault(name, {}).setdefault(number, []).append(score)
    found = {
        name: (*summed_up([float(np.mean(s)) for s in of.values()]), len(of), sum(map(len, of.values())))
        for name, of in scores.items()
        if len(of) >= least
    }
    table = dict(sorted(found.items(), key=lambda row: (-row[1][0], row[0])))
    rows = {name: at for at, name in enumerate(table)}
    return table, tuple(_reads(by_text, rows)), len(scores) - len(table)


def _reads(by_text: Sequence[tuple], rows: dict[str, int]) -> Iterator[Read]:
    for text, words in by_text:
        yield Read(
            text=text, spans=tuple(span for _, span, _ in words),
            scores=np.array([score for *_, score in words]),
            rows=np.array([rows.get(name, -1) for name, *_ in words], dtype=int),
        )  # fmt: skip


def summed_up(scores: Sequence[float]) -> tuple[float, float, float, float]:
    """Mean, lower and upper 95 % bound (Student's t) and standard deviation of two numbers or more."""
    from scipy.stats import t

    mean, spread = float(np.mean(scores)), float(np.std(scores, ddof=1))
    half = float(t.ppf(0.975, len(scores) - 1)) * spread / np.sqrt(len(scores))
    return mean, mean - half, mean + half, spread


def _unfit(card: Card) -> str | None:
    if card.task == "classify":
        return None
    return f"{card.name} names no class, so no word can push one: choose {JUDGES}."


STUDY = Study(
    name="over_texts", title="Over many texts", question="Which words push a class?", gives="over-texts",
    needs=frozenset(), options=Options, source="Ribeiro, Singh, Guestrin 2016; Howard, Gugger 2020", signed=True,
    compute=compute, place=21, unfit=_unfit,
)  # fmt: skip
