"""A head on the first token of reviews-bert: is a review praise or complaint?"""

from pathlib import Path

from models.base import LanguageModel

NAME, TITLE, PLACE = "reviews-bert-sentiment", "BERT, praise or complaint", 22


def load(folder: Path, stage: str | None = None) -> LanguageModel:
    """Open the checkpoint in `folder`, or a stage of its training."""
    from models import huggingface

    return huggingface.load(folder, stage)
