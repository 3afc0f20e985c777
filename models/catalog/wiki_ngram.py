"""Counted four-grams of an encyclopedia: the line that networks have to beat."""

from pathlib import Path

from models.base import LanguageModel

NAME, TITLE, PLACE = "wiki-ngram", "Counted n-grams, encyclopedia", 51


def load(folder: Path, stage: str | None = None) -> LanguageModel:
    """Open the checkpoint in `folder`, or a stage of its training."""
    from models import ngram

    return ngram.load(folder, stage)
