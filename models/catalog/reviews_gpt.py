"""A transformer that has read movie reviews: a small GPT-2-style decoder on IMDB."""

from pathlib import Path

from models.base import LanguageModel

NAME, TITLE, PLACE = "reviews-gpt", "Transformer, movie reviews", 2


def load(folder: Path, stage: str | None = None) -> LanguageModel:
    """Open the checkpoint in `folder`, or a stage of its training."""
    from models import huggingface

    return huggingface.load(folder, stage)
