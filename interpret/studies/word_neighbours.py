"""Finds the words nearest to a word, or to a sum such as king - man + woman, in the model's space itself.

All pieces are compared by the cosine of their vectors; nothing is approximated, and the map plays no part but one:
for each neighbour it is said as how near the map shows it. The words of a sum are no candidates. The mean cosine of
2,000 random pairs stands beside the numbers, because in many models any two words are somewhat alike.

Source: sums of words: Mikolov and others 2013, https://aclanthology.org/N13-1090.
"""

import re
from dataclasses import asdict, dataclass

import numpy as np

from interpret.results import Check
from interpret.results.space import Neighbours, of_model
from interpret.space.maps import placed
from interpret.space.neighbours import analogy, nearest, random_cosine, row_of
from interpret.space.vectors import Space, space, unfit
from interpret.study import Study
from models.base import LanguageModel
from models.refusals import Refusal

PREFERRED = ("actor", "dog", "dax", "a")  # what a page opens with: the first that is known


@dataclass(frozen=True, kw_only=True)
class Options:
    """`word`: a word or a sum; `count` neighbours; `how`, `which` and `seed` as for the map."""

    word: str = ""
    count: int = 12
    how: str = "umap"
    which: str = "input"
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.count <= 100:
            raise Refusal("count must lie between 1 and 100")


def parts(word: str) -> list[tuple[int, str]]:
    """The words of a sum with their signs, 1 or -1; signs count where spaces stand around them."""
    pieces = re.split(r"\s+([+\-−])\s+", word.strip())
    signs = [1, *(1 if sign == "+" else -1 for sign in pieces[1::2])]
    return list(zip(signs, pieces[::2], strict=True))


def first_word(points: Space) -> str:
    """A word to begin with."""
    for word in PREFERRED:
        if word in points.rank or f" {word}" in points.rank:
            return word
    return next((name.strip() for name in points.shown if name.strip().isalpha()), points.shown[0])


def compute(model: LanguageModel, options: Options) -> Neighbours:
    """The nearest words, their cosines, and where the map shows them."""
    points = space(model, options.which)
    terms = parts(options.word.strip(" ") or first_word(points))
    rows = [row_of(points, word) for _, word in terms]
    signs = tuple(sign for sign, _ in terms)
    plus = [row for sign, row in zip(signs, rows, strict=True) if sign > 0]
    point = analogy(points, plus, [row for sign, row in zip(signs, rows, strict=True) if sign < 0])
    asked = tuple(dict.fromkeys(rows))
    found = nearest(points, point, min(options.count, len(points) - len(asked)), asked)
    where, _ = placed(points, options.how, options.seed)
    beside = where[rows[0]] if len(asked) == 1 else where[found[0]]
    distance = ((where - beside) ** 2).sum(1)
    distance[list(asked)] = np.inf
    chance, spread = random_cosine(points.unit)
    on_map = 1 + (distance[None] < distance[found][:, None]).sum(1)
    return Neighbours(
        **of_model(model.card, "word_neighbours", asdict(options)), values=points.unit[found] @ point,
        unit="cosine", signed=False, shown=tuple(points.shown[row] for row in found), rows=found,
        map_rank=on_map, terms=tuple(points.shown[row] for row in rows), signs=signs, term_rows=np.array(rows),
        chance=chance, chance_spread=spread,
        check=Check(
            name="not near on the map", value=float((on_map > len(found)).sum()),
            says=f"{{}} of these {len(found)} neighbours are not among the {len(found)} nearest on the map.",
        ),
    )  # fmt: skip


STUDY = Study(
    name="word_neighbours", title="Nearest words", question="Which words does it think alike?",
    gives="word-neighbours", needs=frozenset(), options=Options, source="Mikolov et al. 2013", signed=False,
    compute=compute, place=71, unfit=unfit,
)  # fmt: skip
