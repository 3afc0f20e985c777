"""Puts the model's own vocabulary on a plane, each piece as a point.

A model keeps a vector for each piece of its vocabulary. Vectors of length 1 are drawn by PCA (the two directions
of largest spread) or by UMAP (a plane that keeps near points near: exact neighbours by cosine, a start by PCA, a
fixed seed). UMAP of the bundled models is bundled; of others it is made once and kept on this machine.
Trustworthiness, continuity and the share of neighbours kept are estimated from 600 pieces against all.

Source: McInnes, Healy, Melville 2018, https://arxiv.org/abs/1802.03426.
"""

from dataclasses import asdict, dataclass

import numpy as np

from interpret.results.space import WordMap, kept_check, of_model
from interpret.space.belief import belief, some
from interpret.space.benchmarks import agreement, pairs_of, rows_of
from interpret.space.clusters import clusters
from interpret.space.frequency import counted
from interpret.space.maps import is_ready, placed
from interpret.space.relatives import comparable, relatives
from interpret.space.vectors import Space, has_output, space, unfit
from interpret.study import Study
from models.base import LanguageModel
from models.refusals import Refusal

LONGEST = 60  # pieces of a text on the map


@dataclass(frozen=True, kw_only=True)
class Options:
    """`how`: umap or pca. `which`: input or output vectors. `groups`: 0 for kinds of piece, else k-means.

    `text`: one whose pieces are put onto the map. `pairs`: lines of word pairs that people judged (WordSim-353,
    SimLex-999), called `pairs_name`: the map tells their words from others.
    """

    how: str = "umap"
    which: str = "input"
    seed: int = 0
    groups: int = 0
    text: str = ""
    pairs: str = ""
    pairs_name: str = "the list"

    def __post_init__(self) -> None:
        if not 0 <= self.groups <= 10:
            raise Refusal("groups must lie between 0 and 10")
        if not 0 <= self.seed < 2**31:
            raise Refusal("seed must be a whole number from 0")


def neighbours_asked(count: int) -> int:
    """How many neighbours a map is judged by: 15, or fewer where there are few points."""
    return min(15, (count - 1) // 2)


def compute(model: LanguageModel, options: Options) -> WordMap:
    """Place every piece, say of what kind it is, and how many neighbours the map keeps."""
    points = space(model, options.which)
    where, made_by = placed(points, options.how, options.seed)
    k = neighbours_asked(len(points))
    believed = belief(points.unit, where, k, anchors=some(len(points)))
    groups, names = points.kinds, points.kind_names
    if options.groups:
        groups, names = clusters(points, options.groups, seed=options.seed)
    agreed = ""
    if options.pairs:
        groups, agreed = _judged(model, points, options)
        names = ("other pieces", "words of the benchmark")
    return WordMap(
        **of_model(model.card, "word_map", asdict(options)), values=where, unit="places on a map", signed=False,
        ids=points.ids, shown=points.shown, groups=groups, group_names=names, made_by=made_by,
        pieces=points.pieces, check=kept_check(believed.preserved, k),
        sides=("input", "output") if has_output(model) else ("input",), text_rows=_rows(model, points, options.text),
        ready=is_ready(model.card.name, model.card.sha256), relatives=tuple(relatives(model.card)),
        comparable=tuple(comparable(model.card)),
        counts=_counts(model, points), benchmark=agreed,
        belief=np.array([believed.trustworthiness, believed.continuity, believed.preserved]),
    )  # fmt: skip


def _judged(model: LanguageModel, points: Space, options: Options) -> tuple[np.ndarray, str]:
    """Which pieces are words of the pairs, (P,), and how the model agrees with those who judged them."""
    pairs = pairs_of(options.pairs.splitlines(), options.pairs_name)
    found = np.zeros(len(points), int)
    found[[row for row in rows_of(points, pairs).values() if row is not None]] = 1
    return found, agreement(model, points, pairs).in_words(options.pairs_name)


def _counts(model: LanguageModel, points: Space) -> np.ndarray:
    """How often each piece was counted, (P,); empty where the model's pieces were not."""
    found = counted(model.card)
    return np.zeros(0, int) if found is None else found[points.ids]


def _rows(model: LanguageModel, points: Space, text: str) -> np.ndarray:
    """The rows of a text's pieces, in order; marks that stand for nothing in the text are left out."""
    if not text.strip():
        return np.zeros(0, int)
    tokens = model.encode(text)
    row = {int(number): at for at, number in enumerate(points.ids)}
    written = tokens.ids[tokens.spans[:, 0] < tokens.spans[:, 1]][:LONGEST]
    return np.array([row[int(number)] for number in written if int(number) in row], int)


STUDY = Study(
    name="word_map", title="Map of the vocabulary", question="Which words does it think alike?",
    gives="word-map", needs=frozenset(), options=Options, source="McInnes et al. 2018", signed=False,
    compute=compute, place=70, unfit=unfit,
)  # fmt: skip
