"""A Hugging Face folder before it is opened: `config.json`, the headers of its weights, its tokenizer."""

import importlib.util
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models import checkpoints
from models.base import Task
from models.huggingface import ALL, LEFT_OVER, mask_piece, task_of
from models.own import memory, weights
from models.own.report import Kind, Preflight
from models.refusals import Refusal
from models.text import Cutter

# Kinds of networks that are opened in tests, and of which everything can be seen.
HELD = ("gpt2", "gpt_neo", "gpt_neox", "llama", "mistral", "opt", "qwen2", "qwen3", "bert", "roberta",
        "roberta-prelayernorm", "distilbert")  # fmt: skip
NAMES = {  # what configurations call the same thing
    "width": ("hidden_size", "n_embd", "d_model", "dim"),
    "layers": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    "heads": ("num_attention_heads", "n_head", "n_heads", "num_heads"),
    "context": ("max_position_embeddings", "n_positions", "n_ctx"),
}
EMBEDDINGS = ("wte", "embed_tokens", "embed_in", "word_embeddings", "tok_embeddings", "word_embedding")
OUTPUTS = ("lm_head", "embed_out", "decoder", "vocab_projector")
HEADS = ("classifier", "score", "classification_head", "pre_classifier")
MOST = 10**7  # of any width, depth or count in a configuration
SHIFTED = ("roberta", "xlm-roberta", "camembert", "roberta-prelayernorm")  # count their positions from 2


@dataclass(frozen=True, kw_only=True)
class _Shapes:
    """What the weights say of the network, whatever `config.json` says."""

    rows: int | None  # of the embedding
    layers: int | None
    embedding: int  # how many numbers it has
    output: bool  # a matrix of its own for the output
    classes: int | None


def look(where: str, folder: Path, kind: Kind, held: weights.Held | None = None) -> Preflight:
    """What a folder holds; `held` are its weights if they are not in it yet. Broken files are refused."""
    settings = checkpoints.read_json(folder / checkpoints.CONFIG)
    held = weights.held(folder) if held is None else held
    problems, warnings = _config(settings)
    said = settings.get("text_config") if isinstance(settings.get("text_config"), dict) else settings
    assert isinstance(said, dict)
    task: Task | None = None
    try:
        task = task_of(settings, folder.name)
    except Refusal as refusal:
        problems.append(str(refusal))
    shapes = _shapes(held.tensors)
    problems += _disagreeing(said, shapes, folder.name)
    rows = shapes.rows or _number(said, ("vocab_size",))
    tokenizer, unfit = _tokenizer(folder, rows, task)
    layers, width = _number(said, NAMES["layers"]) or shapes.layers or 0, _number(said, NAMES["width"]) or 0
    classes = _classes(settings, shapes.classes or 0) if task == "classify" else ()
    if task == "classify":
        problems += _undecided(settings, classes, folder.name)
    context = _number(said, NAMES["context"])
    if context and said.get("model_type") in SHIFTED:
        context -= 2
    unused = tuple(name for name in LEFT_OVER if task != "classify" or "pooler" not in name)
    parameters = sum(s.numbers for n, s in held.tensors.items() if not f".{n}".endswith(unused))
    heads = _number(said, NAMES["heads"])
    widths = (width,) * layers + (_number(said, ("word_embed_proj_dim",)) or width,)  # OPT narrows the last
    size = memory.needed(
        parameters=parameters, packed=max(0, parameters - shapes.embedding), widths=widths, heads=heads,
        vocabulary=rows or 0,
    )  # fmt: skip
    known = settings.get("model_type") in HELD
    if not known and not problems:
        warnings.append(
            f"A network of the kind {settings.get('model_type')} has not been tried here: opening it shows "
            "what of it can be seen; which words mattered can always be asked."
        )
    return Preflight(
        where=where, kind=kind, family="transformer", task=task, widths=widths, heads=heads, vocabulary=rows,
        architecture=str((settings.get("architectures") or [settings.get("model_type", "unknown")])[0]),
        context=context, classes=classes, parameters=parameters,
        tied=None if task == "classify" else not shapes.output,
        tokenizer=tokenizer, precision=held.precision, bytes_on_disk=held.size,
        memory_mb=round(size / 1e6),
        abilities=(ALL | {"classes"} if task == "classify" else ALL) if known else None,
        problems=(*problems, *unfit), warnings=tuple(warnings),
    )  # fmt: skip


