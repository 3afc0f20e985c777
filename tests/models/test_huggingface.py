"""Folders of the transformers library: what opens, what is refused, and the torchvision guard."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

import models
from models import huggingface
from models.refusals import BadCheckpoint
from tests import tiny

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", tiny.KINDS)
def test_a_folder_of_save_pretrained_opens_by_its_path(tmp_path: Path, kind: str):
    model = models.load(tiny.huggingface_folder(tmp_path / "my-model", kind))
    ids = model.encode(tiny.TEXT).ids
    with torch.no_grad():
        expected = tiny.network(kind)(torch.tensor(ids)[None]).logits[0]
    ours = model.logits(model.embed(torch.tensor(ids))[None])[0]
    torch.testing.assert_close(ours, expected, atol=1e-5, rtol=1e-5)
    assert (model.card.name, model.card.family) == ("my-model", "transformer")
    assert (model.card.context, model.card.vocabulary) == (40, tiny.VOCABULARY)
    assert model.card.parameters == sum(p.numel() for p in tiny.network(kind).parameters())


def test_weights_named_without_their_head_open_too(tmp_path: Path):
    # The hub's own gpt2 names its weights "wte.weight", not "transformer.wte.weight".
    folder = tiny.huggingface_folder(tmp_path, "gpt2")
    expected = models.load(folder)
    tensors = load_file(folder / "model.safetensors")
    short = {name.removeprefix("transformer."): tensor for name, tensor in tensors.items()}
    assert short.keys() != tensors.keys()
    save_file(short, folder / "model.safetensors", metadata={"format": "pt"})
    ids = torch.tensor([0, 9, 4])
    ours, theirs = (m.logits(m.embed(ids)[None]) for m in (models.load(folder), expected))
    assert torch.equal(ours, theirs)


def test_a_start_mark_outside_the_vocabulary_is_no_start_mark(tmp_path: Path):
    # 50256 is what transformers writes for a GPT-2 whose maker said nothing.
    model = models.load(tiny.huggingface_folder(tmp_path, "gpt2", bos_token_id=50256))
    assert model.encode("the").shown == ("t", "he")


def drop(name: str) -> Callable[[Path], None]:
    def harm(folder: Path) -> None:
        tensors = load_file(folder / "model.safetensors")
        del tensors[name]
        save_file(tensors, folder / "model.safetensors")

    return harm


def configure(**changed: object) -> Callable[[Path], None]:
    def harm(folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text())
        config = {k: v for k, v in {**config, **changed}.items() if v is not None}
        (folder / "config.json").write_text(json.dumps(config))

    return harm


def one_too_many(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    save_file({**tensors, "surprise.weight": torch.ones(2)}, folder / "model.safetensors")


def infinite(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors["model.norm.weight"][4] = torch.inf
    save_file(tensors, folder / "model.safetensors")


HARMS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no weights": (lambda f: (f / "model.safetensors").unlink(), r"has no model\.safetensors"),
    "no config": (lambda f: (f / "config.json").unlink(), r"has no config\.json"),
    "no tokenizer": (lambda f: (f / "tokenizer.json").unlink(), r"has no tokenizer\.json"),
    "a weight is missing": (drop("model.norm.weight"), r"unknown weights: model\.norm\.weight"),
    "the decoder is missing": (drop("lm_head.weight"), r"unknown weights: lm_head\.weight"),
    "a weight too many": (one_too_many, r"unknown weights: surprise\.weight"),
    "an infinite weight": (infinite, r"model\.norm\.weight holds NaN or infinite"),
    "another width": (configure(hidden_size=32), "disagree in shape"),
    "a feed-forward layer of 50 GB": (configure(intermediate_size=10**8), "disagree in size"),
    "a billion layers": (configure(num_hidden_layers=10**9), "disagree in the number of layers"),
    "another kind": (configure(model_type="no_such_kind"), "no causal transformer"),
    "no kind": (configure(model_type=None), "no causal transformer"),
    "no language model": (configure(model_type="clip"), "no causal transformer"),
    "config is no JSON": (lambda f: (f / "config.json").write_text("x"), "not readable JSON"),
    "weights cut short": (
        lambda f: (f / "model.safetensors").write_bytes((f / "model.safetensors").read_bytes()[:99]),
        "broken or cut short",
    ),
}


@pytest.mark.parametrize(("harm", "sentence"), HARMS.values(), ids=HARMS)
def test_a_harmed_folder_is_refused(
    tmp_path: Path, harm: Callable[[Path], object], sentence: str, capfd: pytest.CaptureFixture[str]
):
    folder = tiny.huggingface_folder(tmp_path / "some-folder", "llama")
    capfd.readouterr()
    harm(folder)
    with pytest.raises(BadCheckpoint, match=sentence) as refusal:
        huggingface.load(folder)
    assert "\n" not in str(refusal.value)
    assert capfd.readouterr() == ("", "")  # the sentence is all that is said


def test_code_that_lies_in_a_folder_is_not_run(tmp_path: Path):
    folder = tiny.huggingface_folder(tmp_path, "llama")
    (folder / "evil.py").write_text("raise SystemExit('ran')")
    configure(auto_map={"AutoConfig": "evil.C", "AutoModelForCausalLM": "evil.M"})(folder)
    assert models.load(folder).card.vocabulary == tiny.VOCABULARY


PROGRAM = """
import sys
sys.path.insert(0, {root!r})
class Broken:
    def find_spec(self, name, path=None, target=None):
        if name == "torchvision.ops":
            raise RuntimeError("operator torchvision::nms does not exist")
sys.meta_path.insert(0, Broken())
import transformers
try:
    transformers.GPT2LMHeadModel
except Exception:
    import traceback
    print("nms does not exist" in traceback.format_exc())
from models import huggingface
print(huggingface.transformers().GPT2LMHeadModel.__name__)
"""


def test_a_torchvision_whose_operators_do_not_load_is_treated_as_absent():
    program = PROGRAM.format(root=str(ROOT))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    # The first line: without the guard the import does fail.
    assert (done.returncode, done.stdout) == (0, "True\nGPT2LMHeadModel\n"), done.stderr
