"""A transformer that has read movie reviews: a small GPT-2-style decoder on IMDB."""

from pathlib import Path

from models.base import LanguageModel

NAME, TITLE, PLACE = "reviews-gpt", "Transformer, movie reviews", 2


def load(folder: Path) -> LanguageModel:
    """Open the checkpoint in `folder`."""
    from models import huggingface

    return huggingface.load(folder)
