"""The indexes of the bundled texts that ship with the models, made by `python -m interpret corpus bundle`.

Each is a job folder like any other, only narrower: fewer places of each unit, numbers rounded. It counts for
exactly the weights it was made with; for others, and for readers' own models, the same index is made in a
temporary folder when it is first asked for.
"""

import datetime
import json
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary, finalize

import numpy as np

import models
from interpret.corpus import job, store
from interpret.corpus.documents import Document
from interpret.corpus.index import Index
from interpret.corpus.merging import merged
from interpret.corpus.shards import tables
from interpret.units import SIGNED, NoUnits
from interpret.units_corpus import STORY_SEED, passages
from models.base import Card, LanguageModel
from models.refusals import Refusal

INDEXES = Path(__file__).parents[2] / "assets" / "indexes"
COMMAND = "python -m interpret corpus bundle"
SHIPPED = ("cell", "neuron")  # kinds of units; of others the index is made when it is asked for
KEPT = {"high": 4, "low": 3, "middle": 2}  # places of each sort
_made: "WeakKeyDictionary[LanguageModel, Index]" = WeakKeyDictionary()  # gone with the model
_making = threading.Lock()


def temporary(model: LanguageModel) -> Index:
    """The bundled texts' index, made now, in a folder that goes when nobody holds the index any more."""
    folder = Path(tempfile.mkdtemp(prefix="underhood-index-"))
    (folder / "shards").mkdir()
    store.write_tables(folder / "shards" / "00000", tables(model, bundled(model.card), 0))
    merged(folder, 1, {"model": model.card.name, "model_sha256": model.card.sha256})
    index = Index(folder)
    finalize(index, shutil.rmtree, folder, ignore_errors=True)
    return index


def bundled(card: Card) -> list[Document]:
    """The bundled texts of a model's world."""
    return [Document(one.text, one.label or "") for one in passages(card)]


def behind(model: LanguageModel, kind: str, folder: str = "") -> Index:
    """The index behind a model's units of a kind: the one in `folder`, or that of the bundled texts.

    Raises:
        Refusal: the folder holds no finished index of this very model.
        NoUnits: the model has no units that can be seen.
    """
    if folder:
        index = Index(Path(folder))
    elif kind in SHIPPED and _fits(INDEXES / model.card.name, model.card):
        index = Index(INDEXES / model.card.name)
    else:
        with _making:
            if model not in _made:
                _made[model] = temporary(model)
            index = _made[model]
    if index.summary["model_sha256"] != model.card.sha256:
        raise Refusal(
            f"This index was made with {index.summary['model']}, or with other weights of it: choose that model, "
            "or the bundled texts."
        )
    if kind not in index.summary["chance"]:
        raise NoUnits(f"This index has no {kind} of {model.card.name}: choose another model.")
    return index


def _fits(folder: Path, card: Card) -> bool:
    try:
        said = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return said["model_sha256"] == card.sha256


def bundle(name: str, out: Path = INDEXES) -> dict[str, Any] | None:
    """Make a bundled model's index anew under `out`; None for a model without units."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / name
        texts = bundled(models.card(name))
        job.plan(folder, name, iter(texts), len(texts))  # in one piece, as `temporary` does
        summary = job.run(folder)
        if not summary["chance"]:
            return None
        summary |= {"seed": STORY_SEED, "made": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}",
                    "command": COMMAND, "places": KEPT}  # fmt: skip
        shutil.rmtree(out / name, ignore_errors=True)
        (out / name).mkdir(parents=True)
        store.write_tables(out / name / "index", _narrow(folder / "index"), level=19)
        store.write_json(out / name / "summary.json", summary)
    return summary


def _narrow(index: Path) -> dict[str, dict[str, Any]]:
    """Units with fewer places, wider bins and rounded numbers, texts, and gates."""
    units = store.arrays(store.read_table(index / "units.parquet"))
    units = {name: held[np.isin(units["kind"], SHIPPED)] for name, held in units.items()}
    found: dict[str, Any] = {"kind": units["kind"]}
    found |= {name: units[name].astype(kind) for name, kind in SMALL.items()}
    found |= {name: rounded(units[name]) for name in ("sum", "squares", "least", "most")}
    signed = np.array([SIGNED[kind] for kind in units["kind"]])[:, None]
    for end in ("high", "low"):
        for name in ("values", "texts", "places"):
            held = units[f"{end}_{name}"][:, : KEPT[end]]
            held = rounded(held) if name == "values" else held.astype(np.int16)
            found[f"{end}_{name}"] = np.where(signed | (end == "high"), held, -1).astype(held.dtype)
    found["exponent"] = (units["exponent"] + 1).astype(np.int8)
    found["counts"] = units["counts"].reshape(len(signed), -1, 2).sum(-1)
    found["counts"] = np.round(rounded(found["counts"], 2)).astype(np.int32)
    found["examples"], found["example_values"] = _middle(units)
    found["r"] = units["r"].round(2).astype(np.float32)
    texts = store.read_table(
        index / "texts.parquet", ["number", "text", "label", "tokens", "loss"]
    ).to_pydict()
    gates = store.arrays(store.read_table(index / "gates.parquet"))
    if len(gates["layer"]):
        gates |= {name: gates[name].astype(np.int32) for name in ("count", "shut", "open")}
        gates["log_forget"] = rounded(gates["log_forget"], 4)
    return {"units": found, "texts": texts, "gates": gates}


SMALL = {"layer": np.int8, "index": np.int16, "count": np.int32}


def rounded(values: np.ndarray, digits: int = 3) -> np.ndarray:
    """Values with so many significant digits, which pack well."""
    size = np.floor(np.log10(np.maximum(np.abs(values), 1e-6)))
    step = 10.0 ** (size - digits + 1)
    return (np.round(values / step) * step).astype(np.float32)


def _middle(units: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Of the examples only those nearest to half way from a unit's mean to its most."""
    codes, values = units["examples"], units["example_values"]
    half = (units["sum"] / units["count"] + units["most"]) / 2
    far = np.where(codes < 0, np.inf, np.abs(values - half[:, None]))
    order = np.argsort(far, axis=1, kind="stable")[:, : KEPT["middle"]]
    return np.take_along_axis(codes, order, 1).astype(np.int32), rounded(np.take_along_axis(values, order, 1))
