"""What is counted of every unit over texts, so that two lots of texts can be put together to one.

A tally is a dictionary of arrays with a row for each of N units: how many tokens, sum, squares, least, most;
the places of the `TOP` highest and lowest values, one a text; a histogram; for each of its bins the first
text that gets no higher than that (what is half way up is found there); sums of products with F features of
the tokens, and with the same features shifted along the texts. Bins are as wide as a power of two, and two of
them make one of the next width, so the order in which texts are put together changes nothing.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch

TOP = 8  # places kept for each end of a unit
HALF = 32  # bins on each side of 0
BINS = 2 * HALF
FINEST = -24  # the narrowest bins are 2**-24 wide
PLACES = 4096  # an example is written as text * PLACES + place; -1 where there is none
TURNS = 3  # ways in which features are shifted
ROWS = 128  # tokens counted at a time
SUMS = ("count", "sum", "squares", "products", "shifted")
ENDS = {"high": -1.0, "low": 1.0}  # the sign with which they are sorted
Tally = dict[str, np.ndarray]


def tally(
    values: Sequence[torch.Tensor], numbers: Sequence[int], labels: np.ndarray, shifted: np.ndarray, *,
    signed: bool = True,
) -> Tally:  # fmt: skip
    """The tally of N units over some texts.

    Args:
        values: for each text the activations, (T, N).
        numbers: the number of each text, rising.
        labels: features of all tokens in order, (sum of T, F).
        shifted: the same, shifted in several ways, (sum of T, TURNS * F).
        signed: whether low is a message, too; else no lowest places are kept.
    """
    whole = torch.cat(list(values)).float()
    highest, at_high = _of_texts(values, largest=True)  # (N, P) of P texts
    most, least = highest.max(1), whole.amin(0).numpy()
    exponent = np.maximum(np.frexp(np.maximum(np.abs(most), np.abs(least)))[1] - 5, FINEST)
    features = torch.from_numpy(np.concatenate((np.ones((len(labels), 1), np.float32), labels, shifted), 1))
    sums = (features.T @ whole).double().numpy()  # (1 + F + TURNS * F, N)
    count = 1 + labels.shape[1]
    texts = np.broadcast_to(np.asarray(numbers, np.int64), highest.shape)
    found = {
        "count": np.full(len(most), float(len(whole))),
        "sum": sums[0], "squares": (features[:, 0] @ whole.square()).double().numpy(),
        "least": least.astype(float), "most": most.astype(float),
        "exponent": exponent.astype(np.int64), "counts": _counts(whole, exponent),
        "products": sums[1:count].T.copy(), "shifted": sums[count:].T.copy(),
        **_examples(highest, texts * PLACES + at_high, exponent),
    }  # fmt: skip
    found |= _best("high", highest.astype(float), texts, at_high)
    if signed:
        lowest, at_low = _of_texts(values, largest=False)
        return found | _best("low", lowest.astype(float), texts, at_low)
    return found | {f"low_{n}": np.full_like(found[f"high_{n}"], -1) for n in ("values", "texts", "places")}


def _of_texts(values: Sequence[torch.Tensor], *, largest: bool) -> tuple[np.ndarray, np.ndarray]:
    """The largest or least value of each text and its first place, (N, P) each."""
    best = [one.amax(0) if largest else one.amin(0) for one in values]
    places = []
    for one, end in zip(values, best, strict=True):
        before = torch.arange(len(one), 0, -1, dtype=torch.int16)[:, None]  # twice as quick as torch's argmax
        places.append(len(one) - ((one == end) * before).amax(0).long())
    return torch.stack(best, 1).float().numpy(), torch.stack(places, 1).numpy()


def _counts(whole: torch.Tensor, exponent: np.ndarray) -> np.ndarray:
    """How many tokens lie in each bin, (N, BINS); a few rows at a time, which stay in the processor's cache."""
    units = whole.shape[1]
    scale = torch.from_numpy(np.exp2(-exponent.astype(np.float64)).astype(np.float32))
    exact = torch.float32 if BINS * units <= 2**24 else torch.float64  # for the number of a bin
    first = BINS * torch.arange(units, dtype=exact) + HALF
    found = np.zeros(BINS * units, np.int64)
    for rows in whole.split(ROWS):
        bins = (rows * scale).floor_().add(first).to(torch.int64)
        found += np.bincount(bins.numpy().ravel(), minlength=len(found))
    return found.reshape(-1, BINS)


