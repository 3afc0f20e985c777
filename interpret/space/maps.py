"""Maps of a model's words, each made once: bundled with the model, kept on this machine's disk, or made anew."""

import hashlib
import io
import json
import os
import tempfile
import zipfile
import zlib
from functools import cache
from pathlib import Path
from tokenize import TokenError
from weakref import WeakKeyDictionary

import numpy as np

from interpret import progress
from interpret.sentences import rounded
from interpret.space.layout import Umap, principal, turned, umap_layout, umap_version
from interpret.space.vectors import Space
from models.refusals import Refusal

BUNDLED = Path(__file__).parents[2] / "assets" / "studies" / "maps"
HOW = {"umap": "UMAP", "pca": "PCA"}
SEEDS = (0, 1, 2)  # of the flip-book
DAMAGED = (  # what numpy, zipfile and zlib raise of one flipped bit, by where it is
    OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, MemoryError, OverflowError, SyntaxError,
    zipfile.BadZipFile, zlib.error, TokenError,
)  # fmt: skip
_made: "WeakKeyDictionary[Space, dict[tuple[str, int], tuple[np.ndarray, str]]]" = WeakKeyDictionary()


def placed(space: Space, how: str = "umap", seed: int = 0) -> tuple[np.ndarray, str]:
    """The map of a space, (P, 2), and the sentence that says how it was made.

    Raises:
        Refusal: no such way of drawing, or too few points for it.
    """
    if how not in HOW:
        raise Refusal(f"There is no map by {how!r}: choose one of {', '.join(HOW)}.")
    known = _made.setdefault(space, {})
    key = (how, seed if how == "umap" else 0)
    if key not in known:
        known[key] = _by_pca(space) if how == "pca" else _by_umap(space, seed)
    return known[key]


def parameters(space: Space, seed: int = 0) -> Umap:
    """What UMAP is given: fewer neighbours where there are few points."""
    return Umap(n_neighbors=min(15, max(2, len(space) // 4)), seed=seed)


def is_ready(model: str, sha256: str) -> bool:
    """Whether a UMAP map of exactly these weights is bundled, so that it stands at once."""
    found = _bundled(model)
    return found is not None and found[1]["sha256"] == sha256


def flips(space: Space) -> np.ndarray:
    """UMAP from three seeds, each turned onto the first, (3, P, 2)."""
    pages = []
    for at, seed in enumerate(SEEDS):
        with progress.part(at / len(SEEDS), 1 / len(SEEDS)):
            pages.append(placed(space, "umap", seed)[0])
    return np.array([pages[0], *(turned(page, pages[0]) for page in pages[1:])])


def bundle(space: Space, folder: Path = BUNDLED) -> Path:
    """Write the maps of all three seeds as fp16, with all that says what they are of."""
    pages = []
    for at, seed in enumerate(SEEDS):
        with progress.part(at / len(SEEDS), 1 / len(SEEDS)):
            pages.append(umap_layout(space.unit, parameters(space, seed)))
    said = {"sha256": space.sha256, "which": space.which, "version": umap_version(),
            "parameters": parameters(space).to_dict()}  # fmt: skip
    path = folder / f"{space.model}.npz"
    _write(path, np.array(pages), said, np.float16)
    _bundled.cache_clear()
    return path


def _by_pca(space: Space) -> tuple[np.ndarray, str]:
    axes = principal(space.unit)
    first, second = axes.shares
    return axes.place(
        space.unit
    ), f"PCA of vectors of length 1: {rounded(first)} and {rounded(second)} of their spread"


def _by_umap(space: Space, seed: int) -> tuple[np.ndarray, str]:
    given, version = parameters(space, seed), umap_version()
    found = _bundled(space.model)
    if found and found[1]["sha256"] == space.sha256 and space.which == found[1]["which"] and seed in SEEDS:
        pages, said = found
        if pages.shape[1] == len(space) and {**said["parameters"], "seed": seed} == given.to_dict():
            return pages[SEEDS.index(seed)].astype(np.float64), given.in_words(said["version"])
    path = _shelf() / f"{_digest(space, given, version)}.npz"
    kept = _read(path)
    if kept is not None and kept[0].shape == (1, len(space), 2):
        return kept[0][0].astype(np.float64), given.in_words(version)
    made = umap_layout(space.unit, given)
    _keep(path, made[None], {"sha256": space.sha256, "which": space.which})
    return made, given.in_words(version)


def _shelf() -> Path:
    """Where maps made on this machine are kept."""
    root = (
        os.environ.get("UNDERHOOD_CACHE")
        or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "underhood"
    )
    return Path(root).expanduser() / "maps"


def _digest(space: Space, given: Umap, version: str) -> str:
    """Of the vectors themselves and all that the map depends on."""
    said = json.dumps([given.to_dict(), version, space.unit.shape])
    return hashlib.sha256(said.encode() + space.unit.tobytes()).hexdigest()


def _keep(path: Path, pages: np.ndarray, said: dict) -> None:
    try:
        _write(path, pages, said, np.float32)
    except OSError:
        return  # a disk that is full or closed costs time the next time, and nothing now


def _write(path: Path, pages: np.ndarray, said: dict, kind: type) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        aside = Path(file.name)
        try:
            about = np.frombuffer(json.dumps(said).encode(), np.uint8)
            np.savez_compressed(file, pages=pages.astype(kind), said=about)
            aside.chmod(0o644)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)  # of a full disk, whose other half did not come


def _read(path: Path) -> tuple[np.ndarray, dict] | None:
    """Pages (S, P, 2) and what they are of; None if there is no such file, or none that can be believed."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            pages, said = file["pages"], json.loads(file["said"].tobytes())
    except DAMAGED:
        return None
    return (pages, said) if pages.ndim == 3 and np.isfinite(pages).all() else None


@cache
def _bundled(model: str) -> tuple[np.ndarray, dict] | None:
    return _read(BUNDLED / f"{Path(model).name}.npz")
