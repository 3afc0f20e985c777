"""Does a method put its weight on the true cause? Every method's maps against causes that are known.

On Storyland the grammar has written beside each word which earlier words fix it. In the Stanford Sentiment
Treebank people judged every word. In three toys we wrote the rule. For each case: does the largest score stand on a
true cause (hit), and how probably does a true cause score higher than another word (AUC; 0.5 is chance)? Scores of
a word's pieces are added up. Scores are read with their sign, as a map is coloured, and by their size. Bounds hold
with 95 % certainty: Wilson's for hits where each text is asked once, else by drawing texts anew (bootstrap). Random
scores are judged like a method; a method whose lower bound is not above chance is marked. Methods that draw lots
draw few here, so that the league can be run again while one waits; the options say how few.

Sources: Atanasova et al. 2020, https://arxiv.org/abs/2009.13295 (maps against human rationales); Yin, Neubig 2022,
https://arxiv.org/abs/2202.10419 (against known grammatical evidence).
"""

import datetime
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, get_args

import numpy as np

from interpret import progress
from interpret.league import storyland, toys, treebank
from interpret.league.cases import RANDOM, Asked, judge
from interpret.league.measures import bounds, share_bounds
from interpret.method import find
from interpret.results.league import ALL, League, random_check
from interpret.results.space import of_model
from interpret.study import Study
from interpret.target import Measure
from interpret.trust.subject import usable
from models.base import LanguageModel
from models.refusals import Refusal

QUICK: dict[str, dict[str, Any]] = {  # fewer lots and looser sums than on the page about one text
    "integrated_gradients": {"tolerance": 0.05, "most_steps": 64},
    "shapley_sampling": {"permutations": 4},
    "kernel_shap": {"samples": 160},
    "lime": {"samples": 160},
    "smooth_grad": {"samples": 8},
    "gradient_shap": {"samples": 16},
}
SENTENCES = 4  # for each case of a kind that is asked for
NAMES = {"storyland": storyland.NAMES, "sentiment": treebank.NAMES, "toys": toys.NAMES}


@dataclass(frozen=True, kw_only=True)
class Options:
    """`world`: toys, or "" for what the model knows; `count`: cases of a kind.

    Where people judged: four times as many sentences, in which not every kind of case occurs.

    `methods`: names with commas between, "" for all; `measure`; `data`: the folder with sst2/trees; `seed`.
    """

    world: str = ""
    count: int = 30
    methods: str = ""
    measure: str = "log-prob"
    data: str = ""
    seed: int = 991

    def __post_init__(self) -> None:
        if not 2 <= self.count <= 1000:
            raise ValueError("count must lie between 2 and 1,000")
        if self.measure not in get_args(Measure):
            raise ValueError(f"measure must be one of {', '.join(get_args(Measure))}")
        if self.world not in ("", "toys"):
            raise ValueError('world must be toys, or "" for what the model knows')


def compute(model: LanguageModel, options: Options) -> League:
    """The league of the methods that can look into the model; refuses one whose causes nobody knows.

    Methods that cannot answer on these texts are left out, and a note says why.
    """
    started = time.monotonic()
    world = options.world or world_of(model)
    measure: Any = options.measure
    said = ""
    if world == "storyland":
        texts, said = storyland.asked(model, options.count, options.seed, measure)
    elif world == "sentiment":
        texts = treebank.asked(model, options.data, SENTENCES * options.count, options.seed, measure)
    else:
        texts = toys.asked(options.count, options.seed, measure)
    if len(texts) < 2:
        raise Refusal(
            f"{model.card.name} has learned too little for its maps to be judged by true causes: choose story-gpt."
            if said
            else "There are fewer than two texts with known causes: ask for more."
        )
    names = [name.strip() for name in options.methods.split(",") if name.strip()] or None
    chosen = [method.name for method in usable(texts[0].run, names)]
    with progress.part(0, 0.98):
        judged, failed = judge(texts, chosen, QUICK, options.seed)
    titles = {name: found.title for name, found in find().items()} | {RANDOM: "Random scores"}
    kept = [row for row in range(len(judged)) if np.isfinite(judged[row]).all()]
    rows = [[*chosen, RANDOM][row] for row in kept]
    table = _table(world, texts, judged[kept], options.seed)
    card = texts[0].run.model.card if world == "toys" else model.card
    card = replace(card, name="toys") if world == "toys" else card
    return League(
        **of_model(card, "saliency_league", asdict(options) | {"data": bool(options.data), "settings": QUICK}),
        unit="share", signed=False, world=world, names=tuple(rows), titles=tuple(titles[row] for row in rows),
        directed=np.array([row == RANDOM or find()[row].signed for row in rows]),
        check=random_check(table["values"], table["low"], table["high"]), measure=options.measure,
        model_nats=float(np.mean([one.model_nats for one in texts])),
        true_nats=float(np.mean([one.true_nats for one in texts])), seed=options.seed,
        made=datetime.date.today().isoformat(), seconds=time.monotonic() - started,
        notes=tuple(one for one in (said, *(f"Left out: {one}" for one in failed)) if one), **table,
    )  # fmt: skip


def world_of(model: LanguageModel) -> str:
    """In which world the true causes of this model's words are known; refuses a model of none."""
    if storyland.is_storyland(model):
        return "storyland"
    if treebank.judges(model):
        return "sentiment"
    raise Refusal(
        f"Nobody knows the true causes of what {model.card.name} says: choose story-lstm or story-gpt, whose world "
        "we wrote, or a model that judges reviews."
    )


def _table(world: str, texts: Sequence[Asked], judged: np.ndarray, seed: int) -> dict[str, Any]:
    """Means and bounds of judged cases (M, N, 2 readings, 2 measures), by group, all together first."""
    cases = [(number, case) for number, one in enumerate(texts) for case in one.cases]
    of_text = np.array([number for number, _ in cases])
    of_group = np.array([case.group for _, case in cases])
    chances = np.array([case.chance for _, case in cases])
    present = [name for name in NAMES[world] if name in of_group]
    groups = (ALL, *present)
    shape = (2, 2, len(judged), len(groups))
    values, low, high = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for at, name in enumerate(groups):
        rows = np.ones(len(cases), dtype=bool) if name == ALL else of_group == name
        for reading in range(2):
            for measure, bound in enumerate((share_bounds, bounds)):
                found = judged[:, rows, reading, measure]
                place = (reading, measure, slice(None), at)
                values[place] = found.mean(axis=1)
                low[place], high[place] = bound(found, of_text[rows], seed)
    own = [np.ones(len(cases), dtype=bool) if name == ALL else of_group == name for name in groups]
    return {
        "values": values, "low": low, "high": high, "groups": groups,
        "group_titles": ("All together", *(NAMES[world][name] for name in present)),
        "chance": np.array([[chances[rows].mean() for rows in own], [0.5] * len(groups)]),
        "n": np.array([int(rows.sum()) for rows in own]),
        "texts": np.array([len(np.unique(of_text[rows])) for rows in own]),
    }  # fmt: skip


STUDY = Study(
    name="saliency_league", title="Maps against the truth", question="Can I trust this map?", gives="league",
    needs=frozenset(), options=Options, source="Atanasova et al. 2020; Yin, Neubig 2022", signed=False,
    compute=compute, place=20,
)  # fmt: skip
