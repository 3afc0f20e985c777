"""sst-average: additive attention over words that see no context, the control of sst-attention (SST-2).

Each embedding goes through a tanh projection by itself: what a word weighs is what it does (Jain, Wallace
2019, https://arxiv.org/abs/1902.10186, the "average" encoder).
"""

from models.train.learning import History, Settings
from models.train.sst import SIZES, TRAINED_ON, Classifier, held_out, learned, parts, tokenizer_json

__all__ = ["NAME", "NEEDS_DATA", "SIZES", "TRAINED_ON", "held_out", "parts", "tokenizer_json", "train"]

NAME, NEEDS_DATA = "sst-average", ("wikitext-2", "imdb", "sst2")


def train(settings: Settings) -> tuple[Classifier, History, str]:
    """Train (or go on training); returns the network, its history and the data's digest."""
    return learned(NAME, "projection", settings)
