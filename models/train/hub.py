"""The training text from its public home, for readers without a local copy."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from models.train.text import NoData

CONVERTED = (
    "refs/convert/parquet"  # the hub's own copy of sets whose first form was a script, which nobody runs
)
PARTS = (("train", "train"), ("validation", "dev"), ("test", "test"))


def fetch(work: Path, sets: Collection[str]) -> Path:
    """Download these sets (names of `SETS`) in the layout that recipes read; those that are there stay.

    Needs the package `datasets` and a network; refuses (`NoData`) without.
    """
    try:
        import datasets  # type: ignore[import-not-found]
    except ImportError:
        raise NoData(
            f"No training text: give --data a folder with {', '.join(f'{name}/' for name in sets)}, or "
            "install the package 'datasets' to have it downloaded."
        ) from None
    home = work / "data"
    for name in sets:
        if (home / name).is_dir():
            continue
        waiting = home / f"{name}.writing"
        waiting.mkdir(parents=True, exist_ok=True)
        try:
            SETS[name](datasets, waiting)
        except (OSError, ConnectionError, ValueError, RuntimeError) as error:
            raise NoData(
                f"The hub did not give {name} ({type(error).__name__}): give --data a local folder with it."
            ) from None
        waiting.rename(home / name)
    return home


def _wikitext(datasets: Any, home: Path) -> None:
    found = datasets.load_dataset("Salesforce/wikitext", "wikitext-2-v1")
    for part, ours in (("train", "train"), ("validation", "valid"), ("test", "test")):
        (home / f"{ours}.txt").write_text("".join(found[part]["text"]), encoding="utf-8")


def _imdb(datasets: Any, home: Path) -> None:
    found = datasets.load_dataset("stanfordnlp/imdb")
    for part, ours in (("train", "train"), ("test", "test"), ("unsupervised", "unsup")):
        found[part].to_parquet(home / f"{ours}.parquet")


def _sst(datasets: Any, home: Path) -> None:
    """The trees; and of each whole sentence that is not neutral its text and label, as SST-2 has them."""
    from models.train.sst import phrases

    found = datasets.load_dataset("stanfordnlp/sst", "ptb", revision=CONVERTED)
    (home / "trees").mkdir(exist_ok=True)
    (home / "sentences").mkdir(exist_ok=True)
    for part, ours in PARTS:
        trees = [str(tree).strip() for tree in found[part]["ptb_tree"]]
        (home / "trees" / f"{ours}.txt").write_text("\n".join(trees) + "\n", encoding="utf-8")
        whole = [list(phrases(tree))[-1] for tree in trees]
        lines = [f"{text}\t{int(label > 2)}\n" for text, label in whole if label != 2]
        (home / "sentences" / f"{ours}.tsv").write_text("".join(lines), encoding="utf-8")


def _shakespeare(datasets: Any, home: Path) -> None:
    found = datasets.load_dataset("karpathy/tiny_shakespeare", revision=CONVERTED)
    whole = "".join("".join(found[part]["text"]) for part, _ in PARTS)
    (home / "input.txt").write_text(whole, encoding="utf-8")


SETS: dict[str, Callable[[Any, Path], None]] = {
    "wikitext-2": _wikitext,
    "imdb": _imdb,
    "sst2": _sst,
    "tinyshakespeare": _shakespeare,
}
