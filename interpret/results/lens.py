"""What a model would have answered after each of its layers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result
from interpret.sentences import named, percent

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, kw_only=True, eq=False)
class LayerGuesses(Result):
    """The guess at each place read off each layer; `values` is the probability of that layer's first guess.

    Rows from the embedding (0) to the last layer; places are those of the model's rows of logits.
    """

    kind: ClassVar[str] = "lens"
    dims: ClassVar[tuple[str, ...]] = ("layer", "place")
    layers: tuple[int, ...]  # those that could be read
    candidates: tuple[tuple[tuple[str, ...], ...], ...]  # (layer, place, 5) as shown
    probabilities: np.ndarray  # (layer, place, 5)
    rank: np.ndarray  # (layer, place): of the model's final first guess, 1 = first
    entropy: np.ndarray  # (layer, place) bits
    divergence: np.ndarray  # (layer, place) nats: KL(the model's answer || this layer's)
    decided: np.ndarray  # (place,): the layer from which the final first guess stays first
    asked_of: tuple[int, ...]  # (place,): the token each place is about; T for the one behind the text
    watched: tuple[str, ...] = ()  # as shown
    watched_logs: np.ndarray | None = None  # (layer, place, watched): log-probability in nats
    watched_rank: np.ndarray | None = None

    def shows(self) -> str:
        return "the probability of each layer's first guess"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(),
            "layers": list(self.layers),
            "candidates": [[list(place) for place in layer] for layer in self.candidates],
            "probabilities": self.probabilities.tolist(),
            "rank": self.rank.tolist(),
            "entropy_bits": self.entropy.tolist(),
            "divergence_nats": self.divergence.tolist(),
            "decided": self.decided.tolist(),
            "about": list(self.asked_of),
        }

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        rows = [
            {
                "layer": layer, "about": self.asked_of[place], "first_guess": self.candidates[row][place][0],
                "probability": self.values[row, place], "rank_of_final": int(self.rank[row, place]),
                "entropy_bits": self.entropy[row, place], "divergence_nats": self.divergence[row, place],
            }
            for row, layer in enumerate(self.layers)
            for place in range(self.values.shape[1])
        ]  # fmt: skip
        return pandas.DataFrame(rows)

    def in_words(self, place: int = -1) -> str:
        """When the guess at one place was settled, in a sentence; without one, at the last."""
        word, share = named(self.candidates[-1][place][0]), percent(float(self.values[-1, place]))
        last, layer = self.layers[-1], int(self.decided[place])
        if layer == last:
            before = named(self.candidates[-2][place][0]) if len(self.layers) > 1 else "something else"
            when = f"only the last of its {last} layers puts that first; before it, {before} leads"
        elif layer == 0:
            when = "that stands first from the embedding on, before any layer has worked on it"
        else:
            rest = "the last layer" if last - layer == 1 else f"the {last - layer} layers after it"
            when = f"that stands first from layer {layer} on, and {rest} can only make it surer or less sure"
        about = self.asked_of[place]
        if about >= len(self.tokens):
            return f"The next word is {word} to this model ({share}): {when}."
        here = named(self.tokens[about])
        asked = f"With {here} hidden, it" if self.asked.task == "masked" else f"Where {here} stands, it"
        return f"{asked} expects {word} ({share}): {when}."


@dataclass(frozen=True, kw_only=True, eq=False)
class LensTraining(Result):
    """How close a tuned lens came to the model's own answers while it was learned.

    `values` (step, layer): KL(model || lens) in nats a token, on texts held out.
    """

    kind: ClassVar[str] = "lens-training"
    dims: ClassVar[tuple[str, ...]] = ("step", "layer")
    seconds: np.ndarray  # (step,)
    straight: tuple[float | None, ...]  # (layer,): without a lens; None for a layer of another width

    def shows(self) -> str:
        return "how far each layer's answer is from the model's (KL divergence), in nats a token"

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        names = [f"layer {layer}" for layer in range(self.values.shape[1])]
        return pandas.DataFrame(self.values, columns=names).assign(seconds=self.seconds)

    def in_words(self) -> str:
        last = self.values[-1]
        read = [f"{first:.1f}" if first is not None else "unreadable" for first in self.straight]
        pairs = enumerate(zip(read, last, strict=True))
        said = ", ".join(f"layer {n}: {before} → {after:.2f}" for n, (before, after) in pairs)
        return f"With the tuned lens the layers come closer to the model's answer ({said} nats a token)."

    def so_far(self) -> str:
        """How far it is, on the texts that are held out."""
        first, best = self.values[0].mean(), self.values.mean(1).min()
        return (
            f"After {self.seconds[-1]:.0f} s the layers' answers are {best:.2f} nats from the model's on texts held "
            f"out, on average; they began at {first:.2f}."
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Patched(Result):
    """How far each state of another text carries that text's answer over, (layer, place); 1 = all the way.

    For a single state (`options["layer"]` from 0): how far it moved every state, as a share of its length.
    """

    kind: ClassVar[str] = "patched"
    dims: ClassVar[tuple[str, ...]] = ("layer", "place")
    other: str
    other_tokens: tuple[str, ...]
    sources: tuple[int, ...]  # (T,) the place of the other text whose state each place takes; -1: none
    compared: np.ndarray  # (layer, place) whether the other text has a state for it
    guess: str
    other_guess: str
    lead: float  # of the other text's guess over this text's, after this text, in nats
    other_lead: float

    def shows(self) -> str:
        return "the share of the way to the other text's answer that a single state carries"

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        layers, places = np.indices(self.values.shape).reshape(2, -1)
        return pandas.DataFrame({"layer": layers, "place": places, "share": self.values.ravel()})

    def in_words(self) -> str:
        ends = (
            f"After this text the model says {named(self.guess)}, after the other {named(self.other_guess)}."
        )
        if self.options["source"] >= 0:
            return f"{ends} {self._farthest()}"
        best = self.values.argmax(1)
        kept = []  # runs of layers that keep it at the same place
        for layer, place in enumerate(best.tolist()):
            share = float(self.values[layer, place])
            if kept and kept[-1][1] == place:
                kept[-1] = (kept[-1][0], place, max(kept[-1][2], share))
            else:
                kept.append((layer, place, share))
        said = " and ".join(
            f"at {named(self.tokens[place])} {'at first' if layer == 0 else f'from layer {layer} on'} "
            f"({100 * share:.0f}\u00a0% of the way)"
            for layer, place, share in kept
        )
        return f"{ends} What decides is kept {said}."

    def _farthest(self) -> str:
        """Where the one state that is put everywhere carries the other answer over best."""
        layer, place = np.unravel_index(self.values.argmax(), self.values.shape)
        share, word = float(self.values[layer, place]), named(self.other_tokens[self.options["source"]])
        if share < 0.005:
            return f"The state of its {word} carries that answer over nowhere."
        return (
            f"The state of its {word} carries that answer farthest at {named(self.tokens[place])}, "
            f"{'embedding' if layer == 0 else f'layer {layer}'} ({100 * share:.0f}\u00a0% of the way)."
        )
