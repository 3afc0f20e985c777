"""Units that carry what is known to be true: found on some texts, proved on others, switched off.

A unit is chosen by its AUC on one set of texts and judged on another. The proof that the model uses it is
what switching it off does, held at its mean, beside what random units of the same kind and layer do. A unit
that tells all may still not be needed (others know the same), so the 4 and 16 best go off together as well.

Source: Lakretz et al. 2019, https://arxiv.org/abs/1903.07435 (number units); Karpathy, Johnson, Li 2015,
https://arxiv.org/abs/1506.02078 (quote cells); Radford, Jozefowicz, Sutskever 2017,
https://arxiv.org/abs/1704.01444 (a sentiment unit).
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch

from interpret.methods.select_units import better
from interpret.run import record
from interpret.units import SIGNED, auc, auc_of_ranks, every, kinds
from interpret.units import ranks as placed_by
from interpret.units_ablation import losses, others, values_for
from interpret.units_features import features, open_number
from models.base import LanguageModel
from models.refusals import Refusal
from models.switches import Unit, switched

SETS = (1, 4, 16)  # so many of the best units go off together
RANDOM = 12  # random sets beside each
FOUND_ON, PROVED_ON = 2**40 + 6001, 2**40 + 7001  # no training draws its stories from 2**40 on


@dataclass(frozen=True, kw_only=True)
class Switched:
    """A number of the model before, after so many units are off, and with as many random ones off instead."""

    count: int
    before: float
    after: float
    random: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One unit and what it carries: AUC on the texts it was found on, on others, and by chance."""

    name: str  # quote, number, sentiment
    title: str
    model: str
    model_sha256: str
    units: tuple[str, ...]  # the best, in order
    low: bool  # whether the first is low where the answer is yes
    auc_found: float
    auc: float
    chance: float  # the best AUC of any unit with shuffled labels, on the texts it was found on
    n_found: int
    n: int
    seed: int
    measure: str  # what the ablation measures
    off: tuple[Switched, ...]
    beside: dict[str, float] = field(default_factory=dict)  # further numbers, by what they are
    text: str = ""  # to look at it on

    def in_words(self) -> str:
        """What came out. The search is judged where it was made, the one unit it chose on other texts."""
        one, most = self.off[0], self.off[-1]
        side = "low" if self.low else "high"
        who, beaten = f"{self.units[0].capitalize()} of {self.model}", self.auc_found > self.chance
        verdict = "is" if beaten else "fits best, but no better than chance, for being"
        return (
            f"{who} {verdict} {side} {self.title}: AUC {self.auc_found:.3f} where it was found (the best unit "
            f"by chance: {self.chance:.3f}), {self.auc:.3f} on {self.n:,} other places (chance: 0.5). "
            f"Switched off alone, {self.measure} goes from {one.before:.3f} to {one.after:.3f} (random units: "
            f"{min(one.random):.3f} to {max(one.random):.3f}); with the {most.count} best off, to "
            f"{most.after:.3f} (random sets: {min(most.random):.3f} to {max(most.random):.3f})."
        )


def to_json(found: Finding) -> dict[str, Any]:
    """As it stands in assets/studies/units.json."""
    return {**asdict(found), "says": found.in_words()}


