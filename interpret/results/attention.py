"""Where heads look, and what heads do: maps of one text, and what was measured over many."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Asked, Result
from interpret.sentences import percent, two_figures, visible

if TYPE_CHECKING:
    import pandas

NOTHING = Asked(measure="logit", places=(), tokens=(), shown=())  # of a map that explains no number


def head_name(layer: int, head: int) -> str:
    """A head as everything here calls it: layers from 1, heads from 0."""
    return f"head {layer}.{head}"


@dataclass(frozen=True, kw_only=True, eq=False)
class HeadMaps(Result):
    """How much each asking token takes from each token: for each layer, each head (or all heads as one).

    `values` (L, H, Q, T), the asking token first; Q is T, or 1 for a classifier that asks once.
    """

    kind: ClassVar[str] = "head-maps"
    dims: ClassVar[tuple[str, ...]] = ("layer", "head", "query", "key")
    joined: bool  # whether the heads of a layer are one map (then H is 1)
    shares: bool  # whether the rows are shares that sum to 1
    causal: bool  # whether no token looks ahead
    sinks: tuple[int, ...]  # tokens that attention rests on when there is nothing to look for: marks
    askers: tuple[str, ...]  # (Q,) the asking tokens as shown, or what asks once

    @property
    def sink_share(self) -> float:
        """How much of the shares rests on the sinks, over all rows behind them."""
        if not self.sinks or not self.shares:
            return 0.0
        every = self.values.shape[2] == self.values.shape[3]
        behind = [q for q in range(self.values.shape[2]) if not (every and q in self.sinks)]
        return float(self.values[:, :, behind][..., list(self.sinks)].sum(-1).mean()) if behind else 0.0

    def strongest(self) -> tuple[int, int, int, int]:
        """The largest value between two different words: layer, head, query, key."""
        left = np.abs(self.values).copy()
        left[..., list(self.sinks)] = 0
        if left.shape[2] == left.shape[3] and not self.asked.places:  # an answer may be read from a mark
            left[:, :, list(self.sinks)] = 0
        for at in range(left.shape[2]) if left.shape[2] == left.shape[3] else ():
            left[:, :, at, at] = 0
        layer, head, query, key = np.unravel_index(int(left.argmax()), left.shape)
        return int(layer), int(head), int(query), int(key)

    def in_words(self) -> str:
        """Where one looks hardest, and how much rests on marks."""
        layer, head, query, key = self.strongest()
        value = float(self.values[layer, head, query, key])
        if value == 0:
            return "No token takes anything from another one."
        name = f"In layer {layer + 1}" if self.joined else f"{head_name(layer + 1, head).capitalize()}"
        much = percent(value) if self.shares else f"{two_figures(value)} ({self.unit})"
        who = self._named(query, self.askers)
        who = who if len(self.askers) > 1 else f"the answer {who}"
        said = f"{who} looks hardest at {self._named(key, self.tokens)}, {much}"
        said = (
            f"{name}, {said}"
            if self.values.shape[0] * self.values.shape[1] > 1
            else f"{said[0].upper()}{said[1:]}"
        )
        rest = f"; {percent(self.sink_share)} of all attention rests on marks." if self.sink_share else "."
        return said + rest

    def _named(self, at: int, names: tuple[str, ...]) -> str:
        return f"“{visible(names[at])}”" if names[at].strip() else "the start of the text"

    def shows(self) -> str:
        return self.unit

    def to_json(self) -> dict[str, Any]:
        found = super().to_json()
        return {
            **found, "target": found["target"] if self.asked.places else None, "joined": self.joined,
            "causal": self.causal, "sinks": list(self.sinks), "askers": list(self.askers),
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        layers, heads, queries, keys = np.indices(self.values.shape).reshape(4, -1)
        return pandas.DataFrame(
            {
                "layer": layers + 1, "head": heads, "query": queries,
                "query_shown": np.array(self.askers, dtype=object)[queries], "key": keys,
                "key_shown": np.array(self.tokens, dtype=object)[keys], "value": self.values.ravel(),
                "unit": self.unit,
            }
        )  # fmt: skip


ROLES = {  # role: (what it is, how a score over the threshold is said)
    "induction": "looks behind the earlier place of a token that comes again, to what came next there",
    "duplicate": "looks at earlier places of the same token, in random tokens said twice",
    "copy": "looks at the earlier place of the word that comes next, in real texts",
    "previous": "looks at the token just before",
    "next": "looks at the token just behind",
    "itself": "looks at the token itself",
    "same word": "looks at other places of the same word, in real texts",
    "punctuation": "looks at commas, full stops and the like",
    "rests": "rests on marks: nothing to look for in most texts",
    "near": "looks near: at a mean distance far below an even look's",
    "even": "looks at everything about evenly",
}
UNCLASSIFIED = "unclassified"


@dataclass(frozen=True, kw_only=True, eq=False)
class HeadRoles(Result):
    """What each head of a model does, by scores measured on many texts.

    `values` (L, H, S): mean scores for `measures`. A role is given where a score passes its threshold.
    """

    kind: ClassVar[str] = "head-roles"
    dims: ClassVar[tuple[str, ...]] = ("layer", "head", "measure")
    measures: tuple[str, ...]  # (S,)
    thresholds: np.ndarray  # (S,)
    chance: np.ndarray  # (S,) what an even look would score
    roles: tuple[tuple[str, ...], ...]  # (L)(H): a role, or "unclassified"
    entropy: np.ndarray  # (L, H) nats, mean over rows
    even_entropy: float  # nats: of looking evenly, over the same rows
    distance: np.ndarray  # (L, H) tokens, mean over rows
    offsets: np.ndarray  # (L, H, K) mean weight by distance, see `offset_names`
    offset_names: tuple[str, ...]
    proofs: tuple[tuple[tuple[str, ...], ...], ...]  # (L)(H): example sentences, best first
    texts: int
    copying: np.ndarray | None = (
        None  # (L, H) how far a head's find makes the looked-at token likelier, -1 to 1
    )

    def heads_of(self, role: str) -> list[str]:
        """The heads with this role."""
        return [
            head_name(layer + 1, head)
            for layer, row in enumerate(self.roles)
            for head, given in enumerate(row)
            if given == role
        ]

    def score(self, layer: int, head: int, measure: str) -> float:
        """One measure of one head (both from 0)."""
        return float(self.values[layer, head, self.measures.index(measure)])

    def in_words(self) -> str:
        known = {role: self.heads_of(role) for role in ROLES if self.heads_of(role)}
        count = sum(len(row) for row in self.roles)
        said = "; ".join(
            f"{role} ({', '.join(h.removeprefix('head ') for h in hs)})" for role, hs in known.items()
        )
        left = len(self.heads_of(UNCLASSIFIED))
        rest = f" {left} of {count} heads fit no role." if left else ""
        return (
            f"Roles found on this model: {said}.{rest}" if said else f"None of its {count} heads fits a role."
        )

    def shows(self) -> str:
        return f"mean share of attention over {self.texts} texts"

    def to_json(self) -> dict[str, Any]:
        arrays = ("thresholds", "chance", "entropy", "distance", "offsets")
        return {
            **super().to_json(), "target": None, "measures": list(self.measures), "roles": list(self.roles),
            "even_entropy": self.even_entropy, "offset_names": list(self.offset_names), "texts": self.texts,
            "proofs": [list(row) for row in self.proofs],
            "copying": None if self.copying is None else self.copying.tolist(),
            **{name: getattr(self, name).tolist() for name in arrays},
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        rows = [
            {
                "layer": layer + 1, "head": head, "role": role, "entropy_nats": self.entropy[layer, head],
                "distance_tokens": self.distance[layer, head],
                **({} if self.copying is None else {"copying": self.copying[layer, head]}),
                **dict(zip(self.measures, self.values[layer, head], strict=True)),
            }
            for layer, row in enumerate(self.roles)
            for head, role in enumerate(row)
        ]  # fmt: skip
        return pandas.DataFrame(rows)


@dataclass(frozen=True, kw_only=True, eq=False)
class HeadImportance(Result):
    """What each head is worth to a model: its gradient, and the loss without it.

    `values` (L, H): how much the mean loss grows without the head, in nats a guess; `errors` their standard
    errors over texts. `gradients` (L, H): mean over texts of |dL/dxi|, xi a factor on what the head finds.
    """

    kind: ClassVar[str] = "head-importance"
    dims: ClassVar[tuple[str, ...]] = ("layer", "head")
    errors: np.ndarray  # (L, H)
    gradients: np.ndarray  # (L, H) nats
    loss: float  # nats a guess with all heads
    texts: int
    guesses: int

    def certain(self, layer: int, head: int) -> bool:
        """Whether the change is more than twice its standard error from 0."""
        return abs(float(self.values[layer, head])) > 2 * float(self.errors[layer, head])

    def in_words(self) -> str:
        layer, head = (int(n) for n in np.unravel_index(int(self.values.argmax()), self.values.shape))
        least = [
            (at, index) for at, row in enumerate(self.values) for index in range(len(row))
            if not self.certain(at, index)
        ]  # fmt: skip
        rest = (
            f" Without any one of {len(least)} of the {self.values.size} heads it does not change measurably."
            if least else " Every head is missed."
        )  # fmt: skip
        return (
            f"{head_name(layer + 1, head).capitalize()} is missed most: without it a guess costs "
            f"{self.values[layer, head]:+.2f} nats (with all heads {self.loss:.2f}).{rest}"
        )

    def shows(self) -> str:
        return f"nats a guess, over {self.texts} texts ({self.guesses:,} guesses)"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "target": None, "errors": self.errors.tolist(), "loss": self.loss,
            "gradients": self.gradients.tolist(), "texts": self.texts, "guesses": self.guesses,
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        layers, heads = np.indices(self.values.shape).reshape(2, -1)
        return pandas.DataFrame(
            {
                "layer": layers + 1, "head": heads, "loss_without_nats": self.values.ravel(),
                "standard_error": self.errors.ravel(), "gradient": self.gradients.ravel(),
            }
        )  # fmt: skip
