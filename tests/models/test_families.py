"""Every family that is held: opened from its folder, and compared with transformers' own numbers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import models
from models import checkpoints, huggingface
from models.refusals import BadCheckpoint
from tests import families, tiny

TEXT = "the old dog sleeps beside the keys"


def asked(model: models.LanguageModel, text: str = TEXT) -> torch.Tensor:
    return torch.tensor(model.encode(text).ids)


def theirs(folder: Path, name: str) -> Any:
    """The network as the library itself opens it, with its own attention."""
    kind = getattr(huggingface.transformers(), f"AutoModelFor{families.FAMILIES[name][1]}")
    return kind.from_pretrained(folder, attn_implementation="eager", local_files_only=True).eval()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, Any]]:
    """Each family's folder and model, made once."""
    made: dict[str, tuple[Path, Any]] = {}

    def one(name: str) -> tuple[Path, Any]:
        if name not in made:
            folder = families.folder(tmp_path_factory.mktemp("folders") / name, name)
            made[name] = folder, models.load(folder)
        return made[name]

    return one


@pytest.mark.parametrize("name", families.FAMILIES)
def test_logits_are_those_of_transformers(opened, name: str):
    folder, model = opened(name)
    ids = asked(model)
    with torch.no_grad():
        expected = theirs(folder, name)(input_ids=ids[None]).logits
    expected = expected[:, None] if model.card.task == "classify" else expected
    assert expected.std() > 0.1
    torch.testing.assert_close(model.logits(model.embed(ids)[None]), expected, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(model.record(model.embed(ids)).logits, expected[0], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", families.FAMILIES)
def test_what_the_card_says_is_what_there_is(opened, name: str):
    folder, model = opened(name)
    card, kept = model.card, model.record(model.embed(asked(model)))
    length, classify = len(asked(model)), families.task(name) == "classify"
    assert card.task == families.task(name)
    assert card.abilities == {"gradients", "attention", "unembed"} | ({"classes"} if classify else set())
    assert card.classes == (tuple(families.CLASSES.values()) if classify else ())
    assert card.context == families.CONTEXT
    assert card.parameters == sum(p.numel() for p in theirs(folder, name).parameters())
    assert kept.logits.shape == ((1, 3) if classify else (length, tiny.VOCABULARY))
    assert tuple(layer.shape for layer in kept.hidden) == tuple((length, width) for width in card.widths)
    assert kept.neurons is not None
    inner = {"gpt2": 96, "gpt2-classifier": 96}.get(name, 40)
    assert [layer.shape for layer in kept.neurons] == [(length, inner)] * card.layers


@pytest.mark.parametrize("name", families.FAMILIES)
def test_attention_is_seen_whole(opened, name: str):
    folder, model = opened(name)
    ids = asked(model)
    seen = model.record(model.embed(ids)).attention
    with torch.no_grad():
        expected = theirs(folder, name)(input_ids=ids[None], output_attentions=True).attentions
    torch.testing.assert_close(seen, torch.cat(expected), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(seen.sum(-1), torch.ones(seen.shape[:-1]), atol=1e-5, rtol=0)
    looks_ahead = "bert" in name
    assert bool(seen.triu(1).max() > 0.01) == looks_ahead


@pytest.mark.parametrize("name", families.FAMILIES)
def test_a_text_as_long_as_the_card_allows_fits(opened, name: str):
    folder, model = opened(name)
    ids = torch.arange(families.CONTEXT) + 5
    with torch.no_grad():
        expected = theirs(folder, name)(input_ids=ids[None]).logits[0]
    found = model.logits(model.embed(ids)[None])[0]
    torch.testing.assert_close(found.view_as(expected), expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", ["bert", "roberta", "distilbert", "bert-classifier", "gpt2-classifier"])
def test_the_way_back_is_transformers_own_gradient(opened, name: str):
    folder, model = opened(name)
    vectors = model.embed(asked(model))
    back = model.pullback(vectors[None])
    places = torch.tensor([0] if model.card.task == "classify" else [1, 4])
    leaf = back.states[:, places].clone().requires_grad_(True)
    logits = model.unembed(leaf)[..., 2]  # (1, C): of piece or class 2
    (seeds,) = torch.autograd.grad(logits.sum(), leaf)
    found = back.pull(places, seeds)[0]
    given = vectors[None].clone().requires_grad_(True)
    whole = theirs(folder, name)(inputs_embeds=given).logits
    whole = whole[:, None] if model.card.task == "classify" else whole
    for place, ours in zip(places.tolist(), found, strict=True):
        (expected,) = torch.autograd.grad(whole[0, place, 2], given, retain_graph=True)
        torch.testing.assert_close(ours, expected[0], atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("name", [n for n in families.FAMILIES if "llama" not in n])
def test_texts_side_by_side_give_the_numbers_of_each_alone(opened, name: str):
    _, model = opened(name)
    vectors = model.embed(asked(model))
    both = model.logits(torch.stack((vectors, vectors.flip(0))))
    for row, one in zip(both, (vectors, vectors.flip(0)), strict=True):
        torch.testing.assert_close(row, model.logits(one[None])[0], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", ["bert", "roberta", "distilbert-classifier"])
def test_a_text_stands_between_its_tokenizers_marks(opened, name: str):
    folder, model = opened(name)
    library = huggingface.transformers()
    tokens = model.encode(TEXT)
    expected = library.PreTrainedTokenizerFast(tokenizer_file=str(folder / checkpoints.TOKENIZER))(TEXT)
    assert tokens.ids.tolist() == expected["input_ids"]
    first, last = ("<s>", "</s>") if name == "roberta" else ("[CLS]", "[SEP]")
    assert (model.shown(tokens.ids[0]), model.shown(tokens.ids[-1])) == (first, last)
    assert tokens.shown[0] == tokens.shown[-1] == ""
    assert tokens.spans[0].tolist() == [0, 0] and tokens.spans[-1].tolist() == [len(TEXT), len(TEXT)]
    assert "".join(tokens.shown).replace(" ", "") == TEXT.replace(" ", "")
    assert (tokens.words[0], tokens.words[1], tokens.words[-1]) == (0, 1, 8)


@pytest.mark.parametrize(("name", "mask"), [("bert", 4), ("roberta", 4), ("bert-classifier", None)])
def test_the_mask_piece_is_the_tokenizers(opened, name: str, mask: int | None):
    assert opened(name)[1].mask == mask


def test_a_causal_classifier_reads_the_last_token(opened):
    _, model = opened("gpt2-classifier")
    ids = asked(model)
    kept = model.record(model.embed(ids))
    torch.testing.assert_close(model.unembed(kept.hidden[-1][-1]), kept.logits[0], atol=1e-5, rtol=1e-5)
    changed = model.embed(ids)[None].clone()
    changed[:, 0] = changed[:, 0].flip(-1)
    assert not torch.allclose(model.logits(changed)[0], kept.logits, atol=1e-2)


FALLBACKS = {
    "scores of attention are capped": (
        "gemma2", {"attn_logit_softcapping": 0.1, "final_logit_softcapping": None}, {"gradients", "unembed"},
    ),
    "logits are capped": (
        "gemma2", {"attn_logit_softcapping": None, "final_logit_softcapping": 1.5}, {"gradients"},
    ),
    "attention of its own": ("bloom", {}, {"gradients", "unembed"}),
    "no attention": ("mamba", {"state_size": 4, "intermediate_size": 48}, {"gradients", "unembed"}),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "settings", "abilities"), FALLBACKS.values(), ids=FALLBACKS)
def test_what_cannot_be_looked_into_is_left_out(
    tmp_path: Path, kind: str, settings: dict[str, Any], abilities: set[str], monkeypatch: pytest.MonkeyPatch
):
    made = ("CausalLM", {**families.SHAPE, **settings})
    monkeypatch.setitem(families.FAMILIES, "other", (kind, *made))
    model = models.load(families.folder(tmp_path / "other", "other"))
    assert model.card.abilities == abilities
    ids = asked(model)
    with torch.no_grad():
        expected = theirs(tmp_path / "other", "other")(input_ids=ids[None]).logits
    vectors = model.embed(ids)
    torch.testing.assert_close(model.logits(vectors[None]), expected, atol=1e-4, rtol=1e-4)
    assert model.record(vectors).attention is None
    assert torch.isfinite(model.pullback(vectors[None]).states).all()


def test_a_network_whose_logits_cannot_be_had_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = families.folder(tmp_path / "some-folder", "llama")
    kind = huggingface.transformers().LlamaForCausalLM
    plain = kind.forward

    def otherwise(self: Any, input_ids: Any = None, **asked: Any) -> Any:
        out = plain(self, input_ids=input_ids, **asked)
        if input_ids is not None:
            out.logits = out.logits + 1  # as if pieces went in by another way than through their vectors
        return out

    monkeypatch.setattr(kind, "forward", otherwise)
    with pytest.raises(BadCheckpoint, match=r"some-folder: this kind of network \(llama\)"):
        huggingface.load(folder)


def configure(folder: Path, **changed: Any) -> Path:
    path = folder / checkpoints.CONFIG
    path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))
    return folder


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("bert", {"architectures": ["BertModel"]}, "a BertModel has no output that can be explained"),
        ("bert", {"architectures": ["T5ForConditionalGeneration"]}, "has no output that can be explained"),
        ("bert-classifier", {"problem_type": "multi_label_classification"}, "one of several classes"),
        ("gpt2", {"architectures": ["GPT2ForMaskedLM"]}, "no masked transformer that is known here"),
    ],
)
def test_what_has_no_answer_to_explain_is_refused(
    tmp_path: Path, name: str, changed: dict[str, Any], sentence: str
):
    folder = configure(families.folder(tmp_path / "some-folder", name), **changed)
    with pytest.raises(BadCheckpoint, match=sentence) as refusal:
        huggingface.load(folder)
    assert "\n" not in str(refusal.value)


def test_a_masked_model_without_a_mask_piece_is_refused(tmp_path: Path):
    folder = families.folder(tmp_path / "some-folder", "bert")
    (folder / "tokenizer_config.json").write_text('{"mask_token": null}')
    (folder / checkpoints.TOKENIZER).write_text(families.tokenizer("bert").replace("[MASK]", "[HIDE]"))
    with pytest.raises(BadCheckpoint, match="no mask piece"):
        huggingface.load(folder)
    (folder / "special_tokens_map.json").write_text('{"mask_token": "[HIDE]"}')
    assert models.load(folder).mask == 4


def test_a_classifier_built_another_way_is_taken_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("models.heads.LAST", ("no_such_layer",))
    model = models.load(families.folder(tmp_path / "other", "bert-classifier"))
    assert model.card.abilities == {"gradients", "classes"}
    ids = asked(model)
    with torch.no_grad():
        expected = theirs(tmp_path / "other", "bert-classifier")(input_ids=ids[None]).logits
    torch.testing.assert_close(model.logits(model.embed(ids)[None])[0], expected, atol=1e-4, rtol=1e-4)
