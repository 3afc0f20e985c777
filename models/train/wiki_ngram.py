"""wiki-ngram: four-grams of WikiText-2, the line that every network has to beat.

Interpolated modified Kneser-Ney (models/ngram.py says where from). Nothing is learned by steps: every piece
of the training text is counted once. Rare long n-grams are dropped, so that it can be shipped.
"""

import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from models.ngram import NOTHING, Counts, packed
from models.train.learning import History, Settings
from models.train.recipes import HeldOut, Parts
from models.train.text import START, digest_of, piece, pieces, shared_tokenizer, wikitext
from models.train.wiki_lstm import TRAINED_ON, stream, tokenizer_json

__all__ = ["NAME", "NEEDS_DATA", "SIZES", "TRAINED_ON", "held_out", "parts", "tokenizer_json", "train"]

NAME, NEEDS_DATA = "wiki-ngram", ("wikitext-2", "imdb")
# the least count that is kept, for each order from 1
SIZES = {"tiny": (1, 1, 1), "small": (1, 1, 2, 3), "large": (1, 1, 1, 1, 1)}
UNDEFINED = 0.75  # a discount where so few n-grams leave none to be estimated


def count(ids: np.ndarray, least: Sequence[int], vocabulary: int) -> Counts:
    """Counts of all n-grams in `ids` (T,), up to the order that `least` has entries for.

    An n-gram below the highest order counts as often as different pieces stood before it. Those counted
    less often than `least` of their order are dropped after the discounts were estimated.
    """
    order = len(least)
    tables: dict[str, np.ndarray] = {}
    discounts = []
    for k in range(1, order + 1):
        grams = _keys(ids, k, vocabulary)
        if k < order:  # longer by one, each once, and without the first piece
            grams = np.unique(_keys(ids, k + 1, vocabulary)) % vocabulary**k
        found, counts = np.unique(grams, return_counts=True)
        discounts.append(estimated(counts))
        if k == 1:
            tables["1.counts"] = np.bincount(found, counts, vocabulary).astype(np.int32)
        else:
            tables.update(_tables(k, found, counts, least[k - 1], vocabulary))
    return Counts({name: torch.from_numpy(table) for name, table in tables.items()}, discounts)


def _keys(ids: np.ndarray, order: int, vocabulary: int) -> np.ndarray:
    """Every n-gram of `ids` as one number."""
    found = np.zeros(len(ids) - order + 1, dtype=np.int64)
    for at in range(order):
        found = found * vocabulary + ids[at : at + len(found)]
    return found


def _tables(
    order: int, grams: np.ndarray, counts: np.ndarray, least: int, vocabulary: int
) -> dict[str, np.ndarray]:
    """The tables of one order from 2 on, of n-grams in rising order; see `models.ngram.Counts`."""
    contexts, where = np.unique(grams // vocabulary, return_inverse=True)
    totals = np.bincount(where, weights=counts).astype(np.int32)
    keep = counts >= least
    sizes = np.bincount(where[keep], minlength=len(contexts))
    kept = sizes > 0
    small = np.int16 if counts.max() < 2**15 else np.int32
    return {
        f"{order}.contexts": contexts[kept],
        f"{order}.begins": np.concatenate(([0], np.cumsum(sizes[kept]))).astype(np.int32),
        f"{order}.totals": totals[kept],
        f"{order}.words": (grams[keep] % vocabulary).astype(np.int16),
        f"{order}.counts": counts[keep].astype(small),
    }


def estimated(counts: np.ndarray) -> tuple[float, float, float]:
    """What to take off counts of 1, of 2, and of 3 or more: Chen, Goodman 1999, equation 17.

    Where too few n-grams leave one undefined, or outside of what can be taken off, it is `UNDEFINED`.
    """
    one, two, three, four = (int((counts == n).sum()) for n in (1, 2, 3, 4))
    share = one / (one + 2 * two) if one else math.nan
    found = []
    for n, (these, more) in enumerate(((one, two), (two, three), (three, four)), start=1):
        value = n - (n + 1) * share * more / these if these else math.nan
        found.append(value if 0 < value <= n else UNDEFINED)
    return found[0], found[1], found[2]


@torch.no_grad()
def loss(counts: Counts, ids: np.ndarray, rows: int = 256) -> float:
    """Mean nats per piece over `ids`, each from all pieces before it."""
    reach = counts.order - 1
    padded = torch.as_tensor(np.concatenate(([NOTHING] * (reach - 1), ids)))
    contexts, wanted = padded.unfold(0, reach, 1)[:-1], torch.as_tensor(ids[1:])
    total = 0.0
    for at in range(0, len(wanted), rows):
        found = counts.probabilities(contexts[at : at + rows])
        total -= float(found.gather(1, wanted[at : at + rows, None]).log().sum())
    return total / len(wanted)


def train(settings: Settings) -> tuple[Counts, History, str]:
    """Count; returns the counts, their history and the data's digest."""
    torch.set_num_threads(settings.threads)
    began = time.monotonic()
    cutter = shared_tokenizer(settings.data, settings.work)
    known, valid = wikitext(settings.data, "train"), wikitext(settings.data, "valid")
    start = piece(cutter, START)
    ids = stream(pieces(known, cutter, settings.work), start)
    counts = count(ids, SIZES[settings.size], cutter.get_vocab_size())
    seconds = round(time.monotonic() - began, 1)
    unseen = stream(pieces(valid, cutter, settings.work), start)[:30_001]
    point = {"seconds": seconds, "tokens": len(ids), "held_out_nats": round(loss(counts, unseen), 4)}
    return counts, History(seconds=seconds, tokens=len(ids), steps=1, curve=[point]), digest_of(known)


def parts(network: Any, settings: Settings) -> Parts:
    """The counts as they are stored, and their shape."""
    tables = network.tables()
    grams = sum(len(table) for name, table in tables.items() if name.endswith(".counts"))
    return Parts(
        tensors=packed(tables),
        config={"start": 0, "discounts": network.discounts[:, 1:].tolist()},
        shape={
            "family": "ngram",
            "abilities": frozenset(),
            "widths": (1,),
            "vocabulary": len(tables["1.counts"]),
            "parameters": grams,
        },
    )


def held_out(network: Any, settings: Settings) -> HeldOut:
    """WikiText-2's whole test part as one text, as for wiki-lstm."""
    cutter = shared_tokenizer(settings.data, settings.work)
    test = wikitext(settings.data, "test")
    ids = stream(pieces(test, cutter, settings.work), piece(cutter, START))
    return HeldOut(
        nats=loss(network, ids) * (len(ids) - 1), pieces=len(ids) - 1, words=test.words,
        of="WikiText-2 test, all of it, read on from text to text; words as WikiText counts them",
    )  # fmt: skip
