"""An LSTM that knows nothing but Storyland, a world whose truth is known."""

from pathlib import Path

from models.base import LanguageModel

NAME, TITLE, PLACE = "story-lstm", "LSTM, Storyland", 31


def load(folder: Path, stage: str | None = None) -> LanguageModel:
    """Open the checkpoint in `folder`, or a stage of its training."""
    from models import lstm

    return lstm.load(folder, stage)
