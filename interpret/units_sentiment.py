"""Is there a unit that tells praise from blame? Found on some film reviews, judged on others, switched off.

A review is read to its `WORDS`-th token; a unit's value is its mean over the review. Of a classifier the
share of reviews it has right is measured; of a language model, how well the lead of " great" over " bad"
behind the review and the words "This movie is" tells praise (AUC).

Source: Radford, Jozefowicz, Sutskever 2017, https://arxiv.org/abs/1704.01444.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from interpret.units import NoUnits, Unit, auc
from interpret.units_findings import Finding, ranked, switched_sets
from models.base import LanguageModel

LENGTH = 120  # tokens of a review, all of the same length so that many are read at once
AT_ONCE = 32
GOOD = (" great", " good", " wonderful", " excellent", " amazing")
BAD = (" bad", " terrible", " awful", " boring", " poor")
PROMPT = " This movie is"
TEXT = "I expected nothing, and this film is wonderful. The sequel, I am sorry to say, is a waste of time."


def reviews(model: LanguageModel, data: Path, count: int, seed: int) -> tuple[Tensor, np.ndarray]:
    """The first `LENGTH` pieces of `count` held-out IMDB reviews (B, LENGTH), half of them praise, (B,)."""
    from pyarrow import parquet

    from models.train.text import review

    path = data / "imdb" / "test.parquet"
    if not path.is_file():
        raise NoUnits(f"No {path}: give --data a folder that holds imdb/test.parquet.")
    table = parquet.read_table(path, columns=["text", "label"])
    texts, labels = table["text"].to_pylist(), np.array(table["label"].to_pylist())
    left, rows, said = {0: count // 2, 1: count - count // 2}, [], []
    for number in np.random.default_rng(seed).permutation(len(texts)):
        label = int(labels[number])
        if not left[label]:
            continue
        ids = model.encode(review(texts[number])[: 20 * LENGTH]).ids
        if len(ids) >= LENGTH:
            rows.append(torch.from_numpy(ids[:LENGTH].copy()))
            said.append(label)
            left[label] -= 1
        if not any(left.values()):
            break
    return torch.stack(rows), np.array(said) == 1


@torch.no_grad()
def means(model: LanguageModel, ids: Tensor) -> tuple[np.ndarray, list[Unit]]:
    """Each cell's mean over each review, (B, M), and which cells they are."""
    memory = getattr(model, "memory", None)
    if memory is None:
        raise NoUnits(f"{model.card.name} is no LSTM that reads from left to right: choose reviews-lstm.")
    rows, widths = [], []
    for some in ids.split(AT_ONCE):
        cells = memory(torch.stack([model.embed(row) for row in some])).cell
        widths = [cell.shape[-1] for cell in cells]
        rows.append(torch.cat([cell.mean(1) for cell in cells], -1))
    units = [Unit(n + 1, i, "cell") for n, width in enumerate(widths) for i in range(width)]
    return torch.cat(rows).numpy(), units


def sentiment_unit(
    model: LanguageModel, data: Path, count: int = 400, seed: int = 0, random: int = 6
) -> Finding:
    """The cell that tells praise from blame best, and what the model can still do without it."""
    ids, praise = reviews(model, data, 2 * count, seed)
    values, units = means(model, ids)
    lots = np.random.default_rng(seed)
    first = np.zeros(len(praise), dtype=bool)
    for label in (True, False):
        of = np.flatnonzero(praise == label)
        first[lots.choice(of, len(of) // 2, replace=False)] = True
    order, found, low, _ = ranked(values[first], praise[first], "cell", seed)
    shuffled = [lots.permutation(praise[first]) for _ in range(3)]
    chance = max(float(ranked(values[first], labels, "cell", seed)[1][0]) for labels in shuffled)
    judged = float(auc(values[~first][:, order[:1]], praise[~first])[0])
    best = [units[i] for i in order[:16]]
    ask, measure = _ability(model, ids[~first], praise[~first])
    return Finding(
        name="sentiment", title="in reviews that praise", model=model.card.name,
        model_sha256=model.card.sha256, units=tuple(map(str, best)), low=bool(low[0]),
        auc_found=float(found[0]), auc=1 - judged if low[0] else judged, chance=chance,
        n_found=int(first.sum()),
        n=int((~first).sum()), seed=seed, measure=measure,
        off=switched_sets(model, best, ask, seed, random),
        beside={"units above chance where they were found": float((found > chance).sum()),
                "units searched": float(len(units))},
        text=TEXT,
    )  # fmt: skip


def _ability(model: LanguageModel, ids: Tensor, praise: np.ndarray) -> tuple[Callable[[], float], str]:
    """What the model makes of these reviews as one number, and what that is called."""
    if model.card.task == "classify":
        good = model.card.classes.index("positive")

        @torch.no_grad()
        def right() -> float:
            parts = [
                model.logits(torch.stack([model.embed(r) for r in some]))[:, 0] for some in ids.split(AT_ONCE)
            ]
            return float(((torch.cat(parts).argmax(-1) == good).numpy() == praise).mean())

        return right, "the share of reviews it has right"
    cut = model.encode(PROMPT)
    prompt = torch.from_numpy(cut.ids[cut.spans[:, 0] < cut.spans[:, 1]])  # without the start mark
    words = [[int(model.encode(word).ids[-1]) for word in side] for side in (GOOD, BAD)]
    longer = torch.cat((ids, prompt.expand(len(ids), -1)), 1)

    @torch.no_grad()
    def lead() -> float:
        parts = []
        for some in longer.split(AT_ONCE):
            last = model.states(torch.stack([model.embed(row) for row in some]))[:, -1]
            logs = model.unembed(last).log_softmax(-1)
            parts.append(logs[:, words[0]].logsumexp(-1) - logs[:, words[1]].logsumexp(-1))
        return float(auc(torch.cat(parts).numpy()[:, None], praise)[0])

    return lead, "the AUC by which its lead of “great” over “bad” tells praise"
