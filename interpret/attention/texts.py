"""The texts that heads are measured on: bundled ones in a model's own language, and random tokens said twice."""

import re
from pathlib import Path

import numpy as np
import torch

from interpret.units_corpus import passages
from models.base import LanguageModel, Tokens
from models.refusals import Refusal

LONGEST = 160  # tokens of one text
PHRASE, TIMES = 20, 3  # random tokens, and how often they are said
SYLLABLE_ROWS = 12


def corpus(model: LanguageModel, count: int) -> list[Tokens]:
    """Up to `count` bundled texts as tokens, cut to what the model takes: reviews, tales or syllables."""
    longest = min(LONGEST, model.card.context or LONGEST)
    if model.card.trained_on.startswith("random syllables"):
        written = [_syllables(model, seed, longest - 1) for seed in range(min(count, SYLLABLE_ROWS))]
    else:
        written = [passage.text for passage in passages(model.card)[:count]]
    return [model.encode(text).cut(longest) for text in written]


def _syllables(model: LanguageModel, seed: int, length: int) -> str:
    """A row as in the training of induction-2l: a few phrases of different lengths, said in random order."""
    rng = np.random.default_rng(seed)
    known = [model.shown(piece).strip() for piece in range(2, model.card.vocabulary)]
    phrases = [list(rng.choice(known, size=rng.integers(4, 12))) for _ in range(4)]
    said: list[str] = []
    while len(said) < length:
        said += phrases[rng.integers(4)]
    return " ".join(said[:length])


def repeated(model: LanguageModel, seed: int, phrase: int = PHRASE, times: int = TIMES) -> torch.Tensor:
    """Different random tokens, said `times` times behind the model's marks, (T,); no marks among them."""
    rng = np.random.default_rng(seed)
    sample = model.encode(passages(model.card)[0].text)
    at = np.flatnonzero(sample.spans[:, 0] < sample.spans[:, 1])
    before, behind = sample.ids[: at[0]], sample.ids[at[-1] + 1 :]
    room = (model.card.context or 10**6) - len(before) - len(behind)
    phrase = max(2, min(phrase, room // times))
    known = np.array([p for p in range(model.card.vocabulary) if model.shown(p).strip(" ").isalpha()])
    drawn = rng.choice(known, size=min(phrase, len(known)), replace=False)
    return torch.from_numpy(np.concatenate([before, np.tile(drawn, times), behind]))


def sentences(model: LanguageModel, file: str = "") -> list[str]:
    """Sentences of reviews: those of the bundled ones, or of a file with one a line (a label behind a tab is cut off).

    Raises:
        Refusal: the file cannot be read.
    """
    if file:
        try:
            lines = Path(file).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            raise Refusal(f"{file} cannot be read as text: name a file with one sentence a line.") from None
        return [line.rsplit("\t", 1)[0].strip() for line in lines if line.strip()]
    reviews = [passage.text for passage in passages(model.card) if passage.label is not None]
    return [part for text in reviews for part in re.split(r"(?<=[.!?])\s+", text) if part]
