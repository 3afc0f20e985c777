"""sst-attention: an LSTM in both directions with additive attention tells praise from complaint (SST-2).

The model of *Attention is not Explanation* (Jain, Wallace 2019, https://arxiv.org/abs/1902.10186).
"""

from models.train.learning import History, Settings
from models.train.sst import SIZES, TRAINED_ON, Classifier, held_out, learned, parts, tokenizer_json

__all__ = ["NAME", "NEEDS_DATA", "SIZES", "TRAINED_ON", "held_out", "parts", "tokenizer_json", "train"]

NAME, NEEDS_DATA = "sst-attention", ("wikitext-2", "imdb", "sst2")


def train(settings: Settings) -> tuple[Classifier, History, str]:
    """Train (or go on training); returns the network, its history and the data's digest."""
    return learned(NAME, "lstm", settings)