def _examples(highest: np.ndarray, codes: np.ndarray, exponent: np.ndarray) -> Tally:
    """For each bin the first of the texts whose highest value lies there: code and value, (N, BINS) each."""
    found, values = np.full((len(highest), BINS), -1), np.zeros((len(highest), BINS))
    units = np.arange(len(highest))
    for text in reversed(range(highest.shape[1])):  # the first text is written last
        bins = np.floor(highest[:, text] * np.exp2(-exponent.astype(float))).astype(int) + HALF
        bins = np.clip(bins, 0, BINS - 1)
        found[units, bins], values[units, bins] = codes[:, text], highest[:, text]
    return {"examples": found, "example_values": values}


def _best(end: str, values: np.ndarray, texts: np.ndarray, places: np.ndarray) -> Tally:
    """The `TOP` places of one end (N, TOP), the best first; of equal ones those of the earlier text."""
    order = np.lexsort((texts, ENDS[end] * values), axis=1)[:, :TOP]
    parts = {"values": values, "texts": texts, "places": places}
    found = {f"{end}_{name}": np.take_along_axis(part, order, axis=1) for name, part in parts.items()}
    missing = TOP - order.shape[1]
    if missing > 0:  # no such place: a text of number -1
        found = {n: np.pad(p, ((0, 0), (0, missing)), constant_values=-1) for n, p in found.items()}
    return found


def together(a: Tally, b: Tally) -> Tally:
    """The tally of both lots of texts; those of `a` come first."""
    found = {name: a[name] + b[name] for name in SUMS}
    found |= {"least": np.minimum(a["least"], b["least"]), "most": np.maximum(a["most"], b["most"])}
    found["exponent"] = exponent = np.maximum(a["exponent"], b["exponent"])
    (one, first), (other, second) = (_widened(part, exponent) for part in (a, b))
    found["counts"] = one + other
    keep = (first["examples"] >= 0) & ((second["examples"] < 0) | (first["examples"] < second["examples"]))
    found |= {name: np.where(keep, first[name], second[name]) for name in first}
    for end in ENDS:
        both = {
            n: np.concatenate((a[f"{end}_{n}"], b[f"{end}_{n}"]), 1) for n in ("values", "texts", "places")
        }
        empty = both["texts"] < 0
        both["values"] = np.where(empty, np.inf * ENDS[end], both["values"])
        best = _best(end, **both)
        best[f"{end}_values"] = np.where(best[f"{end}_texts"] < 0, -1.0, best[f"{end}_values"])
        found |= best
    return found


def _widened(part: Tally, exponent: np.ndarray) -> tuple[np.ndarray, Tally]:
    """Counts and examples in bins of this width, which is theirs or wider."""
    far = np.minimum(exponent - part["exponent"], 6)
    counts, kept = part["counts"], {n: part[n] for n in ("examples", "example_values")}
    if not far.any():
        return counts, kept
    counts, codes, values = counts.copy(), kept["examples"].copy(), kept["example_values"].copy()
    for step in np.unique(far[far > 0]):
        rows = np.flatnonzero(far == step)
        to = ((np.arange(BINS) - HALF) >> int(step)) + HALF
        fewer = np.zeros((len(rows), BINS), counts.dtype)
        code, value = np.full((len(rows), BINS), -1), np.zeros((len(rows), BINS))
        for bin_ in range(BINS):
            fewer[:, to[bin_]] += counts[rows, bin_]
            new, old = codes[rows, bin_], code[:, to[bin_]]
            take = (new >= 0) & ((old < 0) | (new < old))
            code[take, to[bin_]], value[take, to[bin_]] = new[take], values[rows[take], bin_]
        counts[rows], codes[rows], values[rows] = fewer, code, value
    return counts, {"examples": codes, "example_values": values}


def joined(parts: Sequence[Tally]) -> Tally:
    """The units of several tallies (of the same texts) as one table."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def correlations(table: Mapping[str, np.ndarray], labels: Mapping[str, np.ndarray], of: str) -> np.ndarray:
    """Pearson's r of each unit with each feature from sums, (N, F).

    Args:
        table: a tally of N units.
        labels: `count`, `sum` (F,) and `squares` (F,) of the features.
        of: "products" or "shifted"; shifted ones give (N, TURNS * F).
    """
    turns = table[of].shape[1] // max(1, len(labels["sum"]))
    total, squares = np.tile(labels["sum"], turns), np.tile(labels["squares"], turns)
    count = labels["count"]
    cross = table[of] - table["sum"][:, None] * total / count
    spread = np.maximum(table["squares"] - table["sum"] ** 2 / count, 0)[:, None]
    wide = np.maximum(squares - total**2 / count, 0)
    size = np.sqrt(spread * wide)
    return np.where(size > 1e-9 * count, cross / np.where(size > 0, size, 1.0), 0.0).clip(-1, 1)
