"""Tiny fastai learners, trained on nothing, and the files that fastai writes of them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

TEXTS = (
    "The keys to the cabinet\nare on the table",
    "the old DOG sleeps beside them soooo well",
)
SMALL = {"n_hid": 14, "emb_sz": 8, "n_layers": 2}


@dataclass(frozen=True)
class Saved:
    """A learner, and the folder in which its files lie."""

    folder: Path
    learner: Any

    @property
    def network(self) -> Any:
        """fastai's own network, in evaluation."""
        return self.learner.model.eval()


def _frame() -> Any:
    import pandas

    return pandas.DataFrame({"text": list(TEXTS) * 12, "label": ["good", "bad"] * 12})


def _stirred(network: Any) -> None:
    """Weights far from where they begin, so that each matters."""
    made = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for name, weight in network.state_dict().items():
            if weight.is_floating_point():
                weight.copy_(torch.randn(weight.shape, generator=made) * 0.4)
            if name.endswith("running_var"):
                weight.abs_().add_(0.3)


def _loaded(**settings: Any) -> Any:
    from fastai.text.data import TextDataLoaders

    make: Any = TextDataLoaders.from_df  # its type hints are not what it takes
    return make(
        _frame(),
        text_col="text",
        bs=4,
        seq_len=8,
        valid_pct=0.25,
        seed=2,
        n_workers=0,
        num_workers=0,
        **settings,
    )


def language_model(folder: Path) -> Saved:
    """lm.pth and trained.pth (with its optimiser), encoder.pth, lm.pkl, and the vocabulary as vocab.json."""
    from fastai.text.learner import language_model_learner
    from fastai.text.models.awdlstm import AWD_LSTM, awd_lstm_lm_config

    loaded = _loaded(is_lm=True)
    config = {**awd_lstm_lm_config, **SMALL}
    learner: Any = language_model_learner(
        loaded, AWD_LSTM, config=config, pretrained=False, path=folder, model_dir="."
    )
    _stirred(learner.model)
    learner.model[1].decoder.weight = learner.model[0].encoder.weight
    learner.create_opt()
    learner.save("lm", with_opt=False)
    learner.save("trained")
    learner.save_encoder("encoder")
    learner.export("lm.pkl")
    (folder / "vocab.json").write_text(json.dumps(list(loaded.vocab)))
    return Saved(folder, learner)


def classifier(folder: Path) -> Saved:
    """classifier.pth, classifier.pkl, and words and classes as vocab.json."""
    from fastai.text.learner import text_classifier_learner
    from fastai.text.models.awdlstm import AWD_LSTM, awd_lstm_clas_config

    loaded = _loaded(label_col="label")
    config = {**awd_lstm_clas_config, **SMALL}
    learner: Any = text_classifier_learner(
        loaded, AWD_LSTM, config=config, pretrained=False, path=folder, model_dir="."
    )
    _stirred(learner.model)
    learner.save("classifier", with_opt=False)
    learner.export("classifier.pkl")
    (folder / "vocab.json").write_text(json.dumps([list(part) for part in loaded.vocab]))
    return Saved(folder, learner)


def numbers(saved: Saved, text: str) -> torch.Tensor:
    """A text as fastai itself cuts and counts it."""
    from fastai.text.core import SpacyTokenizer, tokenize1
    from fastai.text.data import Numericalize

    vocab = saved.learner.dls.vocab
    words = vocab if isinstance(vocab[0], str) else vocab[0]
    return torch.as_tensor(Numericalize(words).encodes(tokenize1(text, SpacyTokenizer())))
