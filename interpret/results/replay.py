"""A training watched again: what each stage of it makes of the same text."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result
from interpret.results.guesses import NextWords
from interpret.sentences import marked, named, percent

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, kw_only=True, eq=False)
class Replay(Result):
    """Surprise of each token at each of S stages, (S, T) bits; the last stage is the model as it is now."""

    kind: ClassVar[str] = "replay"
    dims: ClassVar[tuple[str, ...]] = ("stage", "token")
    stages: tuple[str, ...]  # (S,) as in NAME@STAGE; the last is ""
    tokens_seen: np.ndarray  # (S,)
    losses: np.ndarray  # (S,) nats per token on held-out text, as the card says
    curve: np.ndarray  # (P, 2) tokens seen, held-out nats per token, all along the training
    passes: tuple[NextWords, ...]  # (S,) everything each stage says of the text
    candidates: tuple[str, ...]  # (K,) what may come next, as shown, the likeliest now first
    shares: np.ndarray  # (S, K) their probabilities
    heads: tuple[tuple[int, int], ...] = ()  # (N,) layer and head, both counted from 1
    matching: np.ndarray | None = None  # (S, N) how much each looks behind earlier places of the same token

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("stages", "tokens_seen", "losses", "passes", "shares"):
            if len(getattr(self, name)) != len(self.values):
                raise ValueError(f"Replay.{name} must have one entry for each of {len(self.values)} stages.")

    def named(self, stage: int) -> str:
        """A stage as a reader calls it."""
        return stage_named(self.stages[stage])

    def marked(self) -> tuple[str, ...]:
        """The candidates; three dots before those that go on with the word before them."""
        return tuple(marked(token, self.text) for token in self.candidates)

    def in_words(self) -> str:
        first, now = float(self.shares[0, 0]), float(self.shares[-1, 0])
        moved = f"had {percent(first)}; now it has {percent(now)}"
        read = self.values[[0, -1], min(1, len(self.tokens) - 1) :]  # without the first token
        start, end = read.mean(axis=1)
        then = self.named(0)
        return (
            f"{then[0].upper()}{then[1:]} its present first guess, {named(self.marked()[0])}, {moved}. A "
            f"token of this text cost it {start:.1f} bits of surprise then, and costs {end:.1f} now."
        )

    def heads_in_words(self) -> str:
        """When the head that finds repetitions best learned it; nothing without such numbers."""
        if self.matching is None:
            return ""
        best = int(self.matching[-1].argmax())
        track = self.matching[:, best]
        layer, head = self.heads[best]
        jump = int(np.diff(track).argmax())
        return (
            f"Head {layer}.{head - 1} now pays {percent(track[-1])} of its attention to what followed "
            f"earlier places of the same token; its largest step was from {percent(track[jump])} "
            f"{self.named(jump)} to {percent(track[jump + 1])} {self.named(jump + 1)}."
        )

    def shows(self) -> str:
        return f"surprise and next tokens at {len(self.stages)} stages of the training"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "stages": list(self.stages), "tokens_seen": self.tokens_seen.tolist(),
            "held_out_loss_nats": self.losses.tolist(), "curve": self.curve.tolist(),
            "candidates": list(self.candidates), "shares": self.shares.tolist(),
            "heads": [list(head) for head in self.heads],
            "prefix_matching": None if self.matching is None else self.matching.tolist(),
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        count = len(self.tokens)
        return pandas.DataFrame(
            {
                "stage": np.repeat(np.array([name or "now" for name in self.stages], dtype=object), count),
                "tokens_seen": np.repeat(self.tokens_seen, count),
                "token": np.tile(np.arange(count), len(self.stages)),
                "shown": np.tile(np.array(self.tokens, dtype=object), len(self.stages)),
                "surprise_bits": self.values.ravel(),
            }
        )


def stage_named(name: str) -> str:
    """A stage's name on its card, as a reader calls it; "" is the model as it is now."""
    if name == "0-percent":
        return "before the training"
    if name.endswith("-percent"):
        return f"after {name.removesuffix('-percent')} % of the training"
    return f"at stage {name}" if name else "now"
