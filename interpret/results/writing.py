"""How a text could go on: every next token's probability, a tree of continuations, one that was drawn."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result
from interpret.sentences import marked, named, percent, visible

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, kw_only=True, eq=False)
class NextShares(Result):
    """The probability of every token of the vocabulary after the text, the likeliest first, (V,)."""

    kind: ClassVar[str] = "next-shares"
    dims: ClassVar[tuple[str, ...]] = ("candidate",)
    candidates: tuple[str, ...]  # as shown; the likeliest K of V
    candidate_ids: np.ndarray  # (V,)
    logits: np.ndarray  # (V,)
    entropy: float  # bits

    def shows(self) -> str:
        return "the probability of each next token"

    def marked(self) -> tuple[str, ...]:
        """The candidates; three dots before those that go on with the word before them."""
        return tuple(marked(token, self.text) for token in self.candidates)

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(),
            "candidates": list(self.candidates),
            "candidate_ids": self.candidate_ids.tolist(),
            "logits": self.logits.tolist(),
            "entropy_bits": self.entropy,
        }

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        count = len(self.candidates)
        return pandas.DataFrame(
            {
                "token": self.candidate_ids[:count],
                "shown": self.candidates,
                "probability": self.values[:count],
                "logit": self.logits[:count],
            }
        )

    def in_words(self) -> str:
        half, most = (int(np.searchsorted(self.values.cumsum(), share)) + 1 for share in (0.5, 0.9))
        ways = 2**self.entropy
        return (
            f"After this text the model is as undecided as among {ways:,.0f} equally likely tokens "
            f"({self.entropy:.1f} bits): "
            f"{'its first guess holds' if half == 1 else f'its {half:,} first guesses hold'} "
            f"half of the probability, {most:,} of {len(self.values):,} hold 90\u00a0%."
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Tree(Result):
    """The likeliest continuations as a tree; `values` (N,): each node's probability behind its parent.

    Nodes stand parents first, children of one parent together, the likeliest first; parent -1 is the text.
    """

    kind: ClassVar[str] = "tree"
    dims: ClassVar[tuple[str, ...]] = ("node",)
    parents: np.ndarray  # (N,)
    depths: np.ndarray  # (N,) from 1
    node_ids: np.ndarray  # (N,) tokens
    shown: tuple[str, ...]  # (N,)
    paths: np.ndarray  # (N,) nats: log-probability of all from the text to the node

    def shows(self) -> str:
        return "the probability of each token behind the one before it"

    @property
    def leaves(self) -> np.ndarray:
        """The nodes that nothing follows, the likeliest path first."""
        ends = np.setdiff1d(np.arange(len(self.parents)), self.parents)
        return ends[np.argsort(-self.paths[ends], kind="stable")]

    def path(self, node: int) -> tuple[int, ...]:
        """The nodes from the text to this one."""
        found = [node]
        while self.parents[found[-1]] >= 0:
            found.append(int(self.parents[found[-1]]))
        return tuple(reversed(found))

    def said(self, node: int) -> str:
        """What stands behind the text on the way to a node."""
        return "".join(self.shown[k] for k in self.path(node))

    def phrase(self, node: int) -> str:
        """The same as a reader sees it, on one line."""
        said = self.said(node).lstrip(" ")
        return visible(said.rstrip(" ")) + "␣" * (len(said) - len(said.rstrip(" ")))

    def marked(self) -> tuple[str, ...]:
        """Each node's token; three dots before those that go on with the word before them."""
        before = [self.text + (self.said(int(up)) if up >= 0 else "") for up in self.parents]
        return tuple(marked(token, text) for token, text in zip(self.shown, before, strict=True))

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(),
            "parents": self.parents.tolist(),
            "depths": self.depths.tolist(),
            "node_ids": self.node_ids.tolist(),
            "shown": list(self.shown),
            "path_nats": self.paths.tolist(),
        }

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(
            {
                "node": np.arange(len(self.parents)),
                "parent": self.parents,
                "depth": self.depths,
                "shown": self.shown,
                "probability": self.values,
                "path_probability": np.exp(self.paths),
                "continuation": [self.said(node) for node in range(len(self.parents))],
            }
        )

    def in_words(self) -> str:
        first, second, *_ = (*self.leaves, self.leaves[0])
        all_of_them = float(np.exp(self.paths[self.leaves]).sum())
        times = float(np.exp(self.paths[first] - self.paths[second]))
        return (
            f"The likeliest of these {len(self.leaves)} ways is “{self.phrase(int(first))}” "
            f"({percent(float(np.exp(self.paths[first])))}), {times:.1f} times as likely as "
            f"“{self.phrase(int(second))}”. Together they are {percent(all_of_them)} of all "
            f"that could follow."
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Written(Result):
    """What a model wrote behind the text; `values` (N,): its probability of each token it drew.

    `whole`: the text and what was drawn; `drawn_spans` (N, 2) into it, `drawn_words` (N,) of it. `entropy` (N,)
    in bits: how undecided the model was before each; `surprise` (N,) in bits; `first` (N,): its first guess there.
    `focus` (N,): share of the size of gradient times input that the three most important tokens have; None for a
    model without gradients.
    """

    kind: ClassVar[str] = "written"
    dims: ClassVar[tuple[str, ...]] = ("drawn",)
    whole: str
    drawn: tuple[str, ...]
    drawn_spans: np.ndarray
    drawn_words: np.ndarray
    entropy: np.ndarray
    surprise: np.ndarray
    rank: np.ndarray
    first: tuple[str, ...]
    focus: np.ndarray | None

    def shows(self) -> str:
        return "the probability of each token that the model drew"

    def by_words(self) -> "Written":
        """The same with the pieces of each word together, W words in place of N tokens.

        Probabilities are multiplied; surprise and entropy, both in bits, are summed: the sum of the entropies is the
        surprise to be expected of those pieces. `rank` is that of the hardest piece, `first` the first guess for the
        first, `focus` the mean.
        """
        starts = np.flatnonzero(np.diff(self.drawn_words, prepend=-1))
        ends = np.append(starts[1:], len(self.drawn))
        places = list(zip(starts.tolist(), ends.tolist(), strict=True))
        spans = np.stack([self.drawn_spans[starts, 0], self.drawn_spans[ends - 1, 1]], axis=1)
        focus = None if self.focus is None else np.add.reduceat(self.focus, starts) / (ends - starts)
        return replace(
            self, values=np.multiply.reduceat(self.values, starts), entropy=np.add.reduceat(self.entropy, starts),
            surprise=np.add.reduceat(self.surprise, starts), rank=np.maximum.reduceat(self.rank, starts),
            drawn=tuple("".join(self.drawn[start:end]) for start, end in places), drawn_spans=spans,
            drawn_words=self.drawn_words[starts], first=tuple(self.first[start] for start, _ in places), focus=focus,
        )  # fmt: skip

    @property
    def added(self) -> str:
        """What the model wrote."""
        return self.whole[int(self.drawn_spans[0, 0]) :]

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(),
            "whole": self.whole,
            "drawn": list(self.drawn),
            "drawn_spans": self.drawn_spans.tolist(),
            "entropy_bits": self.entropy.tolist(),
            "surprise_bits": self.surprise.tolist(),
            "rank": self.rank.tolist(),
            "first_guess": list(self.first),
            "focus": None if self.focus is None else self.focus.tolist(),
        }

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        columns = {
            "drawn": self.drawn, "probability": self.values, "rank": self.rank,
            "entropy_bits": self.entropy, "surprise_bits": self.surprise, "first_guess": self.first,
        }  # fmt: skip
        return pandas.DataFrame(columns if self.focus is None else {**columns, "focus": self.focus})

    def in_words(self) -> str:
        least, tops = int(self.values.argmin()), int((self.rank == 1).sum())
        bold = (
            f"The boldest was {named(self.drawn[least])}, drawn at {percent(float(self.values[least]))} where it "
            f"would rather have said {named(self.first[least])}."
            if self.rank[least] > 1
            else f"The least certain was {named(self.drawn[least])} ({percent(float(self.values[least]))})."
        )
        return f"The model wrote {len(self.drawn)} tokens; {tops} of them were its own first guess. {bold}"
