"""An LSTM that has read an encyclopedia: AWD-LSTM on WikiText-2, step 1 of ULMFiT."""

from pathlib import Path

from models.base import LanguageModel

NAME, TITLE, PLACE = "wiki-lstm", "LSTM, encyclopedia", 1


def load(folder: Path) -> LanguageModel:
    """Open the checkpoint in `folder`."""
    from models import lstm

    return lstm.load(folder)
