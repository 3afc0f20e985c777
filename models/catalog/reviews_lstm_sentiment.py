"""A head of three layers on the encoder of reviews-lstm: step 3 of ULMFiT."""

from pathlib import Path

from models.base import LanguageModel

NAME, TITLE, PLACE = "reviews-lstm-sentiment", "LSTM, praise or complaint", 12


def load(folder: Path, stage: str | None = None) -> LanguageModel:
    """Open the checkpoint in `folder`, or a stage of its training."""
    from models import classifier_lstm

    return classifier_lstm.load(folder, stage)
