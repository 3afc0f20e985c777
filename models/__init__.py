"""Trained language models behind one contract. `load("wiki-lstm")` opens one; `names()` lists them."""

from pathlib import Path

from models.base import Card, LanguageModel, Refusal, Tokens, UnknownModel

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
    """A bundled model's card, read without opening its weights."""
    from models import checkpoints

    return checkpoints.read_card(folder(name))


def load(name: str | Path) -> LanguageModel:
    """Open a bundled model by name, or a Hugging Face folder by path.

    Raises:
        UnknownModel: neither a bundled name nor a folder.
        BadCheckpoint: files are missing, cut short, changed or do not fit each other.
    """
    from models import catalog

    if name in catalog.entries():
        return catalog.entries()[str(name)].load(ASSETS / name)
    path = Path(name)
    if path.is_dir():
        from models import huggingface

        return huggingface.load(path)
    raise UnknownModel(
        f"There is no model named {str(name)!r}: choose one of {', '.join(names())}, or give a folder."
    )
