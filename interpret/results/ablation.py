"""What changes when units or heads are switched off."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from interpret.results.base import Result
from interpret.sentences import named, percent, two_figures

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, kw_only=True, eq=False)
class Ablation(Result):
    """Probabilities of K candidates before and after, (2, K), and what else changes.

    Controls: the same number of random units of the same kinds and layers, switched off the same way.
    """

    kind: ClassVar[str] = "ablation"
    dims: ClassVar[tuple[str, ...]] = ("moment", "candidate")
    units: tuple[str, ...]
    way: str  # mean, zero, resampled
    candidates: tuple[str, ...]  # (K,) next words as shown, or classes
    kl: float  # nats, before against after, at the end of the text
    kl_random: np.ndarray  # (R,) of the controls
    kl_along: np.ndarray  # (T,) behind each token; of a classifier (1,)
    loss: tuple[float, float] | None  # before, after: nats per token of the corpus, or per review
    loss_random: np.ndarray  # (R,) after, of the controls
    right: tuple[float, float] | None  # of a classifier: share of the reviews that it has right
    measured: int  # tokens, or reviews
    written: tuple[str, ...] = ()  # what it writes on before, in pieces
    rewritten: tuple[str, ...] = ()  # after, drawn with the same chances

    @property
    def classifies(self) -> bool:
        """Whether the candidates are classes."""
        return self.asked.task == "classify"

    def shows(self) -> str:
        kind = "each class" if self.classifies else "the next token"
        value = {"mean": "its mean", "zero": "0", "resampled": "values from elsewhere"}[self.way]
        return f"the probability of {kind} as it is, and with {self._who()} held at {value}"

    def to_json(self) -> dict[str, Any]:
        return {
            **super().to_json(), "units": list(self.units), "way": self.way,
            "candidates": list(self.candidates),
            "kl_nats": self.kl, "kl_random_nats": self.kl_random.tolist(), "kl_along": self.kl_along.tolist(),
            "loss_nats": self.loss and list(self.loss), "loss_random_nats": self.loss_random.tolist(),
            "right": self.right, "measured": self.measured,
            "written": list(self.written), "rewritten": list(self.rewritten),
        }  # fmt: skip

    def to_frame(self) -> "pandas.DataFrame":
        import pandas

        return pandas.DataFrame(
            {"candidate": self.candidates, "before": self.values[0], "after": self.values[1]}
        )

    def in_words(self) -> str:
        before, after = int(self.values[0].argmax()), int(self.values[1].argmax())
        name = self.candidates.__getitem__ if self.classifies else lambda k: named(self.candidates[k])
        what = "the likeliest class" if self.classifies else "the first guess"
        if before == after:
            one, two = (percent(float(row[before])) for row in self.values)
            said = f"Without {self._who()} {what} stays {name(before)} ({one} before, {two} after)."
        else:
            said = (
                f"Without {self._who()} {what} is {name(after)} ({percent(float(self.values[1, after]))}) "
                f"instead of {name(before)} ({percent(float(self.values[0, before]))})."
            )
        usual = float(np.median(self.kl_random)) if len(self.kl_random) else 0.0
        moved = "as good as nothing" if self.kl < 5e-4 else f"{two_figures(self.kl)} nats"
        most = f"; {len(self.kl_random)} draws of as many random units move them by {two_figures(usual)} (median)"
        return f"{said} The probabilities move by {moved} (KL){most if len(self.kl_random) else ''}."

    def _who(self) -> str:
        return self.units[0] if len(self.units) == 1 else f"{self.units[0]} and {len(self.units) - 1} more"
