"""An architecture of one's own, plugged in by one file: a small Lite-Transformer of movie reviews."""

from pathlib import Path

from models.base import LanguageModel

NAME, TITLE, PLACE = "reviews-lite", "Lite-Transformer, movie reviews", 23


def load(folder: Path, stage: str | None = None) -> LanguageModel:
    """Open the checkpoint in `folder`, or a stage of its training."""
    from models import lite

    return lite.load(folder, stage)
