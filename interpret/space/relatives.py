"""Which bundled models a model can be laid beside: those with the same pieces, those that read the same texts."""

import models
from interpret.space import contexts, vectors
from models.base import Card
from models.refusals import BadCheckpoint


def _others(card: Card) -> list[Card]:
    """The cards of all other bundled models that can be read."""
    found = []
    for name in models.names():
        try:
            found += [models.card(name)] if name != card.name else []
        except BadCheckpoint:
            continue  # a broken folder is named where it is opened
    return found


def relatives(card: Card) -> list[str]:
    """Those with the same pieces and as wide vectors; first the one it was trained on from, then those from it."""
    if card.tokenizer_sha256 == "unknown":
        return []
    same = (card.tokenizer_sha256, card.widths[0])
    alike = [o for o in _others(card) if (o.tokenizer_sha256, o.widths[0]) == same and not vectors.unfit(o)]
    return [other.name for other in sorted(alike, key=lambda other: _kinship(card, other))]


def _kinship(card: Card, other: Card) -> int:
    if f"what {other.name} was" in card.trained_on:
        return 0
    return 1 if f"what {card.name} was" in other.trained_on else 2


def comparable(card: Card) -> list[str]:
    """Names of those whose words in texts can be compared with this one's."""
    if contexts.unfit(card):
        return []
    world = contexts.world(card)
    return [
        other.name for other in _others(card) if not contexts.unfit(other) and contexts.world(other) == world
    ]
