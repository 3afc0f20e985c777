"""Models of the hub, from a cache laid out as the hub's library does it; the network is off."""

import shutil
import time
from pathlib import Path

import pytest
import torch

import models
from models import detect
from models.refusals import BadCheckpoint

SAFE = "model.safetensors"


@pytest.fixture
def cache(made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hub's cache with one model in it, laid out as the hub's library does."""
    from huggingface_hub import constants

    home = tmp_path / "hub"
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(home))
    monkeypatch.setattr("huggingface_hub._snapshot_download.constants.HF_HUB_CACHE", str(home))
    repository, revision = home / "models--someone--tiny-gpt2", "a" * 40
    for part in ("blobs", "refs", f"snapshots/{revision}"):
        (repository / part).mkdir(parents=True)
    (repository / "refs" / "main").write_text(revision)
    for number, file in enumerate(sorted(made("gpt2").iterdir())):
        shutil.copy(file, repository / "blobs" / f"{number:040}")
        (repository / "snapshots" / revision / file.name).symlink_to(f"../../blobs/{number:040}")
    return home


def test_a_model_of_the_hub_opens_from_its_cache_without_network(made, cache: Path):
    found = detect.preflight("someone/tiny-gpt2", root=cache.parent, hub=True)
    assert (found.kind, found.problems, found.heads) == ("hub-id", (), 4)
    model, ids = models.load("someone/tiny-gpt2", root=cache.parent, hub=True), torch.arange(6)
    expected = models.load(made("gpt2"))
    assert model.card.name == "someone/tiny-gpt2"
    assert torch.equal(model.logits(model.embed(ids)[None]), expected.logits(expected.embed(ids)[None]))


def test_what_is_only_on_the_hub_is_described_by_its_headers(made, monkeypatch: pytest.MonkeyPatch):
    """A preflight fetches the small files and asks for headers; the weights come when it is opened."""
    from huggingface_hub import HfApi
    from huggingface_hub.utils import SafetensorsFileMetadata, SafetensorsRepoMetadata, TensorInfo

    from models.own import hub, weights

    tensors = {
        name: TensorInfo(dtype=sketch.kind, shape=list(sketch.shape), data_offsets=(0, 0))  # type: ignore[arg-type]
        for name, sketch in weights.held(made("gpt2")).tensors.items()
    }
    files = {"model.safetensors": SafetensorsFileMetadata(metadata={}, tensors=tensors)}
    answer = SafetensorsRepoMetadata(metadata=None, sharded=False, weight_map={}, files_metadata=files)
    fetched: list[tuple[str, ...]] = []

    def download(name: str, patterns: tuple[str, ...], *, local_files_only: bool) -> str:
        if local_files_only:
            raise FileNotFoundError(name)
        fetched.append(patterns)
        return str(made("gpt2"))

    monkeypatch.setattr(HfApi, "get_safetensors_metadata", lambda *_, **__: answer)
    monkeypatch.setattr(hub, "_download", download)
    found, here = detect.preflight("someone/far", hub=True), detect.preflight(made("gpt2"))
    assert fetched == [hub.SMALL]
    assert (found.parameters, found.widths, found.tied) == (here.parameters, here.widths, here.tied)
    assert 0 < here.bytes_on_disk - found.bytes_on_disk < 10_000  # the header itself
    assert models.load("someone/far", hub=True).card.name == "someone/far"
    assert fetched[-1] == (*hub.SMALL, *hub.LARGE)


def test_without_network_the_hub_is_one_sentence(cache: Path):
    begun = time.perf_counter()
    found = detect.preflight("someone/other", root=cache.parent, hub=True)
    assert time.perf_counter() - begun < 10
    assert len(found.problems) == 1
    assert found.problems[0].startswith("someone/other is not on this machine, and the hub cannot be reached")
    with pytest.raises(BadCheckpoint, match="cannot be reached"):
        models.load("someone/other", root=cache.parent, hub=True)


def test_the_hub_is_asked_only_if_the_reader_wants_it(cache: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("models.own.hub.outlined", lambda _name: pytest.fail("the hub was asked"))
    found = detect.preflight("someone/tiny-gpt2", root=cache.parent)
    assert "or let the hub be asked" in found.problems[0]


@pytest.mark.parametrize("name", ["../gpt2", "a/b/c", "/etc", "a b", "http://x/y", "x" * 300, ".hidden", ""])
def test_what_is_no_name_of_the_hub(name: str):
    from models.own import hub

    assert not hub.is_id(name)
    assert hub.is_id("gpt2") and hub.is_id("EleutherAI/pythia-70m") and hub.is_id("a-b/c.d_e")
