"""Two layers of attention that have learned one thing: to go on with what was said before."""

from pathlib import Path

from models.base import LanguageModel

NAME, TITLE, PLACE = "induction-2l", "Attention only, repeated syllables", 42


def load(folder: Path, stage: str | None = None) -> LanguageModel:
    """Open the checkpoint in `folder`, or a stage of its training."""
    from models import induction

    return induction.load(folder, stage)
