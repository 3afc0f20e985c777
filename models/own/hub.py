"""Models of the Hugging Face hub: first what lies in the hub's cache on this machine, then the network.

The network is asked only when the reader asks for the hub, and without anybody's account. Fetched are
configuration, tokenizer and safetensors; no code, no pickles.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.own import weights
from models.refusals import BadCheckpoint

SMALL = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
LARGE = ("model.safetensors", "model.safetensors.index.json", "model-*.safetensors")
PATIENCE = 3  # seconds to wait for an answer
_PART = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_ID = re.compile(rf"{_PART}(?:/{_PART})?")


def is_id(where: str) -> bool:
    """Whether something reads like a name on the hub: `owner/name` or `name`."""
    return bool(_ID.fullmatch(where)) and ".." not in where and len(where) < 200


def cached(name: str) -> Path | None:
    """The folder in the hub's cache on this machine, with its weights; None if it is not there."""
    folder = _snapshot(name)
    try:
        if folder is not None:
            weights.files(folder)
    except BadCheckpoint:
        return None
    return folder


def outlined(name: str) -> tuple[Path, weights.Held | None]:
    """A folder with the small files of a model, and its weights' headers if they lie on the hub only."""
    folder = cached(name)
    if folder is not None:
        return folder, None
    from huggingface_hub import HfApi

    metadata = _asked(name, lambda: HfApi().get_safetensors_metadata(name, timeout=PATIENCE, token=False))
    listed = {
        tensor: weights.Sketch(str(said.dtype), tuple(said.shape))
        for file in metadata.files_metadata.values()
        for tensor, said in file.tensors.items()
    }
    size = sum(sketch.numbers * weights.SIZES.get(sketch.kind, 4) for sketch in listed.values())
    return _fetch(name, SMALL), weights.Held(tensors=listed, size=size)


def fetched(name: str) -> Path:
    """The folder of a model with its weights, fetched if it is not on this machine."""
    return cached(name) or _fetch(name, (*SMALL, *LARGE))


def _fetch(name: str, patterns: tuple[str, ...]) -> Path:
    return Path(_asked(name, lambda: _download(name, patterns, local_files_only=False)))


def _snapshot(name: str) -> Path | None:
    """The folder in the cache, whole or not; None if there is none."""
    from huggingface_hub import errors

    absent = (
        errors.LocalEntryNotFoundError, errors.CachedRepoTreeNotFoundError, errors.RevisionResolutionError,
        errors.HFValidationError, OSError, ValueError,
    )  # fmt: skip
    try:
        return Path(_download(name, (*SMALL, *LARGE), local_files_only=True))
    except absent:
        return None


def _download(name: str, patterns: tuple[str, ...], *, local_files_only: bool) -> str:
    from huggingface_hub import snapshot_download

    return str(
        snapshot_download(
            name,
            allow_patterns=list(patterns),
            local_files_only=local_files_only,
            token=False,
            etag_timeout=PATIENCE,
        )
    )


def _asked(name: str, ask: Callable[[], Any]) -> Any:
    """An answer of the hub; whatever goes wrong is one sentence."""
    from huggingface_hub import errors

    try:
        return ask()
    except (errors.RepositoryNotFoundError, errors.GatedRepoError):
        raise BadCheckpoint(f"The hub has no model {name!r} that is open to everybody.") from None
    except errors.NotASafetensorsRepoError:
        raise BadCheckpoint(f"{name} has no safetensors on the hub: only those are fetched.") from None
    except Exception as error:  # noqa: BLE001  every layer of the network has errors of its own
        raise BadCheckpoint(
            f"{name} is not on this machine, and the hub cannot be reached ({type(error).__name__}): connect "
            "to the network, or give a folder."
        ) from None