def ranked(
    values: np.ndarray, inside: np.ndarray, kind: str, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Units by how well they tell (the best first), their AUC, whether low, and the best AUC by chance."""
    placed = placed_by(values)
    found, low = better(auc_of_ranks(placed, inside), SIGNED[kind])
    far = int(np.random.default_rng(seed).integers(len(inside) // 4, 3 * len(inside) // 4))
    chance = float(better(auc_of_ranks(placed, np.roll(inside, far)), SIGNED[kind])[0].max())
    order = np.argsort(-found, kind="stable")
    return order, found[order], low[order], chance


def switched_sets(
    model: LanguageModel, units: Sequence[Unit], ask: Callable[[], float], seed: int, random: int = RANDOM
) -> tuple[Switched, ...]:
    """What `ask` answers with the first 1, 4, 16 units off, and with random ones."""
    before, found = ask(), []
    for count in SETS:
        off = values_for(model, units[:count], "mean")
        with switched(model, off):
            after = ask()
        answers = []
        for number in range(random):
            held = values_for(model, others(model, units[:count], seed + number), "mean")
            with switched(model, held):
                answers.append(ask())
        found.append(Switched(count=count, before=before, after=after, random=tuple(answers)))
    return tuple(found)


class _Stories:
    """Stories as a model reads them: tokens, what the grammar says of each, every unit's activations."""

    def __init__(self, model: LanguageModel, seed: int, count: int):
        from models.train.storyland import stories, text

        if not model.card.trained_on.startswith("Storyland"):
            raise Refusal(f"{model.card.name} has not read Storyland: choose story-lstm or story-gpt.")
        longest = model.card.context or 10**6
        self.told = list(stories(seed, count))
        self.texts = [model.encode(text(one)).cut(longest) for one in self.told]
        for one, tokens in zip(self.told, self.texts, strict=True):
            if tokens.shown[1:] != tuple(t.strip() for t in tokens.shown[1:]) or len(tokens) - 1 > len(
                one.tokens
            ):
                raise Refusal(f"{model.card.name} cuts stories into other pieces than words.")

    def activations(self, model: LanguageModel) -> tuple[np.ndarray, list[Unit]]:
        """All units of the first kind on all tokens, (N, M)."""
        rows, units = [], []
        for tokens in self.texts:
            run = record(model, tokens)
            values, units = every(run, kinds(run)[0])
            rows.append(values)
        return np.concatenate(rows), units

    def quoted(self) -> np.ndarray:
        """Whether a quotation is open behind each token, (N,)."""
        return np.concatenate([features(tokens)["inside quotes"] for tokens in self.texts]) > 0

    def before_verbs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The token before each verb that agrees: its number among N, whether plural, attractors."""
        at, plural, between, start = [], [], [], 0
        for told, tokens in zip(self.told, self.texts, strict=True):
            number = open_number(["", *told.words])
            for place, word in enumerate(told.tokens):
                if word.phenomenon == "agreement" and place < len(tokens) - 1 and number[place]:
                    at.append(start + place)  # token `place` is the word before, behind the start mark
                    plural.append(number[place] > 0)
                    between.append(word.attractors)
            start += len(tokens)
        return np.array(at), np.array(plural), np.array(between)


def quote_unit(model: LanguageModel, stories: int = 300, seed: int = 0) -> Finding:
    """The unit that tells whether a quotation is open; off, closing quotation marks should cost more."""
    first, second = _Stories(model, FOUND_ON + seed, stories), _Stories(model, PROVED_ON + seed, stories)
    values, units = first.activations(model)
    order, found, low, chance = ranked(values, first.quoted(), units[0].kind, seed)
    again, _ = second.activations(model)
    judged = auc(again[:, order[:1]], second.quoted())[0]
    best = [units[i] for i in order[: max(SETS)]]
    closing = [
        [p for p, w in enumerate(told.tokens) if w.phenomenon == "closing_quote" and p < len(tokens) - 1]
        for told, tokens in zip(second.told, second.texts, strict=True)
    ]

    def ask(inside: bool = True) -> float:
        each = losses(model, second.texts)
        kept = [np.isin(np.arange(len(one)), at) == inside for one, at in zip(each, closing, strict=True)]
        return float(np.concatenate([one[k] for one, k in zip(each, kept, strict=True)]).mean())

    with switched(model, values_for(model, best[:1], "mean")):
        elsewhere = ask(inside=False)
    return Finding(
        name="quote", title="where a quotation is open", model=model.card.name,
        model_sha256=model.card.sha256,
        units=tuple(map(str, best)), low=bool(low[0]), auc_found=float(found[0]),
        auc=float(1 - judged if low[0] else judged), chance=chance, n_found=len(values), n=len(again),
        seed=seed,
        measure="the cost of a closing quotation mark (nats)", off=switched_sets(model, best, ask, seed),
        beside={
            "closing quotation marks": float(sum(map(len, closing))),
            "cost of all other words before (nats)": ask(inside=False),
            "cost of all other words without the first unit (nats)": elsewhere,
        },
        text='Mia lives near the mill. "I like the lamp," says Mia. "The keys are red." She sings.',
    )  # fmt: skip


def number_unit(model: LanguageModel, stories: int = 400, pairs: int = 200, seed: int = 0) -> Finding:
    """The unit that tells a plural subject before its verb; off, verbs should agree less often."""
    from models.train.storyland import agreement_pairs

    first, second = _Stories(model, FOUND_ON + seed, stories), _Stories(model, PROVED_ON + seed, stories)
    values, units = first.activations(model)
    at, plural, _ = first.before_verbs()
    order, found, low, chance = ranked(values[at], plural, units[0].kind, seed)
    again, _ = second.activations(model)
    places, wanted, between = second.before_verbs()
    column = again[places][:, order[0]] * (-1 if low[0] else 1)
    best = [units[i] for i in order[: max(SETS)]]
    asked = [pair for count in (0, 1, 2) for pair in agreement_pairs(PROVED_ON + seed, pairs, count)]
    right = _agreement(model, asked)
    by_count = right().reshape(3, pairs).mean(axis=1)
    with switched(model, values_for(model, best[:1], "mean")):
        without = right().reshape(3, pairs).mean(axis=1)
    several = between > 0
    told = {f"verbs right, {n} nouns between, before": float(by_count[n]) for n in range(3)}
    told |= {f"verbs right, {n} nouns between, first unit off": float(without[n]) for n in range(3)}
    return Finding(
        name="number", title="before the verb of a plural subject", model=model.card.name,
        model_sha256=model.card.sha256, units=tuple(map(str, best)), low=bool(low[0]),
        auc_found=float(found[0]), auc=float(auc(column[:, None], wanted)[0]), chance=chance, n_found=len(at),
        n=len(places), seed=seed, measure=f"the share of {len(asked)} verbs that agree",
        off=switched_sets(model, best, lambda: float(right().mean()), seed),
        beside=told | {
            "AUC with a noun of the other number between": float(
                auc(column[several][:, None], wanted[several])[0]
            ),
        },
        text="Sofia works behind the mill. The benches near the shell are red. The bench is old.",
    )  # fmt: skip


def _agreement(model: LanguageModel, pairs: Sequence[Any]) -> Callable[[], np.ndarray]:
    """Asks which pairs the model gets right, (P,): the verb that agrees likelier than the other."""
    tokens = [model.encode(pair.prefix) for pair in pairs]
    words = [[int(model.encode(verb).ids[-1]) for verb in (pair.right, pair.wrong)] for pair in pairs]

    @torch.no_grad()
    def right() -> np.ndarray:
        found = np.zeros(len(tokens))
        order = sorted(range(len(tokens)), key=lambda k: len(tokens[k]))
        for start in range(0, len(order), 64):
            some = order[start : start + 64]
            ids = torch.nn.utils.rnn.pad_sequence(
                [torch.from_numpy(tokens[k].ids.copy()) for k in some], batch_first=True
            )
            states = model.states(torch.stack([model.embed(row) for row in ids]))
            last = states[torch.arange(len(some)), torch.tensor([len(tokens[k]) - 1 for k in some])]
            logits = model.unembed(last)
            for row, k in enumerate(some):
                found[k] = float(logits[row, words[k][0]] > logits[row, words[k][1]])
        return found

    return right
