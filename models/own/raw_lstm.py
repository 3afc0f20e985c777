"""A language model of plain `nn.LSTM` layers: its state dict, and a small JSON file that says what is what.

Beside `FILE.pth` (or `.safetensors`) lies `FILE.json`:

    {
      "embedding": "encoder",           the name of the nn.Embedding in the state dict
      "lstm": "rnn",                    of the nn.LSTM; a list of names if layers are modules of their own
      "decoder": "decoder",             of the nn.Linear that gives logits; null: it is tied to the embedding
      "tokenizer": "tokenizer.json",    what cuts the text: a tokenizer file; or instead of it
      "vocabulary": "words.json",       a list of words, or the name of a .json or .txt file with one
      "split": "spaces",                with a vocabulary: "spaces", "characters" or "fastai"
      "unknown": "<unk>",               with a vocabulary, optional: the word for all that it does not list
      "start": "<eos>"                  optional: the word or piece that stands before every text
    }
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from models import checkpoints
from models.base import Card, LanguageModel
from models.lstm import PARTS
from models.own import memory, pickled, vocabulary, weights
from models.own.confined import confined
from models.own.report import Preflight
from models.refusals import BadCheckpoint, Refusal
from models.text import Cutter
from models.words import WordCutter

KEYS = {"embedding", "lstm", "decoder", "tokenizer", "vocabulary", "split", "unknown", "start"}
ABILITIES = frozenset({"gradients", "gates", "cells", "unembed"})


@dataclass(frozen=True, kw_only=True)
class Found:
    """A raw LSTM that was looked into."""

    path: Path
    outline: pickled.Outline | None  # None: a safetensors file
    names: Mapping[str, str]  # our names of its weights -> the state dict's
    absent: Mapping[str, int]  # biases it has none of, and how long they would be
    cutter: Cutter | WordCutter | None
    preflight: Preflight


def described(path: Path) -> bool:
    """Whether a JSON file beside the weights says which of them are an LSTM's."""
    beside = path.with_suffix(".json")
    if not beside.is_file() or beside.stat().st_size > 1_000_000:
        return False
    try:
        return "lstm" in checkpoints.read_json(beside)
    except BadCheckpoint:
        return False


def look(where: str, path: Path, root: Path | None) -> Found:
    """What the file holds, by its description; broken files are refused (`BadCheckpoint`)."""
    beside = path.with_suffix(".json")
    said = checkpoints.read_json(beside if root is None else confined(beside, root))
    outline = None if path.suffix == ".safetensors" else pickled.outline(path)
    tensors = weights.header(path) if outline is None else outline.tensors
    problems = [f"{beside.name} has an unknown key {key!r}." for key in sorted(set(said) - KEYS)]
    names, absent, widths, rows, cutter = {}, {}, (), 0, None
    try:
        names, absent = _names(said, tensors, path)
        widths, rows = _fitting(names, tensors, path)
        cutter = _cutter(said, path, rows, root)
    except Refusal as refusal:
        problems.append(str(refusal))
    if outline and outline.foreign:
        problems.append(f"{path.name} asks for code ({outline.foreign[0]}), none of which was run.")
    held = weights.Held(tensors=tensors, size=path.stat().st_size)
    packed = held.numbers - rows * (widths[0] if widths else 0)
    size = memory.needed(
        parameters=held.numbers, packed=packed, widths=tuple(widths), heads=None, vocabulary=rows
    )
    preflight = Preflight(
        where=where,
        kind="raw-lstm",
        family="lstm",
        task="causal",
        architecture="nn.LSTM",
        widths=tuple(widths),
        vocabulary=rows or None,
        parameters=held.numbers,
        tied="decoder" not in names,
        tokenizer=f"{cutter.size:,} pieces, fits" if cutter else "none",
        precision=held.precision,
        bytes_on_disk=held.size,
        memory_mb=round(size / 1e6),
        abilities=ABILITIES,
        problems=tuple(problems),
    )
    return Found(path=path, outline=outline, names=names, absent=absent, cutter=cutter, preflight=preflight)


def _names(
    said: Mapping[str, Any], tensors: Mapping[str, weights.Sketch], path: Path
) -> tuple[dict[str, str], dict[str, int]]:
    """Our names of the weights -> theirs, and biases that are absent; every weight must be spoken for."""
    names = {"embedding": f"{said.get('embedding')}.weight"}
    modules = said["lstm"] if isinstance(said["lstm"], list) else [said["lstm"]]
    absent: dict[str, int] = {}
    number = 0
    for module in modules:
        layers = len({n for n in tensors if re.fullmatch(rf"{re.escape(str(module))}\.weight_hh_l\d+", n)})
        for layer in range(layers):
            for part in PARTS:
                theirs = f"{module}.{part}_l{layer}"
                if part.startswith("bias") and theirs not in tensors:
                    absent[f"layers.{number}.{part}"] = 4 * tensors[f"{module}.weight_hh_l{layer}"].shape[-1]
                else:
                    names[f"layers.{number}.{part}"] = theirs
            number += 1
    if said.get("decoder"):
        names["decoder"] = f"{said['decoder']}.weight"
        if f"{said['decoder']}.bias" in tensors:
            names["decoder_bias"] = f"{said['decoder']}.bias"
    if number == 0:
        raise BadCheckpoint(f"{path.name} has no LSTM named {said['lstm']!r}: it holds {_some(tensors)}.")
    wrong = sorted(set(names.values()) ^ set(tensors))
    if wrong:
        raise BadCheckpoint(
            f"{path.stem}.json and {path.name} disagree about {', '.join(wrong[:4])}; held is an LSTM that "
            "reads in one direction, without projections."
        )
    return names, absent


