"""wiki-lstm, fine-tuned on movie reviews: step 2 of ULMFiT."""

from pathlib import Path

from models.base import LanguageModel

NAME, TITLE, PLACE = "reviews-lstm", "LSTM, encyclopedia, then reviews", 11


def load(folder: Path, stage: str | None = None) -> LanguageModel:
    """Open the checkpoint in `folder`, or a stage of its training."""
    from models import lstm

    return lstm.load(folder, stage)
