"""A transformer that fills in hidden words, looking both ways: a small BERT on movie reviews."""

from pathlib import Path

from models.base import LanguageModel

NAME, TITLE, PLACE = "reviews-bert", "BERT, movie reviews", 21


def load(folder: Path, stage: str | None = None) -> LanguageModel:
    """Open the checkpoint in `folder`, or a stage of its training."""
    from models import huggingface

    return huggingface.load(folder, stage)
