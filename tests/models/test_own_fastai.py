"""fastai's files: what is opened gives fastai's own numbers; an export is converted without being run."""

import json
import shutil
from pathlib import Path

import pytest
import torch

import models
from models import detect
from models.__main__ import main
from models.own import fastai_names
from models.own.weights import Sketch
from models.refusals import BadCheckpoint
from tests import learners
from tests.learners import Saved

TEXT = "The keys, don't LOOK... at the the the table!!!! <br />Old dogs &amp; xyzzy sleep"


@pytest.fixture(scope="module")
def language(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    return learners.language_model(tmp_path_factory.mktemp("language"))


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    return learners.classifier(tmp_path_factory.mktemp("classes"))


def theirs(saved: Saved, text: str = TEXT) -> torch.Tensor:
    """fastai's logits: (T, V), or (1, classes)."""
    network = saved.network
    network.reset()
    with torch.no_grad():
        out = network(learners.numbers(saved, text)[None])[0]
    return out if out.ndim == 2 else out[0]


def ours(model: models.LanguageModel, text: str = TEXT) -> torch.Tensor:
    return model.logits(model.embed(torch.tensor(model.encode(text).ids))[None])[0]


@pytest.mark.parametrize("name", ["lm.pth", "trained.pth", "lm.pkl"])
def test_a_language_model_gives_fastais_logits(language: Saved, name: str):
    model = models.load(language.folder / name)
    expected = theirs(language)
    assert expected.std() > 0.5
    torch.testing.assert_close(ours(model), expected, atol=1e-5, rtol=1e-5)
    assert (model.card.task, model.card.widths) == ("causal", (8, 14, 8))
    assert model.card.parameters == sum(p.numel() for p in set(language.network.parameters()))


def test_texts_are_cut_and_counted_as_fastai_does(language: Saved):
    model = models.load(language.folder / "lm.pth")
    assert model.encode(TEXT).ids.tolist() == learners.numbers(language, TEXT).tolist()


def test_an_encoder_opens_with_its_embedding_as_output(language: Saved):
    found = detect.preflight(language.folder / "encoder.pth")
    assert (found.kind, found.tied, found.can_open) == ("fastai-encoder", True, True)
    assert any("assumed tied to the embedding" in warning for warning in found.warnings)
    bias = language.network[1].decoder.bias.detach()
    model = models.load(language.folder / "encoder.pth")
    torch.testing.assert_close(ours(model), theirs(language) - bias, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", ["classifier.pth", "classifier.pkl"])
def test_a_classifier_gives_fastais_logits(classes: Saved, name: str):
    model = models.load(classes.folder / name)
    expected = theirs(classes)
    assert (expected[0] - expected[0].mean()).abs().max() > 0.01
    torch.testing.assert_close(ours(model), expected, atol=1e-5, rtol=1e-5)
    assert (model.card.task, model.card.classes) == ("classify", ("bad", "good"))


@pytest.mark.parametrize("name", ["lm.pth", "trained.pth", "lm.pkl"])
def test_the_preflight_says_what_opening_shows(language: Saved, name: str):
    found, card = detect.preflight(language.folder / name), models.load(language.folder / name).card
    assert (found.family, found.task, found.widths, found.vocabulary, found.parameters) == (
        card.family, card.task, card.widths, card.vocabulary, card.parameters,
    )  # fmt: skip
    assert (found.abilities, found.tied, found.precision) == (card.abilities, True, "fp32")
    assert found.bytes_on_disk == (language.folder / name).stat().st_size


def test_an_export_is_converted_on_the_command_line(
    classes: Saved, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    export, out = classes.folder / "classifier.pkl", tmp_path / "mine"
    assert main(["convert", str(export), "--out", str(out)]) == 0
    assert "words" in capsys.readouterr().out
    assert sorted(file.name for file in out.iterdir()) == ["model.safetensors", "vocab.json"]
    torch.testing.assert_close(ours(models.load(out)), theirs(classes), atol=1e-5, rtol=1e-5)
    assert detect.preflight(out).classes == ("bad", "good")


def test_the_weights_of_an_export_are_those_of_the_learner(language: Saved, tmp_path: Path):
    from safetensors.torch import load_file

    main(["convert", str(language.folder / "lm.pkl"), "--out", str(tmp_path)])
    written, state = load_file(tmp_path / "model.safetensors"), language.network.state_dict()
    # Written once, though fastai has it three times: the embedding, its dropout's and the decoder's matrix.
    assert set(state) - set(written) == {"0.encoder_dp.emb.weight", "1.decoder.weight"}
    assert len(written) == 10
    assert all(torch.equal(tensor, state[name]) for name, tensor in written.items())


@pytest.mark.parametrize("ending", [".json", ".txt", ".pkl"])
def test_a_vocabulary_may_lie_beside_the_weights(language: Saved, tmp_path: Path, ending: str):
    from fastcore.xtras import save_pickle

    shutil.copy(language.folder / "lm.pth", tmp_path / "mine.pth")
    words = [word.replace("\n", "newline") for word in language.learner.dls.vocab]
    path = tmp_path / f"{'itos_mine' if ending == '.pkl' else 'mine'}{ending}"
    if ending == ".pkl":
        save_pickle(path, words)
    else:
        path.write_text(json.dumps(words) if ending == ".json" else "\n".join(words) + "\n")
    found = detect.preflight(tmp_path / "mine.pth")
    assert (found.problems, path.name in found.tokenizer) == ((), True)
    assert models.load(tmp_path).card.vocabulary == len(words)


def test_a_vocabulary_of_another_size_is_refused(language: Saved, tmp_path: Path):
    shutil.copy(language.folder / "lm.pth", tmp_path / "lm.pth")
    words = list(language.learner.dls.vocab)
    (tmp_path / "lm.json").write_text(json.dumps([*words, "more"]))
    sentence = f"lm.json lists {len(words) + 1} words, but the model has vectors for {len(words)}"
    assert sentence in detect.preflight(tmp_path / "lm.pth").problems[0]
    with pytest.raises(BadCheckpoint, match="lists"):
        models.load(tmp_path / "lm.pth")


def test_no_vocabulary_is_refused_with_what_to_do(language: Saved, tmp_path: Path):
    shutil.copy(language.folder / "lm.pth", tmp_path / "lm.pth")
    found = detect.preflight(tmp_path / "lm.pth")
    assert found.problems == (
        "lm.pth has no vocabulary beside it: save the list learn.dls.vocab as lm.json.",
    )
    assert found.layers == 2  # what is known is said all the same


def test_pieces_of_sentencepiece_are_refused(language: Saved, tmp_path: Path):
    shutil.copy(language.folder / "lm.pth", tmp_path / "lm.pth")
    (tmp_path / "lm.json").write_text(json.dumps([f"▁{word}" for word in language.learner.dls.vocab]))
    assert "SentencePiece" in detect.preflight(tmp_path / "lm.pth").problems[0]


def test_numbers_that_are_not_finite_are_refused(language: Saved, tmp_path: Path):
    state = language.network.state_dict()
    state["0.rnns.1.module.bias_hh_l0"] = torch.full((32,), torch.nan)
    torch.save(state, tmp_path / "lm.pth")
    shutil.copy(language.folder / "vocab.json", tmp_path)
    with pytest.raises(BadCheckpoint, match=r"bias_hh_l0 holds NaN"):
        models.load(tmp_path / "lm.pth")


HARMS = {
    "another direction": ("0.rnns.0.module.weight_ih_l0_reverse", (56, 8), "Missing or unknown weights"),
    "a layer of another width": ("0.rnns.1.module.weight_ih_l0", (32, 13), "where (32, 14) would fit"),
    "a decoder of another width": ("1.decoder.weight", (20, 9), "where (20, 8) would fit"),
}


@pytest.mark.parametrize(("name", "shape", "sentence"), HARMS.values(), ids=HARMS)
def test_weights_that_do_not_follow_on_each_other_are_told(name: str, shape: tuple, sentence: str):
    shapes = {"0.encoder.weight": (20, 8), "1.decoder.bias": (20,)}
    for number, (into, out) in enumerate(((8, 14), (14, 8))):
        place = f"0.rnns.{number}."
        shapes |= {f"{place}weight_hh_l0_raw": (4 * out, out), f"{place}module.weight_ih_l0": (4 * out, into)}
        shapes |= {f"{place}module.bias_{part}_l0": (4 * out,) for part in ("ih", "hh")}

    def described(**changed: tuple) -> fastai_names.Awd:
        sketches = {n: Sketch("F32", s) for n, s in {**shapes, **changed}.items()}
        found = fastai_names.recognised(sketches, {})
        assert found is not None
        return found

    assert described().problems == ()
    assert sentence in described(**{name: shape}).problems[0]
