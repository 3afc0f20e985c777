"""An n-gram model: it counts what followed the last few tokens, and knows nothing else.

Interpolated modified Kneser-Ney smoothing. Source: Chen, Goodman 1999, "An empirical study of smoothing
techniques for language modeling", section 3.4, https://doi.org/10.1006/csla.1999.0128. Counts are kept, not
probabilities; what a context followed by dropped n-grams loses goes to the shorter context, so that the
probabilities of every context sum to 1 whatever was dropped.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from models import checkpoints
from models.base import Card, LanguageModel, Recording, Tokens
from models.refusals import BadCheckpoint
from models.text import Cutter

NOTHING = -1  # in a context: before the text there is nothing
TABLES = ("firsts", "rests", "sizes", "totals", "words", "counts")  # on disk, of every order from 2 on
LARGE = 255  # on disk, in the place of a number from here on


class Counts(torch.nn.Module):
    """How often what followed what, for n-grams of every order up to the highest.

    Buffers: `1.counts` (V,), and for each order k from 2, with C contexts of k - 1 tokens and N n-grams:
    `k.contexts` (C,), rising numbers (`keys`); `k.begins` (C + 1,), where the n-grams of each context begin;
    `k.totals` (C,), the sum of all its counts, dropped ones too; `k.words` and `k.counts` (N,). Counts of
    the highest order are occurrences, those below count the different tokens that stood before.
    """

    def __init__(self, tables: Mapping[str, Tensor], discounts: Sequence[Sequence[float]]):
        """`discounts`: for each order, what is taken off counts of 1, of 2, and of 3 or more."""
        super().__init__()
        for name, table in tables.items():
            self.register_buffer(_buffer(name), table)
        self.order = len(discounts)
        self.discounts = torch.tensor([(0.0, *each) for each in discounts], dtype=torch.float64)

    def tables(self) -> dict[str, Tensor]:
        """The tables by their names."""
        return {_name(name): table for name, table in self.state_dict().items()}

    def probabilities(self, contexts: Tensor) -> Tensor:
        """Of every next token, (R, V) in fp64; `contexts` (R, C): the last tokens, or `NOTHING`."""
        found = self._alone().repeat(len(contexts), 1)
        for order in range(2, min(self.order, contexts.shape[1] + 1) + 1):
            rows, at = self._known(order, contexts[:, 1 - order :])
            begins = self._table(order, "begins").long()
            sizes = begins[at + 1] - begins[at]
            which = torch.repeat_interleave(sizes)  # of the known contexts, (N,)
            shift = begins[at] - (sizes.cumsum(0) - sizes)
            grams = torch.arange(len(which)) + shift[which]
            shares = self._discounted(order, self._table(order, "counts")[grams])
            shares = shares / self._table(order, "totals")[at][which]
            left = found.new_ones(len(contexts)).index_add(0, rows[which], -shares)
            found *= left[:, None]
            found[rows[which], self._table(order, "words")[grams].long()] += shares
        return found

    def _alone(self) -> Tensor:
        """Probabilities with no context at all, (V,): what is discounted is shared out evenly."""
        counts = self._table(1, "counts")
        shares = self._discounted(1, counts) / counts.sum()
        return shares + (1 - shares.sum()) / len(counts)

    def _discounted(self, order: int, counts: Tensor) -> Tensor:
        return counts - self.discounts[order - 1][counts.long().clamp(max=3)]

    def _known(self, order: int, contexts: Tensor) -> tuple[Tensor, Tensor]:
        """Which rows of `contexts` were ever seen, and as which of our contexts."""
        known, vocabulary = self._table(order, "contexts"), len(self._table(1, "counts"))
        inside = ((contexts >= 0) & (contexts < vocabulary)).all(1)
        asked = keys(contexts, vocabulary)
        at = torch.searchsorted(known, asked).clamp(max=len(known) - 1)
        rows = (inside & (known[at] == asked)).nonzero()[:, 0]
        return rows, at[rows]

    def _table(self, order: int, name: str) -> Tensor:
        return self.get_buffer(_buffer(f"{order}.{name}"))


def packed(tables: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tables of `Counts` as they stand on disk, a third to a half as large and nothing rounded.

    Of each order k: `k.firsts` (V,), how many contexts begin with each token, and `k.rests` (C,), what
    follows that token in each; `k.sizes` (C,), how many n-grams each context has; totals, words and counts.
    Sizes, totals and counts take a byte; those from 255 on stand in order in `k.sizes.large` and so on.
    """
    single = tables["1.counts"]
    found = {"1.counts": single}
    for order in range(2, 2 + (len(tables) - 1) // 5):
        contexts, rest = tables[f"{order}.contexts"], len(single) ** (order - 2)
        kinds = (torch.int16, torch.int32, torch.int64)
        narrow = next(kind for kind in kinds if rest <= torch.iinfo(kind).max)
        found[f"{order}.firsts"] = torch.bincount(contexts // rest, minlength=len(single)).int()
        found[f"{order}.rests"] = (contexts % rest).to(narrow)
        found[f"{order}.words"] = tables[f"{order}.words"]
        small = {name: tables[f"{order}.{name}"] for name in ("totals", "counts")}
        small["sizes"] = tables[f"{order}.begins"].diff()
        for name, many in small.items():
            found[f"{order}.{name}"] = many.clamp(max=LARGE).to(torch.uint8)
            found[f"{order}.{name}.large"] = many[many >= LARGE].int()
    return found


def unpacked(stored: Mapping[str, Tensor], orders: range) -> dict[str, Tensor]:
    """What `packed` made, as `Counts` takes it; raises RuntimeError where tables do not fit each other."""
    found = {"1.counts": stored["1.counts"]}
    for order in orders:
        table = {name: stored[f"{order}.{name}"] for name in TABLES}
        firsts = torch.repeat_interleave(table["firsts"].long())  # (C,)
        whole = {name: _whole(stored, f"{order}.{name}") for name in ("sizes", "totals", "counts")}
        found |= {
            f"{order}.contexts": firsts * len(table["firsts"]) ** (order - 2) + table["rests"],
            f"{order}.begins": torch.nn.functional.pad(whole["sizes"].cumsum(0), (1, 0)).int(),
            f"{order}.totals": whole["totals"],
            f"{order}.words": table["words"],
            f"{order}.counts": whole["counts"],
        }
        ends = int(whole["sizes"].sum()), len(whole["counts"])
        if not len(firsts) == len(whole["sizes"]) == len(whole["totals"]) or ends != 2 * (
            len(table["words"]),
        ):
            raise RuntimeError(f"tables of order {order} differ in length")
    return found


def _whole(stored: Mapping[str, Tensor], name: str) -> Tensor:
    found = stored[name].int()
    found[found == LARGE] = stored[f"{name}.large"]
    return found


def _buffer(name: str) -> str:
    return "order_" + name.replace(".", "_")


def _name(buffer: str) -> str:
    return buffer.removeprefix("order_").replace("_", ".")


def keys(tokens: Tensor, vocabulary: int) -> Tensor:
    """Rows of token numbers (R, C) as one number each, (R,), that sort as the rows do."""
    found = torch.zeros_like(tokens[:, 0])
    for column in tokens.T:
        found = found * vocabulary + column
    return found


class NgramModel(LanguageModel):
    """Counts behind our contract: a token's vector is its number, a state the last few numbers."""

    def __init__(self, counts: Counts, card: Card, cutter: Cutter):
        self.card, self._cutter, self._counts = card, cutter, counts

    def encode(self, text: str) -> Tokens:
        return self._cutter.cut(text)

    def shown(self, token: int) -> str:
        return self._cutter.written(token)

    def embed(self, ids: Tensor) -> Tensor:
        return ids[:, None].float()

    def states(self, vectors: Tensor) -> Tensor:
        length, reach = vectors.shape[1], self._counts.order - 1
        padded = torch.nn.functional.pad(vectors[..., 0], (reach - 1, 0), value=NOTHING)
        return torch.stack([padded[:, at : at + length] for at in range(reach)], -1)

    def unembed(self, hidden: Tensor) -> Tensor:
        """(..., C) -> (..., V): logarithms of the probabilities behind the last C tokens."""
        contexts = hidden.detach().round().long()
        found = self._counts.probabilities(contexts.flatten(0, -2)).log().float()
        return found.unflatten(0, contexts.shape[:-1])

    @torch.no_grad()
    def record(self, vectors: Tensor) -> Recording:
        return Recording(logits=self.logits(vectors[None])[0], hidden=(vectors,))


def load(folder: Path, stage: str | None = None) -> NgramModel:
    """The n-gram model in `folder`; refuses missing, extra or changed tables (`BadCheckpoint`)."""
    card, tables = checkpoints.opened(folder, stage)
    config = checkpoints.read_json(folder / checkpoints.CONFIG)
    if missing := {"discounts", "start"} - set(config):
        raise BadCheckpoint(f"{folder.name}/config.json has no {', '.join(sorted(missing))}: restore it.")
    orders = range(2, len(config["discounts"]) + 1)
    beside = {f"{order}.{name}.large" for order in orders for name in ("sizes", "totals", "counts")}
    expected = {"1.counts", *(f"{order}.{name}" for order in orders for name in TABLES), *beside}
    if wrong := expected ^ set(tables):
        raise BadCheckpoint(f"{folder.name}: missing or unknown tables: {', '.join(sorted(wrong))}.")
    try:
        tables = unpacked(tables, orders)
    except RuntimeError:
        raise BadCheckpoint(f"{folder.name}: its tables do not fit each other: restore it.") from None
    cutter = Cutter(folder / checkpoints.TOKENIZER, config["start"])
    if cutter.reach > len(tables["1.counts"]):
        raise BadCheckpoint(f"{folder.name}: the tokenizer knows more pieces than the model.")
    return NgramModel(Counts(tables, config["discounts"]), card, cutter)
