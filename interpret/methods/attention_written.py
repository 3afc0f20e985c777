"""Where each head looks while the model writes on by itself: a row for each token it adds.

The token at place p is chosen from the state of the token before it. "writing" therefore is the row of token
p - 1, what was looked at when the token was chosen; "reading" is the token's own row, what is looked at once it
stands there and the next one is to be chosen. The token is drawn by the seed from the model's own
probabilities, or always the likeliest (greedy). Rows are the model's weights, as raw attention shows them.

Source: Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, equation 1.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from interpret.attention.maps import head_maps, square
from interpret.method import Method
from interpret.results.attention import HeadMaps
from interpret.run import Run, record
from interpret.sentences import visible
from interpret.target import Target
from interpret.writing import Dials, go_on
from models.refusals import Refusal

Row = Literal["writing", "reading"]
MOST = 60  # tokens


@dataclass(frozen=True, kw_only=True)
class Options:
    """`count` tokens to write; `row`: writing or reading; `greedy`: the likeliest each time, else by `seed`."""

    count: int = 12
    row: Row = "writing"
    greedy: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        if self.row not in get_args(Row):
            raise ValueError(f"row is one of {', '.join(get_args(Row))}")
        if not 1 <= self.count <= MOST:
            raise ValueError(f"count lies between 1 and {MOST}")


def compute(run: Run, target: Target, options: Options) -> HeadMaps:
    """Maps (L, H, G, T + G) of G written tokens behind T given ones; refuses a text without room to write."""
    square(run)
    given, card = len(run.tokens), run.model.card
    if (card.context or 10**6) <= given:
        raise Refusal(f"The text leaves {card.name} no room to write on: shorten it.")
    tokens = go_on(run, options.count, options.seed, dials=Dials(top_k=1 if options.greedy else 0))
    whole = record(run.model, tokens)
    back = 1 if options.row == "writing" else 0
    rows = np.arange(given, len(tokens)) - back
    how = "always the likeliest token" if options.greedy else f"drawn by seed {options.seed}"
    return head_maps(
        whole, "attention_written", square(whole)[:, :, rows], unit="share of the row", options=options,
        askers=tokens.shown[given:], notes=(
            f"It wrote “{visible(tokens.text[len(run.tokens.text):])}” ({len(rows)} tokens, {how}).",
        ),
    )  # fmt: skip


METHOD = Method(
    name="attention_written",
    title="While it writes on",
    question="Where does it look while it writes?",
    gives="head-maps",
    needs=frozenset({"attention"}),
    options=Options,
    source="Vaswani et al. 2017",
    signed=False,
    compute=compute,
    place=61,
    tasks=frozenset({"causal"}),
)
