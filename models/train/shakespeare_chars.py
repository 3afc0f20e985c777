"""shakespeare-chars: one LSTM layer that reads Shakespeare letter by letter, with three stages of it.

Source: Karpathy 2015, https://karpathy.github.io/2015/05/21/rnn-effectiveness/. Differs in its size and in
its dropout (AWD-LSTM's, Merity et al. 2017).
"""

import hashlib
import math
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, pre_tokenizers
from tokenizers.models import WordLevel

from models.lstm import from_fastai
from models.train import stages, wiki_lstm
from models.train.learning import History, Settings, fit, learner
from models.train.recipes import HeldOut, Parts
from models.train.text import START, NoData, count_words
from models.train.wiki_lstm import carried_loss

NAME, NEEDS_DATA = "shakespeare-chars", ("tinyshakespeare",)
TRAINED_ON = "the first nine tenths of Tiny Shakespeare (1.1 million characters of his plays)"
# width, rows in a batch, window
SIZES = {"tiny": (32, 8, 40), "small": (256, 16, 100), "large": (512, 64, 200)}
SHARES = {"1-percent": 0.01, "5-percent": 0.05, "20-percent": 0.2}  # of the training
UNKNOWN = "<unk>"
TRAINED_SHARE = 0.9


def text(settings: Settings) -> str:
    """The plays, as one text."""
    path = settings.data / "tinyshakespeare" / "input.txt"
    if not path.is_file():
        raise NoData(f"No {path}: give --data a folder that holds tinyshakespeare/input.txt.")
    return path.read_text(encoding="utf-8")


def halves(settings: Settings) -> tuple[str, str]:
    """The part to learn from and the part never learned from, cut between two speeches."""
    whole = text(settings)
    cut = whole.index("\n\n", int(TRAINED_SHARE * len(whole))) + 2
    return whole[:cut], whole[cut:]


def tokenizer(known: str) -> Tokenizer:
    """One piece per character of `known`, line ends too; the start piece is 0, all others `<unk>`, 1."""
    numbers = {sign: number for number, sign in enumerate((START, UNKNOWN, *sorted(set(known))))}
    cutter = Tokenizer(WordLevel(numbers, unk_token=UNKNOWN))
    cutter.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    cutter.add_special_tokens([START, UNKNOWN])
    return cutter


def tokenizer_json(settings: Settings) -> str:
    """The tokenizer as it stands in a checkpoint."""
    return tokenizer(halves(settings)[0]).to_str(pretty=True)


def numbers(cutter: Tokenizer, known: str) -> np.ndarray:
    """Characters as piece numbers behind the start piece, which also stands before every fiftieth speech."""
    speeches = known.split("\n\n")
    passages = ["\n\n".join(speeches[at : at + 50]) for at in range(0, len(speeches), 50)]
    return np.concatenate([[0, *cutter.encode(passage).ids] for passage in passages])


def made(size: str, vocabulary: int) -> torch.nn.Module:
    """Fastai's AWD-LSTM language model with one layer, its output layer tied to its input embedding."""
    from fastai.text.models.awdlstm import AWD_LSTM, awd_lstm_lm_config
    from fastai.text.models.core import get_language_model

    width, *_ = SIZES[size]
    config = {**awd_lstm_lm_config, "emb_sz": width, "n_hid": width, "n_layers": 1, "pad_token": 1}
    return get_language_model(AWD_LSTM, vocabulary, config, drop_mult=0.2)


def train(settings: Settings) -> tuple[torch.nn.Module, History, str]:
    """Train (or go on training); returns the network, its history and the digest of the plays."""
    from fastai.callback.rnn import rnn_cbs
    from fastai.data.core import DataLoaders
    from fastai.losses import CrossEntropyLossFlat
    from fastai.text.data import LMDataLoader
    from fastai.text.models.awdlstm import awd_lstm_lm_split

    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    known, unseen = halves(settings)
    cutter = tokenizer(known)
    _, rows, window = SIZES[settings.size]
    test = numbers(cutter, unseen)
    loaders = DataLoaders(
        *(
            LMDataLoader([(torch.as_tensor(ids),)], bs=rows, seq_len=window)
            for ids in (numbers(cutter, known), test)
        ),
        device=settings.device,
    )
    folder = settings.work / NAME
    folder.mkdir(parents=True, exist_ok=True)
    model = made(settings.size, cutter.get_vocab_size())
    learn = learner(
        loaders, model, CrossEntropyLossFlat(), folder, clip=0.4, splitter=awd_lstm_lm_split, wd=0.0,
        cbs=[*rnn_cbs(alpha=0.0, beta=0.0), stages.Stages(folder, SHARES)], moms=(0.8, 0.7, 0.8),
    )  # fmt: skip
    history = fit(
        learn, settings, folder, lambda m: carried_loss(m, test[:30_001], rows=20), lr=4e-3, every=60.0,
        pct_start=0.15,
    )  # fmt: skip
    return model, history, hashlib.sha256((known + unseen).encode()).hexdigest()


def parts(network: Any, settings: Settings) -> Parts:
    """The trained network under our names, its shape, and the stages of its training."""
    known, unseen = halves(settings)
    cutter = tokenizer(known)
    sample = numbers(cutter, unseen)[:30_001]

    def measure(then: torch.nn.Module) -> dict[str, float]:
        loss = carried_loss(then, sample, rows=20)
        return {"held_out_loss_nats": loss, "perplexity_per_token": math.exp(loss)}

    return replace(
        wiki_lstm.parts(network, settings),
        stages=stages.measured(
            settings.work / NAME,
            lambda: made(settings.size, cutter.get_vocab_size()),
            measure,
            lambda then: from_fastai(then.state_dict()),
        ),
    )


def held_out(network: Any, settings: Settings) -> HeldOut:
    """The plays' last tenth, memory carried through it."""
    known, unseen = halves(settings)
    ids = numbers(tokenizer(known), unseen)
    count = len(ids) - 1
    return HeldOut(
        nats=carried_loss(network, ids, rows=1) * count, pieces=count, words=count_words(unseen),
        of="the last tenth of Tiny Shakespeare, memory carried along; a token is a character, words and "
        "marks count as in WikiText",
    )  # fmt: skip
