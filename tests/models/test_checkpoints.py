"""Checkpoints on disk: what is whole opens; whatever is not is refused with one sentence."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from models import checkpoints, huggingface, lstm
from models.base import Card
from models.refusals import BadCheckpoint
from tests import tiny

WEIGHTS, CARD = checkpoints.WEIGHTS, checkpoints.CARD
CONFIG, TOKENIZER = checkpoints.CONFIG, checkpoints.TOKENIZER


def sign_again(folder: Path) -> None:
    """Put today's digests on the card, as somebody would who changes a file on purpose."""
    card = checkpoints.read_card(folder)
    card = replace(card, sha256=checkpoints.sha256(folder / WEIGHTS))
    (folder / CARD).write_text(json.dumps(card.to_dict()))


def test_a_saved_model_comes_back_as_halves(tmp_path: Path):
    tensors = tiny.lstm_tensors()
    model = lstm.load(tiny.lstm_folder(tmp_path))
    expected = lstm.LstmModel(
        {name: t.half().float() for name, t in tensors.items()}, tiny.lstm_card(), model._cutter
    )
    ids = torch.tensor(model.encode(tiny.TEXT).ids)
    ours = model.logits(model.embed(ids)[None])
    assert ours.dtype == torch.float32
    assert torch.equal(ours, expected.logits(expected.embed(ids)[None]))


def test_a_card_survives_the_disk(tmp_path: Path):
    written = tiny.lstm_card()
    written = replace(written, curve=({"step": 1.0, "loss": 5.5},), held_out_loss_nats=4.25, seed=11)
    saved = checkpoints.save(tmp_path, tiny.lstm_tensors(), {"tied": False}, "{}", written)
    read = checkpoints.read_card(tmp_path)
    assert read == saved
    assert replace(read, sha256="unknown", tokenizer_sha256="unknown") == written
    assert (read.widths, read.layers) == ((8, 12, 10), 2)
    assert read.sha256 == checkpoints.sha256(tmp_path / WEIGHTS)


def test_a_tokenizer_is_written_without_what_only_people_need(tmp_path: Path):
    card = tiny.lstm_card()
    loose = json.dumps({"model": {"vocab": {"é ": 0, "b": 1}}}, indent=2)
    saved = checkpoints.save(tmp_path, tiny.lstm_tensors(), {"tied": False}, loose, card)
    assert (tmp_path / TOKENIZER).read_text(encoding="utf-8") == '{"model":{"vocab":{"é ":0,"b":1}}}\n'
    assert saved.tokenizer_sha256 == checkpoints.sha256(tmp_path / TOKENIZER)


def test_sha256_of_three_bytes(tmp_path: Path):
    (tmp_path / "abc").write_bytes(b"abc")  # the example of FIPS 180-2, appendix B.1
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert checkpoints.sha256(tmp_path / "abc") == known