def _some(tensors: Mapping[str, weights.Sketch]) -> str:
    return ", ".join(sorted(tensors)[:4]) or "no weights"


def _fitting(
    names: Mapping[str, str], tensors: Mapping[str, weights.Sketch], path: Path
) -> tuple[tuple[int, ...], int]:
    """Widths and vocabulary; refuses weights whose shapes do not follow on each other."""
    shapes = {ours: tensors[theirs].shape for ours, theirs in names.items()}
    if len(shapes["embedding"]) != 2:
        raise BadCheckpoint(f"{path.name}: {names['embedding']} is no table of vectors.")
    rows, width = shapes["embedding"]
    widths = [width]
    expected: dict[str, tuple[int, ...]] = {}
    for number in range(sum(name.endswith("weight_hh") for name in names)):
        inner = shapes[f"layers.{number}.weight_hh"][-1]
        fitting = ((4 * inner, widths[-1]), (4 * inner, inner), (4 * inner,), (4 * inner,))
        expected |= {f"layers.{number}.{part}": shape for part, shape in zip(PARTS, fitting, strict=True)}
        widths.append(inner)
    expected |= {"decoder": (rows, widths[-1]), "decoder_bias": (rows,)}
    for ours, shape in shapes.items():
        if ours in expected and shape != expected[ours]:
            raise BadCheckpoint(
                f"{path.name}: {names[ours]} has shape {shape} where {expected[ours]} would fit the others."
            )
    if "decoder" not in names and widths[-1] != width:
        raise BadCheckpoint(f"{path.name}: its last layer is not as wide as the embedding it is tied to.")
    return tuple(widths), rows


def _cutter(said: Mapping[str, Any], path: Path, rows: int, root: Path | None) -> Cutter | WordCutter:
    listed, start = said.get("vocabulary"), said.get("start")
    if listed is None:
        cutter = Cutter(_beside(path, said.get("tokenizer", "tokenizer.json"), root), None)
        cutter.start = None if start is None else cutter.number(str(start))
    else:
        words = listed if isinstance(listed, list) else vocabulary.read(_beside(path, listed, root)).words
        split, unknown = said.get("split", "spaces"), said.get("unknown")
        if split not in ("spaces", "characters", "fastai"):
            raise BadCheckpoint(f"{path.stem}.json: split is spaces, characters or fastai, not {split!r}.")
        begins = {word: number for number, word in enumerate(words)}.get(str(start))
        cutter = WordCutter([str(word) for word in words], split, unknown=unknown, start=begins)
    if start is not None and cutter.start is None:
        raise BadCheckpoint(f"{path.stem}.json names a start piece that is not in the vocabulary: {start!r}.")
    if cutter.size > rows or (listed is not None and cutter.size != rows):
        raise BadCheckpoint(
            f"The vocabulary has {cutter.size:,} pieces, but the model has vectors for {rows:,}: give the "
            "one it was trained with."
        )
    return cutter


def _beside(path: Path, name: Any, root: Path | None) -> Path:
    if not isinstance(name, str) or Path(name).name != name:
        raise BadCheckpoint(f"{path.stem}.json names {name!r}: give the name of a file beside it.")
    found = path.with_name(name)
    if not found.is_file():
        raise BadCheckpoint(f"{path.parent.name} has no {name}, which {path.stem}.json names: put it there.")
    return found if root is None else confined(found, root)


def opened(found: Found, name: str) -> LanguageModel:
    """The model of a file that was looked into and has no problems."""
    from models.lstm import LstmModel

    outline = found.outline
    theirs = checkpoints.read_tensors(found.path) if outline is None else pickled.read(found.path, outline)
    shared = outline.shared if outline else {}
    state: dict[str, Tensor] = {
        ours: theirs[written if written in theirs else shared[written]]
        for ours, written in found.names.items()
    }
    zeros = {ours: state["embedding"].new_zeros(length) for ours, length in found.absent.items()}
    preflight = found.preflight
    card = Card(
        name=name,
        family="lstm",
        task="causal",
        abilities=ABILITIES,
        widths=preflight.widths,
        vocabulary=preflight.vocabulary or 0,
        parameters=preflight.parameters or 0,
        sha256=checkpoints.sha256(found.path),
    )
    assert found.cutter is not None
    return LstmModel({**state, **zeros}, card, found.cutter)  # type: ignore[arg-type]
