"""The control of sst-attention: the same attention over words that see no context."""

from pathlib import Path

from models.base import LanguageModel

NAME, TITLE, PLACE = "sst-average", "Attention without context, praise or complaint", 14


def load(folder: Path, stage: str | None = None) -> LanguageModel:
    """Open the checkpoint in `folder`, or a stage of its training."""
    from models import classifier

    return classifier.load(folder, stage)
