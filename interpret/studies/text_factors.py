"""Which units work together over many texts? A few factors stand for all activations on a set of texts.

As for one text (Ecco's factors): the activations, negative ones of neurons put to 0, LSTM cells and hidden states
above and below 0 apart, as a product of two small matrices without negative numbers. Over many texts a factor is
named by the words it is strongest on anywhere, and is less of an accident of one sentence. Start marks are left out:
every text begins with the same one. Only so many tokens are read as `most` and the memory allow.

Source: Alammar 2021 (Ecco), https://aclanthology.org/2021.acl-demo.30/; Lee, Seung 1999,
https://doi.org/10.1038/44565.
"""

from dataclasses import dataclass

import numpy as np
import torch

from interpret import progress, text_sets
from interpret.methods.factors import layer_numbers, parts
from interpret.results import Check, TextFactors
from interpret.results.space import of_model
from interpret.run import Run, record
from interpret.sentences import named
from interpret.study import Study
from interpret.text_sets import ReadTexts, TextOptions
from interpret.units import every, kinds, unfit
from interpret.units_nmf import largest_first, stability
from models.base import LanguageModel
from models.refusals import Refusal

SEEDS = 2
NUMBERS = 30_000_000  # activations held at a time: 120 MB
FEW, NAMES = 0.3, 5  # of a factor's largest value, from where a word names it; words that name it


@dataclass(frozen=True, kw_only=True)
class Options(TextOptions):
    """Which texts, as in `interpret.text_sets`; `count` is of stories.

    `factors`: how many; `layers` such as "1, 3" (empty: all); `most`: tokens.
    """

    factors: int = 6
    layers: str = ""
    kind: str = ""
    most: int = 4000

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 2 <= self.factors <= 16:
            raise ValueError("factors must lie between 2 and 16")
        if not 10 <= self.most <= 20_000:
            raise ValueError("most must lie between 10 and 20,000 tokens")
        layer_numbers(self.layers)


def compute(model: LanguageModel, options: Options) -> TextFactors:
    """Factors along all tokens (K, T), their units, and how far to trust them."""
    given = text_sets.gather(model.card, options)
    read = text_sets.read(model, given.texts)
    with progress.part(0, 0.4):
        x, names, used, units = activations(model, read, options)
    count = min(options.factors, len(x) - 1)
    if count < 2 or not float(x.max()) > 0:
        raise Refusal(
            "These texts are too short for factors: give at least three tokens that switch units on."
        )
    with progress.part(0.4, 0.2):
        progress.tell(0)
        along, h, shares, share = largest_first(x, count, options.seed)
    tokens = [read.tokens[at] for at, _ in used]
    places = [of_text for _, of_text in used]
    shown = tuple(one.shown[at] for one, of_text in zip(tokens, places, strict=True) for at in of_text)
    with progress.part(0.6, 0.4):
        steady = stability(x, h, SEEDS)
    held = {**of_model(model.card, "text_factors", _told(options)), "tokens": shown}
    held["spans"] = np.concatenate([one.spans[at] for one, at in zip(tokens, places, strict=True)])
    held["words"] = np.concatenate([one.words[at] for one, at in zip(tokens, places, strict=True)])
    return TextFactors(
        **held, values=along, unit="share of its largest value", signed=False, where=given.where,
        texts=tuple(one.text for one in tokens), of_text=np.repeat(np.arange(len(used)), [len(at) for at in places]),
        numbers=np.array([read.numbers[at] for at, _ in used]),
        names=tuple(named_by(shown, row) for row in along),
        units=tuple(tuple(names[i] for i in row.topk(min(5, len(names))).indices.tolist()) for row in h),
        explained=share, share=shares, stability=steady, seeds=SEEDS, neurons=units,
        written=0, notes=_notes(read, used, len(shown), options, count),
        check=Check(
            name="share not explained", value=round(100 * (1 - share), 1), unit=" %",
            says="{} of the sum of squares of all activations is left out by these factors.",
        ),
    )  # fmt: skip


def _told(options: Options) -> dict:
    return {**options.to_json(), "factors": options.factors, "layers": options.layers, "kind": options.kind,
            "most": options.most}  # fmt: skip


def activations(
    model: LanguageModel, read: ReadTexts, options: Options
) -> tuple[torch.Tensor, list[str], list[tuple[int, np.ndarray]], int]:
    """Activations (T, M), each column's name, which text each lot is of and at which places, and how many units."""
    layers = layer_numbers(options.layers)
    found: list[torch.Tensor] = []
    used: list[tuple[int, np.ndarray]] = []
    names: list[str] = []
    most, units = options.most, 0
    for at, tokens in enumerate(read.tokens):
        progress.tell(sum(map(len, found)) / most if found else 0.0)
        run: Run = record(model, tokens)
        values, listed = every(run, options.kind or kinds(run)[0], layers)
        some, names = parts(values[run.of_text], listed)
        most, units = min(options.most, max(3, NUMBERS // some.shape[1])), len(listed)
        left = most - sum(map(len, found))
        places = np.flatnonzero(run.of_text)[:left]
        if len(places):
            found.append(some[:left].clone())
            used.append((at, places))
        if left <= len(places):
            break
    return torch.cat(found), names, used, units


def named_by(shown: tuple[str, ...], row: np.ndarray) -> str:
    """The words a factor is strongest on anywhere, each once whatever its capitals, in a few words."""
    order = np.argsort(-row, kind="stable")[:200]
    strong = [shown[t] for t in order if row[t] > FEW and shown[t].strip()]
    return ", ".join(
        named(word)
        for word in list({w.strip().casefold(): w.strip() for w in strong[::-1]}.values())[::-1][:NAMES]
    )


def _notes(
    read: ReadTexts, used: list[tuple[int, np.ndarray]], tokens: int, options: Options, count: int
) -> tuple[str, ...]:
    found = []
    if len(used) < len(read.tokens) or len(used[-1][1]) < len(read.tokens[used[-1][0]]) - 1:
        found.append(
            f"The first {tokens:,} tokens are read ({len(used):,} of {len(read.tokens):,} texts): as many as were "
            "asked for, or as the memory allows for so many units."
        )
    if count < options.factors:
        found.append(f"{tokens:,} tokens have at most {count} factors.")
    return tuple(found)


STUDY = Study(
    name="text_factors", title="Factors over texts", question="Which units work together over many texts?",
    gives="text-factors", needs=frozenset(), options=Options, source="Alammar 2021 (Ecco); Lee, Seung 1999",
    signed=False, compute=compute, place=63, unfit=unfit,
)  # fmt: skip
