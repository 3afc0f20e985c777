"""Trained language models behind one contract. `load("wiki-lstm")` opens one; `names()` lists them."""

from collections.abc import Callable
from pathlib import Path

from models.base import Card, LanguageModel, Tokens
from models.refusals import Refusal, UnknownModel

__all__ = ["Card", "LanguageModel", "Refusal", "Tokens", "UnknownModel", "card", "folder", "load", "names"]

ASSETS = Path(__file__).parents[1] / "assets" / "models"


def names() -> list[str]:
    """The bundled models, one per file of `models/catalog/`, in the order their files ask for."""
    from models import catalog

    return list(catalog.entries())


def folder(name: str) -> Path:
    """Where a bundled model's files are; refuses a name that is not in the catalogue."""
    if name not in names():
        raise UnknownModel(f"There is no model named {name!r}: choose one of {', '.join(names())}.")
    return ASSETS / name


def card(name: str) -> Card:
    """A bundled model's card, read without opening its weights; NAME@STAGE is that of a stage of its training."""
    from models import checkpoints

    base, _, stage = name.partition("@")
    found = checkpoints.read_card(folder(base))
    return checkpoints.of_stage(found, stage)[0] if stage else found


def load(
    name: str | Path,
    *,
    root: Path | None = None,
    hub: bool = False,
    progress: Callable[[float, str], None] | None = None,
) -> LanguageModel:
    """Open a bundled model by name or the reader's own by its path; NAME@STAGE opens a stage of its training.

    What a path may hold, and what `root`, `hub` and `progress` do, is said in `models.detect`.

    Raises:
        UnknownModel: neither a bundled name nor a file or folder, or no such stage.
        BadCheckpoint: files are missing, cut short, changed or do not fit each other.
    """
    from models import catalog

    bundled, _, stage = str(name).partition("@")
    if bundled in catalog.entries():
        return catalog.entries()[bundled].load(ASSETS / bundled, stage or None)
    path, _, stage = str(name).rpartition("@")
    if root is None and not hub and not Path(name).exists():
        if path and (Path(path) / "card.json").is_file():
            from models.own import ours

            return ours.opened(Path(path), stage)
        raise UnknownModel(
            f"There is no model named {str(name)!r}: choose one of {', '.join(names())}, or give a folder."
        )
    from models import detect

    return detect.opened(name, root=root, hub=hub, progress=progress)
