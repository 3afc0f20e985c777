"""A transformer that knows nothing but Storyland, a world whose truth is known."""

from pathlib import Path

from models.base import LanguageModel

NAME, TITLE, PLACE = "story-gpt", "Transformer, Storyland", 32


def load(folder: Path, stage: str | None = None) -> LanguageModel:
    """Open the checkpoint in `folder`, or a stage of its training."""
    from models import huggingface

    return huggingface.load(folder, stage)