def _number(settings: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    found = (settings.get(name) for name in names)
    return next((one for one in found if type(one) is int and 0 < one < MOST), None)


def _config(settings: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Problems and warnings about what a `config.json` asks for."""
    problems, warnings = [], []
    kind = settings.get("model_type")
    if not isinstance(kind, str) or not _known(kind):
        problems.append(
            f"config.json asks for a network of the kind {kind!r}, which the installed transformers library "
            "does not know: only what it knows is opened, and no code of the folder's own."
        )
    if "quantization_config" in settings:
        problems.append("Its weights are quantised: give them in fp32, fp16 or bf16.")
    if "auto_map" in settings:
        warnings.append(
            "config.json asks for code of its own (auto_map): it is ignored, nothing of it is run."
        )
    if any("attn_implementation" in key for key in settings):
        warnings.append("config.json asks for an attention of its own: it is ignored.")
    return problems, warnings


def _known(kind: str) -> bool:
    """Whether the installed library knows a kind of network; looked up in its list, without importing it."""
    spec = importlib.util.find_spec("transformers")
    if spec is None or not spec.submodule_search_locations:
        return False
    auto = Path(spec.submodule_search_locations[0]) / "models" / "auto"
    lists = (auto / name for name in ("auto_mappings.py", "configuration_auto.py"))
    return any(f'("{kind}", "' in path.read_text(encoding="utf-8") for path in lists if path.is_file())


def _shapes(tensors: Mapping[str, weights.Sketch]) -> _Shapes:
    def matrix(owners: tuple[str, ...]) -> tuple[int, ...] | None:
        for name, sketch in tensors.items():
            parts = name.split(".")
            if len(sketch.shape) == 2 and parts[-1] == "weight" and {*parts[-2:-1]} & set(owners):
                return sketch.shape
        return None

    embedding = matrix(EMBEDDINGS)
    last = {name: sketch for name, sketch in tensors.items() if name.split(".")[0] in (*OUTPUTS, "cls")}
    own = [s for n, s in last.items() if len(s.shape) == 2 and embedding and s.shape[0] == embedding[0]]
    numbered = re.compile(r"(?:^|\.)(?:layers?|h|blocks?)\.(\d+)\.")
    blocks = {int(found[1]) for name in tensors if (found := numbered.search(name))}
    head = matrix((*(h for h in HEADS if h != "pre_classifier"), "out_proj")) if _headed(tensors) else None
    return _Shapes(
        rows=embedding[0] if embedding else None,
        layers=max(blocks) + 1 if blocks else None,
        embedding=embedding[0] * embedding[1] if embedding else 0,
        output=bool(own),
        classes=head[0] if head else None,
    )


def _headed(tensors: Mapping[str, weights.Sketch]) -> bool:
    return any(name.split(".")[0] in HEADS for name in tensors)


def _disagreeing(settings: Mapping[str, Any], shapes: _Shapes, name: str) -> list[str]:
    """Where `config.json` and the weights say different things."""
    vocabulary, layers = _number(settings, ("vocab_size",)), _number(settings, NAMES["layers"])
    found = []
    if shapes.rows is not None and vocabulary is not None and shapes.rows != vocabulary:
        found.append(
            f"{name}: the weights hold {shapes.rows:,} word vectors, but config.json says {vocabulary:,}: "
            "give the two files that belong together."
        )
    if shapes.layers is not None and layers is not None and shapes.layers != layers:
        found.append(
            f"{name}: the weights hold {shapes.layers} layers, but config.json says {layers}: give the two "
            "files that belong together."
        )
    return found


def _tokenizer(folder: Path, rows: int | None, task: Task | None) -> tuple[str, list[str]]:
    """What cuts the text, and why it does not fit."""
    path = folder / checkpoints.TOKENIZER
    if not path.is_file() and any((folder / n).is_file() for n in ("merges.txt", "vocab.txt", "vocab.json")):
        return "none", [
            f"{folder.name} has a tokenizer of the old form only: write tokenizer.json with "
            "AutoTokenizer.from_pretrained(folder).save_pretrained(folder)."
        ]
    try:
        cutter = Cutter(path, None)
        if task == "masked":
            mask_piece(folder, cutter)
    except Refusal as refusal:
        return "none", [str(refusal)]
    kind, largest = _largest(path)
    said = f"{kind}, {cutter.size:,} pieces"
    if rows is not None and largest >= rows:
        return f"{said}, does not fit", [
            f"{folder.name}: the tokenizer has pieces up to number {largest:,}, but the model has vectors "
            f"for {rows:,}: give the tokenizer it was trained with."
        ]
    return f"{said}, fits", []


def _largest(path: Path) -> tuple[str, int]:
    """The kind of a tokenizer, and the largest number it gives."""
    said = json.loads(path.read_text(encoding="utf-8"))
    listed = said.get("model", {}).get("vocab", ())
    numbers = list(listed.values()) if isinstance(listed, dict) else [len(listed) - 1]
    numbers += [added["id"] for added in said.get("added_tokens") or ()]
    return str(said.get("model", {}).get("type", "unknown")), max(numbers, default=-1)


def _classes(settings: Mapping[str, Any], number: int) -> tuple[str, ...]:
    """The classes' names in the order of the logits."""
    names = settings.get("id2label")
    if isinstance(names, dict) and (not number or len(names) == number):
        return tuple(str(names[key]) for key in sorted(names, key=int))
    return tuple(f"LABEL_{place}" for place in range(number or settings.get("num_labels", 2)))


def _undecided(settings: Mapping[str, Any], classes: tuple[str, ...], name: str) -> list[str]:
    if settings.get("problem_type") != "multi_label_classification" and len(classes) > 1:
        return []
    return [
        f"{name}: it does not choose one of several classes, so its numbers are no probabilities; give a "
        "classifier that does."
    ]
