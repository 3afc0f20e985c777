"""The training text from its public home, for readers without a local copy."""

from pathlib import Path

from models.train.text import NoData


def fetch(work: Path) -> Path:
    """Download WikiText-2 and IMDB in the layout that recipes read; needs `datasets` and a network."""
    try:
        import datasets  # type: ignore[import-not-found]
    except ImportError:
        raise NoData(
            "No training text: give --data a folder with wikitext-2/ and imdb/, or install the package "
            "'datasets' to have it downloaded."
        ) from None
    home = work / "data"
    try:
        wiki = datasets.load_dataset("Salesforce/wikitext", "wikitext-2-v1")
        imdb = datasets.load_dataset("stanfordnlp/imdb")
    except (OSError, ConnectionError, ValueError) as error:
        raise NoData(
            f"The hub cannot be reached ({type(error).__name__}): give --data a local folder."
        ) from None
    (home / "wikitext-2").mkdir(parents=True, exist_ok=True)
    (home / "imdb").mkdir(parents=True, exist_ok=True)
    for part, ours in (("train", "train"), ("validation", "valid"), ("test", "test")):
        lines = "".join(wiki[part]["text"])
        (home / "wikitext-2" / f"{ours}.txt").write_text(lines, encoding="utf-8")
    for part, ours in (("train", "train"), ("test", "test"), ("unsupervised", "unsup")):
        imdb[part].to_parquet(home / "imdb" / f"{ours}.parquet")
    return home
