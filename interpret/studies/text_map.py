"""Puts whole texts on a plane: is a text of one kind near others of its kind?

A text's vector is the mean of the states of its tokens after one layer; the mean over all texts is taken away (what
all texts share says nothing of any), and what is left is brought to length 1. Drawn by PCA, or by UMAP with a fixed
seed. Neighbours are counted in the space itself, by cosine; the map only shows them as well as it can.

Source: mean of token states as a text's vector, Reimers, Gurevych 2019, https://arxiv.org/abs/1908.10084, section 3;
the shared part taken away, Mu, Viswanath 2018, https://arxiv.org/abs/1702.01417.
"""

import json
from dataclasses import asdict, dataclass

import numpy as np

from interpret import progress
from interpret.results import Check, TextMap
from interpret.results.space import of_model
from interpret.run import record
from interpret.sentences import rounded
from interpret.space.belief import belief
from interpret.space.contexts import TEXTS, bundled_texts, unfit, unit_rows, world
from interpret.space.layout import Umap, principal, umap_layout, umap_version
from interpret.space.neighbours import neighbour_lists
from interpret.study import Study
from models.base import Card, LanguageModel
from models.refusals import BadText, Refusal

LEAST, MOST, LONGEST = 5, 2000, 256  # texts; tokens of one
NEAR = 5
OWN, BUNDLED = "texts of your own", "bundled texts"


@dataclass(frozen=True, kw_only=True)
class Options:
    """`how`: pca or umap; `layer`: -1 for the last; `lines`: own texts, one a line, a class behind a tab."""

    how: str = "pca"
    layer: int = -1
    lines: str = ""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.how not in ("pca", "umap"):
            raise Refusal("There are two ways to draw the map: pca and umap.")


def compute(model: LanguageModel, options: Options) -> TextMap:
    """Places, true neighbours, and how often the nearest text is of the same kind."""
    if not -1 <= options.layer <= model.card.layers:
        raise Refusal(f"{model.card.name} has layers 0 to {model.card.layers}: choose one of them.")
    layer = options.layer % (model.card.layers + 1)
    given = _own(options.lines) if options.lines.strip() else _bundled(model.card)
    if not LEAST <= len(given) <= MOST:
        raise Refusal(
            f"A map takes {LEAST} to {MOST:,} texts and there are {len(given):,}: give more, or fewer."
        )
    means, losses, lengths = _read(model, given, layer)
    moved = means - means.mean(0)
    if float(np.abs(moved).max()) < 1e-6 * max(float(np.abs(means).max()), 1e-9):
        raise Refusal("All these texts have the same vector: there is nothing to tell them apart by.")
    unit = unit_rows(moved).astype(np.float32)
    near, cosines = neighbour_lists(unit, min(NEAR, len(unit) - 1))
    places, made_by = _placed(unit, options)
    names = tuple(dict.fromkeys(kind for _, kind in given))
    groups = np.array([names.index(kind) for _, kind in given])
    counts = np.bincount(groups)
    k = min(NEAR, (len(unit) - 1) // 2)
    return TextMap(
        **of_model(model.card, "text_map", asdict(options)), values=places, unit="places on a map", signed=False,
        texts=tuple(text for text, _ in given), groups=groups, group_names=names, losses=losses, lengths=lengths,
        near=near, cosines=cosines, on_map=_ranks(places, near), layer=layer, made_by=made_by,
        alike=float((groups[near[:, 0]] == groups).mean()),
        chance=float((counts * (counts - 1)).sum() / (len(unit) * (len(unit) - 1))),
        of=OWN if options.lines.strip() else BUNDLED,
        check=Check(
            name="neighbours kept", value=100 * belief(unit, places, k).preserved, unit=" %",
            says=f"Of a text's {k} nearest texts, {{}} stand among its {k} nearest on the map (mean).",
        ),
    )  # fmt: skip


def _bundled(card: Card) -> list[tuple[str, str]]:
    """Texts of the model's world and their kinds; a review's says what it thinks of the film."""
    if world(card) != "english":
        return [(one.text, one.kind) for one in bundled_texts(card)]
    entries = json.loads((TEXTS / "corpus.json").read_text(encoding="utf-8"))
    entries += [
        {**one, "kind": "review"} for one in json.loads((TEXTS / "reviews.json").read_text(encoding="utf-8"))
    ]
    return [
        (one["text"], f"{one['kind']}, {one['label']}" if one.get("label") else one["kind"])
        for one in entries
    ]


def _own(lines: str) -> list[tuple[str, str]]:
    found = []
    for line in lines.splitlines():
        text, tab, label = line.rpartition("\t")
        if (text if tab else line).strip():
            found.append((text.strip(), label.strip()) if tab else (line.strip(), OWN))
    return found


def _read(
    model: LanguageModel, given: list[tuple[str, str]], layer: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean states (N, D), mean losses (N,), or (0,) of a model that does not write, and lengths (N,)."""
    means, losses, lengths = [], [], []
    for number, (text, _) in enumerate(given):
        progress.tell(0.8 * number / len(given))
        try:
            run = record(model, model.encode(text).cut(min(LONGEST, model.card.context or LONGEST)))
        except BadText as refusal:
            raise Refusal(f"Text {number + 1}: {refusal}") from None
        if not run.of_text.any():
            raise Refusal(f"Text {number + 1}: no token of {model.card.name} stands for anything in it.")
        means.append(run.hidden[layer][run.of_text].mean(0).numpy())
        lengths.append(int(run.of_text.sum()))
        if model.card.task == "causal" and len(run.tokens) > 1:
            logs = run.logits[:-1].log_softmax(-1).numpy()
            losses.append(-float(logs[np.arange(len(logs)), run.tokens.ids[1:]].mean()))
    whole = np.array(losses) if len(losses) == len(given) else np.zeros(0)
    return np.array(means), whole, np.array(lengths)


def _placed(unit: np.ndarray, options: Options) -> tuple[np.ndarray, str]:
    if options.how == "umap":
        given = Umap(n_neighbors=min(15, max(2, len(unit) // 4)), seed=options.seed)
        return umap_layout(unit, given), given.in_words(umap_version())
    axes = principal(unit)
    first, second = axes.shares
    return axes.place(
        unit
    ), f"PCA of centred vectors of length 1: {rounded(first)} and {rounded(second)} of their spread"


def _ranks(places: np.ndarray, near: np.ndarray) -> np.ndarray:
    """At which place, from 1, each near text stands among a text's neighbours on the map."""
    distance = ((places[:, None] - places[None]) ** 2).sum(-1)
    np.fill_diagonal(distance, np.inf)
    there = np.take_along_axis(distance, near, 1)
    return 1 + (distance[:, None, :] < there[:, :, None]).sum(-1)


STUDY = Study(
    name="text_map", title="Texts on a map", question="Which texts does it think alike?", gives="text-map",
    needs=frozenset(), options=Options, source="Reimers, Gurevych 2019; Mu, Viswanath 2018", signed=False,
    compute=compute, place=76, unfit=unfit,
)  # fmt: skip