def flip_a_byte(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[-9] ^= 0x40
    path.write_bytes(raw)


def cut_short(folder: Path) -> None:
    raw = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(raw[: len(raw) // 2])


def not_a_number(folder: Path) -> None:
    tensors = load_file(folder / WEIGHTS)
    tensors["decoder"][3, 2] = torch.nan
    save_file(tensors, folder / WEIGHTS)
    sign_again(folder)


def another_name(folder: Path) -> None:
    tensors = load_file(folder / WEIGHTS)
    tensors["layers.0.weight_hi"] = tensors.pop("layers.0.weight_hh")
    save_file(tensors, folder / WEIGHTS)
    sign_again(folder)


def cut_and_signed(folder: Path) -> None:
    cut_short(folder)
    sign_again(folder)


def card_without(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    del card["widths"]
    (folder / CARD).write_text(json.dumps(card))


def card_with(**said: object) -> Callable[[Path], object]:
    def harm(folder: Path) -> None:
        card = json.loads((folder / CARD).read_text())
        (folder / CARD).write_text(json.dumps(card | said))

    return harm


def small_embedding(folder: Path) -> None:
    tensors = load_file(folder / WEIGHTS)
    tensors["embedding"] = tensors["embedding"][:250].contiguous()
    save_file(tensors, folder / WEIGHTS)
    sign_again(folder)


HARMS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no folder": (lambda f: [p.unlink() for p in f.iterdir()], r"has no card\.json"),
    "no weights": (lambda f: (f / WEIGHTS).unlink(), r"has no weights\.safetensors"),
    "no tokenizer": (lambda f: (f / TOKENIZER).unlink(), r"has no tokenizer\.json"),
    "no config": (lambda f: (f / CONFIG).unlink(), r"has no config\.json"),
    "cut short": (cut_short, r"weights\.safetensors is not the file .*sha256 differs"),
    "cut short, signed": (cut_and_signed, r"weights\.safetensors is broken or cut short"),
    "one bit of the weights": (lambda f: flip_a_byte(f / WEIGHTS), "sha256 differs"),
    "one bit of the tokenizer": (
        lambda f: flip_a_byte(f / TOKENIZER), r"tokenizer\.json is not the file"
    ),
    "not a number": (not_a_number, "decoder holds NaN or infinite numbers"),
    "another name": (another_name, "unknown weights: layers.0.weight_hh, layers.0.weight_hi"),
    "card is no JSON": (lambda f: (f / CARD).write_text("{"), r"card\.json is not readable JSON"),
    "card is no text": (lambda f: (f / CARD).write_bytes(b"\xff\xfe\x00"), "not readable JSON"),
    "card is a list": (lambda f: (f / CARD).write_text("[1]"), "is not a JSON object"),
    "card without widths": (card_without, "is not a card this version reads .*widths"),
    "config without start": (
        lambda f: (f / CONFIG).write_text('{"tied": false, "bias": true}'), "has no start"
    ),
    "config of a tied model": (
        lambda f: (f / CONFIG).write_text('{"tied": true, "bias": true, "start": 0}'),
        "unknown weights: decoder",
    ),
    "card of no vocabulary": (card_with(vocabulary=0), r"another model than its weights \(vocabulary\)"),
    "card of one more parameter": (card_with(parameters=7717), r"another model than its weights \(parameters\)"),
    "card of other widths": (card_with(widths=[8, 12, 11]), r"another model than its weights \(widths\)"),
    "fewer vectors than pieces": (small_embedding, "the tokenizer knows more pieces"),
}  # fmt: skip


@pytest.mark.parametrize(("harm", "sentence"), HARMS.values(), ids=HARMS)
def test_a_harmed_checkpoint_is_refused(tmp_path: Path, harm: Callable[[Path], object], sentence: str):
    folder = tiny.lstm_folder(tmp_path / "some-model")
    lstm.load(folder)  # whole before the harm
    harm(folder)
    with pytest.raises(BadCheckpoint, match=sentence) as refusal:
        lstm.load(folder)
    said = str(refusal.value)
    assert "\n" not in said
    assert said.endswith(".")


def test_a_card_with_an_unknown_name_is_refused():
    with pytest.raises(BadCheckpoint, match="perplexety"):
        Card.from_dict({**tiny.lstm_card().to_dict(), "perplexety": 3.0})


def test_our_transformer_is_checked_against_its_card(tmp_path: Path):
    network = tiny.network("gpt2")
    tensors = {n: t for n, t in network.state_dict().items() if n != "lm_head.weight"}
    card = replace(
        tiny.lstm_card((24,) * 4), name="tiny-gpt", family="transformer", context=40, heads=4,
        parameters=sum(tensor.numel() for tensor in tensors.values()),
    )  # fmt: skip
    config = {**network.config.to_dict(), "bos_token_id": tiny.start()}
    checkpoints.save(tmp_path, tensors, config, tiny.tokenizer(), card)
    assert huggingface.load(tmp_path).card.name == "tiny-gpt"
    whole = (tmp_path / CARD).read_text()
    for name, said in (("heads", 3), ("context", 41), ("context", None), ("widths", [24] * 3)):
        card_with(**{name: said})(tmp_path)
        with pytest.raises(BadCheckpoint, match=rf"describes another model than its weights \({name}\)"):
            huggingface.load(tmp_path)
        (tmp_path / CARD).write_text(whole)
    flip_a_byte(tmp_path / WEIGHTS)
    with pytest.raises(BadCheckpoint, match="sha256 differs"):
        huggingface.load(tmp_path)
