"""An LSTM that has read an encyclopedia: AWD-LSTM on WikiText-2, step 1 of ULMFiT."""

from pathlib import Path

from models.base import LanguageModel

NAME, TITLE, PLACE = "wiki-lstm", "LSTM, encyclopedia", 1


def load(folder: Path, stage: str | None = None) -> LanguageModel:
    """Open the checkpoint in `folder`, or a stage of its training."""
    from models import lstm

    return lstm.load(folder, stage)
