"""An LSTM that reads Shakespeare letter by letter."""

from pathlib import Path

from models.base import LanguageModel

NAME, TITLE, PLACE = "shakespeare-chars", "LSTM, Shakespeare's letters", 41


def load(folder: Path, stage: str | None = None) -> LanguageModel:
    """Open the checkpoint in `folder`, or a stage of its training."""
    from models import lstm

    return lstm.load(folder, stage)
