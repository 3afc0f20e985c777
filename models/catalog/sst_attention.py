"""A classifier that weighs words by attention: the model of *Attention is not Explanation*."""

from pathlib import Path

from models.base import LanguageModel

NAME, TITLE, PLACE = "sst-attention", "LSTM with attention, praise or complaint", 13


def load(folder: Path, stage: str | None = None) -> LanguageModel:
    """Open the checkpoint in `folder`, or a stage of its training."""
    from models import classifier

    return classifier.load(folder, stage)
