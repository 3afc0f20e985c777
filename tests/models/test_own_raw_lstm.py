"""A language model of plain nn.LSTM layers, by the names a small JSON file gives its weights."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

import models
from models import detect
from models.refusals import BadCheckpoint, BadText
from tests import tiny

WORDS = ["<unk>", "<eos>", "the", "dog", "sleeps", ",", "Don't"]
SAID = {"embedding": "encoder", "lstm": "rnn", "decoder": "decoder", "vocabulary": WORDS}


class Plain(torch.nn.Module):
    """PyTorch's own example of a word language model."""

    def __init__(self, *, tied: bool = False, bias: bool = True, rows: int = len(WORDS)):
        super().__init__()
        self.encoder = torch.nn.Embedding(rows, 6)
        self.rnn = torch.nn.LSTM(6, 6 if tied else 9, 2, bias=bias, batch_first=True)
        self.decoder = torch.nn.Linear(6 if tied else 9, rows)
        if tied:
            self.decoder.weight = self.encoder.weight

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.rnn(self.encoder(ids))[0])


def folder(where: Path, network: torch.nn.Module, said: dict[str, Any], ending: str = ".pth") -> Path:
    path = where / f"mine{ending}"
    state = network.state_dict()
    if ending == ".pth":
        torch.save(state, path)
    else:
        save_file({name: tensor.clone() for name, tensor in state.items()}, path)
    path.with_suffix(".json").write_text(json.dumps(said))
    return path


@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
@pytest.mark.parametrize("changed", [{}, {"tied": True}, {"bias": False}], ids=["plain", "tied", "no bias"])
def test_logits_are_those_of_the_network(tmp_path: Path, ending: str, changed: dict[str, bool]):
    torch.manual_seed(2)
    network = Plain(**changed).eval()
    path = folder(tmp_path, network, SAID, ending)
    model = models.load(path)
    tokens = model.encode("the dog , the  cat sleeps")
    assert tokens.ids.tolist() == [2, 3, 5, 2, 0, 4]
    assert [tokens.text[a:b] for a, b in tokens.spans] == ["the", "dog", ",", "the", "cat", "sleeps"]
    ids = torch.tensor(tokens.ids)
    with torch.no_grad():
        expected = network(ids[None])
    torch.testing.assert_close(model.logits(model.embed(ids)[None]), expected, atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(model.record(model.embed(ids)).logits, expected[0], atol=1e-6, rtol=1e-6)
    found = detect.preflight(path)
    assert (found.kind, found.widths, found.vocabulary) == ("raw-lstm", model.card.widths, len(WORDS))
    assert found.can_open and found.warnings == ()


def test_layers_may_be_modules_of_their_own_and_the_output_tied(tmp_path: Path):
    torch.manual_seed(3)
    parts = torch.nn.ModuleDict({
        "words": torch.nn.Embedding(7, 5), "first": torch.nn.LSTM(5, 8, batch_first=True),
        "second": torch.nn.LSTM(8, 5, batch_first=True),
    })  # fmt: skip
    said = {"embedding": "words", "lstm": ["first", "second"], "decoder": None, "vocabulary": WORDS}
    model = models.load(folder(tmp_path, parts, said))
    ids = torch.tensor([2, 3, 4])
    states = parts["second"](parts["first"](parts["words"](ids)[None])[0])[0]
    expected = states @ parts["words"].weight.T
    torch.testing.assert_close(model.logits(model.embed(ids)[None]), expected, atol=1e-6, rtol=1e-6)
    assert detect.preflight(tmp_path / "mine.pth").tied


def test_a_tokenizer_and_a_start_piece(tmp_path: Path):
    (tmp_path / "tokenizer.json").write_text(tiny.tokenizer())
    said = {"embedding": "encoder", "lstm": "rnn", "decoder": "decoder", "start": "<|start|>"}
    model = models.load(folder(tmp_path, Plain(rows=tiny.VOCABULARY), said))
    assert model.encode("the keys").ids[0] == tiny.start()


def test_characters(tmp_path: Path):
    letters = list("\n abcd!")
    said = {**SAID, "vocabulary": letters, "split": "characters", "start": "\n"}
    model = models.load(folder(tmp_path, Plain(), said))
    tokens = model.encode("bad!")
    assert tokens.ids.tolist() == [0, 3, 2, 5, 6]
    assert tokens.spans.tolist() == [[0, 0], [0, 1], [1, 2], [2, 3], [3, 4]]
    assert model.shown(5) == "d"
    with pytest.raises(BadText, match="knows no “x”"):
        model.encode("ax")


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no such LSTM": ({"lstm": "lstm"}, "has no LSTM named 'lstm'"),
    "no such embedding": ({"embedding": "words"}, "disagree about encoder.weight, words.weight"),
    "the decoder left out": ({"decoder": None}, "disagree about decoder.bias, decoder.weight"),
    "a word too few": ({"vocabulary": WORDS[1:]}, "has 6 pieces, but the model has vectors for 7"),
    "no vocabulary": ({"vocabulary": None}, "has no tokenizer.json, which mine.json names"),
    "a file elsewhere": ({"vocabulary": "../words.json"}, "give the name of a file beside it"),
    "an unknown split": ({"split": "lines"}, "split is spaces, characters or fastai"),
    "no such start": ({"start": "<s>"}, "start piece that is not in the vocabulary"),
    "an unknown key": ({"tokeniser": "t.json"}, "has an unknown key 'tokeniser'"),
}


@pytest.mark.parametrize(("changed", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused(tmp_path: Path, changed: dict[str, Any], sentence: str):
    said = {key: value for key, value in {**SAID, **changed}.items() if value is not None or key == "decoder"}
    path = folder(tmp_path, Plain(), said)
    found = detect.preflight(path)
    assert sentence in found.problems[0]
    with pytest.raises(BadCheckpoint) as refusal:
        models.load(path)
    assert str(refusal.value) == found.problems[0]


def test_an_lstm_that_reads_both_ways_is_refused(tmp_path: Path):
    network = Plain()
    network.rnn = torch.nn.LSTM(6, 9, bidirectional=True)
    found = detect.preflight(folder(tmp_path, network, SAID))
    assert "reads in one direction" in found.problems[0]
