"""fastai's models: `learn.save`, `save_encoder` and `learn.export`, with the vocabulary beside the weights.

Opened are a .pth file, the .safetensors file that `convert` makes of an export, and an export as it is.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from torch import Tensor

from models import checkpoints, lstm
from models.base import Card, LanguageModel
from models.classifier_lstm import UlmfitClassifier, from_fastai_classifier
from models.own import memory, pickled, vocabulary, weights
from models.own.fastai_names import Awd, recognised
from models.own.report import Kind, Preflight
from models.own.vocabulary import Vocabulary
from models.refusals import BadCheckpoint, Refusal
from models.words import APPROXIMATE, WordCutter, exact

ABILITIES = frozenset({"gradients", "gates", "cells", "unembed"})
RULES = (
    "fix_html", "replace_rep", "replace_wrep", "spec_add_spaces", "rm_useless_spaces", "replace_all_caps",
    "replace_maj", "lowercase",
)  # fmt: skip
KINDS: dict[str, Kind] = {
    "language-model": "fastai-language-model", "encoder": "fastai-encoder", "classifier": "fastai-classifier",
}  # fmt: skip
ASSUMED = "The output layer is assumed tied to the embedding, as fastai does; its bias is missing."


@dataclass(frozen=True, kw_only=True)
class Found:
    """A file of fastai's that was looked into."""

    path: Path
    awd: Awd
    outline: pickled.Outline | None  # None: a safetensors file
    vocabulary: Vocabulary | None
    preflight: Preflight


def look(where: str, path: Path, root: Path | None) -> Found | None:
    """What a file of fastai's holds; None if it is not one. Broken files are refused (`BadCheckpoint`)."""
    outline = None if path.suffix == ".safetensors" else pickled.outline(path)
    tensors = weights.header(path) if outline is None else outline.tensors
    awd = recognised(tensors, outline.shared if outline else {})
    if awd is None:
        return None
    problems, words = list(awd.problems), None
    try:
        words = _words(path, outline, root)
    except Refusal as refusal:
        problems.append(str(refusal))
    else:
        problems += _unfit(words, awd)
    if outline and not outline.learner and outline.foreign:
        problems.append(_code(path, outline))
    held = weights.Held(tensors=tensors, size=path.stat().st_size)
    parameters = _numbers(tensors, awd, outline)
    preflight = Preflight(
        where=where,
        kind="fastai-export" if outline and outline.learner else KINDS[awd.part],
        family="lstm",
        task="classify" if awd.classes else "causal",
        architecture="AWD_LSTM",
        widths=awd.widths,
        vocabulary=awd.vocabulary,
        classes=_named(awd, words),
        parameters=parameters,
        tied=awd.tied,
        tokenizer=_cutting(words),
        precision=held.precision,
        bytes_on_disk=held.size,
        memory_mb=_megabytes(parameters, awd),
        abilities=(ABILITIES | {"classes"}) if awd.classes else ABILITIES,
        problems=tuple(problems),
        warnings=_warnings(awd, outline, words),
    )
    return Found(path=path, awd=awd, outline=outline, vocabulary=words, preflight=preflight)


def _words(path: Path, outline: pickled.Outline | None, root: Path | None) -> Vocabulary:
    if outline is not None and outline.sentencepiece:
        raise BadCheckpoint(
            f"{path.name} cuts words into SentencePiece pieces, which is not held: give a word vocabulary."
        )
    if outline is not None and outline.vocab:
        return Vocabulary(words=outline.vocab, classes=outline.classes or (), source=path.name)
    found = vocabulary.beside(path, root)
    if found is None:
        raise BadCheckpoint(
            f"{path.name} has no vocabulary beside it: save the list learn.dls.vocab as "
            f"{path.with_suffix('.json').name}."
        )
    return found


def _unfit(words: Vocabulary, awd: Awd) -> list[str]:
    if len(words.words) != awd.vocabulary:
        return [
            f"{words.source} lists {len(words.words):,} words, but the model has vectors for "
            f"{awd.vocabulary:,}: give the vocabulary it was trained with."
        ]
    if sum(word.startswith("▁") for word in words.words[:2000]) > 0.3 * min(len(words.words), 2000):
        return [f"{words.source} lists SentencePiece pieces, which is not held: give a word vocabulary."]
    if awd.classes and words.classes and len(words.classes) != awd.classes:
        return [
            f"{words.source} names {len(words.classes)} classes, but the model tells {awd.classes} apart."
        ]
    return []


