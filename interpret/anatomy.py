"""How a model is built: its parts with their weights, and the numbers they compute for a text.

Parameters are the numbers training has found; they are the same for every text, and each is counted once
(an output layer that shares the embedding's matrix counts only what is its own). What a text makes of them
(activations) is counted as what leaves every matrix, normalisation and activation function, the attention
weights, and an LSTM's gates, candidates, cells and hidden states; sums in between are not counted.

A new task keeps the encoder: the embedding and all layers, with all their weights. Only the head, which turns
the last layer's vectors into answers, is replaced by a fresh one. How far training moved a part from
the model it started from is the length of the difference by the length of the start: ||w' - w|| / ||w||.

Source: Howard, Ruder 2018, https://arxiv.org/abs/1801.06146 (fine-tuning); `save_encoder` of fastai.
"""

from collections.abc import Callable

from interpret.cutting import cutting
from interpret.few_lines import few_lines
from interpret.results.anatomy import Anatomy, Part
from interpret.run import Run
from models import load, names
from models.base import LanguageModel, Recording
from models.parts import computed, layers, moved

# Which model's weights a training started from.
LINEAGE = {
    "reviews-lstm": "wiki-lstm",
    "reviews-lstm-sentiment": "reviews-lstm",
    "reviews-bert-sentiment": "reviews-bert",
}
# These, too, but their weights are kept under other names and in another order: what moved is not measured.
REWRITTEN = {"reviews-bert": "reviews-gpt"}
_moves: dict[tuple[str, str], dict[str, float | None]] = {}  # by (sha256, origin): a few numbers each


def origin(name: str) -> str | None:
    """The bundled model that a model's training started from."""
    found = {**LINEAGE, **REWRITTEN}.get(name)
    return found if found in names() else None


def heirs(name: str) -> tuple[str, ...]:
    """The bundled models whose training started from this one."""
    return tuple(
        child for child, parent in {**LINEAGE, **REWRITTEN}.items() if parent == name and child in names()
    )


def distances(model: LanguageModel, start: LanguageModel) -> dict[str, float | None]:
    """How far each part moved from the part of the same name in `start`; None where it is new."""
    before = {layer.name: layer for layer in layers(start)}
    return {
        layer.name: moved(layer, before[layer.name]) if layer.name in before else None
        for layer in layers(model)
        if layer.keeps
    }


def anatomy(run: Run, opener: Callable[[str], LanguageModel] = load) -> Anatomy:
    """The parts of the run's model with what they computed for its text; runs the model twice more."""
    model, card = run.model, run.model.card
    start = origin(card.name)
    if start and card.name in LINEAGE and (card.sha256, start) not in _moves:
        _moves[card.sha256, start] = distances(model, opener(start))
    far = _moves.get((card.sha256, start or ""), {})
    recorded = Recording(logits=run.logits, hidden=run.hidden, attention=run.attention, memory=run.memory)
    shapes = computed(model, run.vectors, recorded)
    return Anatomy(
        model=card.name,
        model_sha256=card.sha256,
        family=card.family,
        task=card.task,
        text=run.tokens.text,
        tokens=run.tokens.shown,
        spans=run.tokens.spans,
        parts=tuple(
            Part(
                name=layer.name, kind=layer.kind, shapes=tuple(layer.shapes.items()),
                parameters=layer.parameters, computed=shapes[layer.name], keeps=layer.keeps,
                tied_to=layer.tied_to, moved=far.get(layer.name),
            )
            for layer in layers(model)
        ),
        origin=start,
        heirs=heirs(card.name),
        cutting=cutting(run),
        lines=few_lines(run),
    )  # fmt: skip