def _code(path: Path, outline: pickled.Outline) -> str:
    return (
        f"{path.name} asks for code ({outline.foreign[0]}), none of which was run: save it again with "
        "learn.save(..., with_opt=False)."
    )


def _numbers(tensors: Mapping[str, weights.Sketch], awd: Awd, outline: pickled.Outline | None) -> int:
    """Weights without fastai's copies and what is shared with others."""
    shared = set(outline.shared) if outline else set()
    copies = (f"{awd.prefix}encoder_dp.emb.weight", *(["1.decoder.weight"] if awd.tied else []))
    return sum(
        sketch.numbers
        for name, sketch in tensors.items()
        if name not in shared and name not in copies and not name.endswith(".module.weight_hh_l0")
    )


def _megabytes(parameters: int, awd: Awd) -> int:
    packed = parameters - awd.vocabulary * awd.widths[0]
    size = memory.needed(
        parameters=parameters, packed=packed, widths=awd.widths, heads=None, vocabulary=awd.vocabulary
    )
    return round(size / 1e6)


def _named(awd: Awd, words: Vocabulary | None) -> tuple[str, ...]:
    named = words.classes if words and len(words.classes) == awd.classes else ()
    return named or tuple(f"class {number}" for number in range(awd.classes))


def _cutting(words: Vocabulary | None) -> str:
    if words is None:
        return "none"
    return f"{len(words.words):,} words of {words.source}, cut by fastai's rules"


def _warnings(awd: Awd, outline: pickled.Outline | None, words: Vocabulary | None) -> tuple[str, ...]:
    said = [] if exact() else [APPROXIMATE]
    if awd.part == "encoder":
        said.append(ASSUMED)
    if awd.classes and not (words and words.classes):
        said.append("The classes have no names: write them beside the vocabulary as “classes”.")
    if outline and outline.rules and outline.rules != RULES:
        said.append("Its texts were prepared by rules of their own; here fastai's default rules are used.")
    if outline and outline.learner:
        said.append("It is a fastai export, a pickle: only its weights and words are read, nothing is run.")
    return tuple(said)


def convert(path: Path, out: Path) -> Preflight:
    """Write an export's weights and words to the folder `out`, as safetensors and JSON.

    The export is read by a process with little memory and time, which builds nothing but descriptions.

    Raises:
        BadCheckpoint: not an AWD-LSTM of fastai's, broken, or without its vocabulary.
    """
    found = look(str(path), path, None)
    if found is None or found.outline is None:
        raise BadCheckpoint(f"{path.name} is not an export of a fastai text model: give learn.export's file.")
    if found.preflight.problems:
        raise BadCheckpoint(found.preflight.problems[0])
    out.mkdir(parents=True, exist_ok=True)
    pickled.convert(path, out / weights.SAFE)
    assert found.vocabulary is not None
    said = {"vocab": found.vocabulary.words, "classes": found.vocabulary.classes}
    (out / "vocab.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    return replace(found.preflight, where=str(out))


def opened(found: Found, name: str) -> LanguageModel:
    """The model of a file that was looked into and has no problems."""
    words, awd, outline = found.vocabulary, found.awd, found.outline
    assert words is not None
    state = checkpoints.read_tensors(found.path) if outline is None else pickled.read(found.path, outline)
    tensors = from_fastai_classifier(state) if awd.part == "classifier" else _language_model(state, awd)
    card = Card(
        name=name,
        family="lstm",
        task="classify" if awd.classes else "causal",
        abilities=found.preflight.abilities or ABILITIES,
        widths=awd.widths,
        vocabulary=awd.vocabulary,
        parameters=sum(tensor.numel() for tensor in tensors.values()),
        classes=found.preflight.classes,
        sha256=checkpoints.sha256(found.path),
    )
    kind = UlmfitClassifier if awd.classes else lstm.LstmModel
    return kind(tensors, card, WordCutter(words.words, "fastai"))


def _language_model(state: dict[str, Tensor], awd: Awd) -> dict[str, Tensor]:
    """Our weights of a language model, or of an encoder whose output layer is its embedding."""
    whole = {f"0.{n}": t for n, t in state.items()} if awd.part == "encoder" else state
    return lstm.from_fastai({"1.decoder.weight": whole["0.encoder.weight"], **whole})
