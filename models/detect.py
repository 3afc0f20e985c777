"""The reader's own model: what is in a file, folder or on the hub, whether it can be opened, and opening it.

    found = preflight("my-model", root=Path("models-of-mine"))
    if found.can_open:
        model = opened("my-model", root=Path("models-of-mine"))

A preflight reads headers, configurations and vocabularies, never weights, and runs nothing that a file asks
for. `opened` makes the same preflight first and refuses with its first problem.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models import checkpoints
from models.base import LanguageModel
from models.own import fastai_files, hub, memory, ours, raw_lstm, transformer
from models.own.confined import OutOfBounds, confined
from models.own.report import QUESTIONS, Preflight, Question, views
from models.refusals import BadCheckpoint, Refusal, UnknownModel

__all__ = ["QUESTIONS", "OutOfBounds", "Preflight", "Question", "confined", "opened", "preflight", "views"]

WEIGHTS = (".pth", ".pt", ".pkl", ".bin", ".safetensors")
Progress = Callable[[float, str], None]


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """A preflight, and how to go on from it."""

    preflight: Preflight
    open: Callable[[], LanguageModel]


def preflight(where: str | Path, *, root: Path | None = None, hub: bool = False) -> Preflight:
    """What `where` holds: a path, or with `hub` also a name on the Hugging Face hub.

    Paths are confined to `root` if one is given, relative to it; otherwise they are any path of this machine.
    Nothing is raised for a bad model: its `problems` say why it cannot be opened, one sentence each.
    """
    return _seen(str(where), root, hub).preflight


def opened(
    where: str | Path, *, root: Path | None = None, hub: bool = False, progress: Progress | None = None
) -> LanguageModel:
    """Open what `where` holds, after the same preflight.

    Args:
        where: a path, or with `hub` also a name on the Hugging Face hub.
        root: the folder that paths are confined to.
        hub: whether the hub may be asked over the network.
        progress: called with the share that is done (0 to 1) and what is done next.

    Raises:
        BadCheckpoint: the preflight's first problem, or what only showed on opening (NaN, a weight too many).
        OutOfBounds: a path outside `root`.
    """
    tell = progress or (lambda _share, _what: None)
    tell(0.0, "looking at the files")
    seen = _seen(str(where), root, hub)
    if seen.preflight.kind != "unknown" and seen.preflight.problems:
        raise BadCheckpoint(seen.preflight.problems[0])
    tell(0.1, "reading the weights")
    try:
        model = seen.open()
    except Refusal:
        raise
    except Exception as error:  # noqa: BLE001  a hostile folder may make libraries raise anything at all
        raise _odd(str(where), error) from None
    tell(1.0, "ready")
    return model


def _seen(where: str, root: Path | None, ask_hub: bool) -> _Seen:
    try:
        path = Path(where) if root is None else confined(where, root)
        if path.exists():
            seen = _of_path(where, path, root)
        elif hub.is_id(where) and ask_hub:
            seen = _of_hub(where)
        else:
            or_hub = ", or let the hub be asked" if hub.is_id(where) else ""
            raise UnknownModel(f"There is no file or folder {where!r}: check the name{or_hub}.")
    except Refusal as refusal:
        return _nothing(where, refusal)
    except OSError as error:
        return _nothing(
            where, BadCheckpoint(f"{where!r} cannot be read ({type(error).__name__}): check who may read it.")
        )
    except Exception as error:  # noqa: BLE001  a hostile file may hold anything at all
        return _nothing(where, _odd(where, error))
    return replace(seen, preflight=_weighed(seen.preflight))


def _odd(where: str, error: Exception) -> BadCheckpoint:
    """What is said where a file made its reader stumble; the log has the rest."""
    logging.getLogger(__name__).warning("%r cannot be opened", where[:200], exc_info=error)
    return BadCheckpoint(
        f"{where[-200:]!r} says something about itself that no model would ({type(error).__name__}): restore it."
    )


def _nothing(where: str, refusal: Refusal) -> _Seen:
    def refuse() -> LanguageModel:
        raise refusal

    return _Seen(preflight=Preflight(where=where, kind="unknown", problems=(str(refusal),)), open=refuse)


def _weighed(found: Preflight) -> Preflight:
    """With the memory that is left, and a problem if it is too little."""
    left, size = memory.free(), found.memory_mb
    if left is None or size is None:
        return found
    weighed = replace(found, free_mb=round(left / 1e6))
    if size * 1e6 <= left:
        return weighed
    needs, has = memory.in_words(size * 10**6), memory.in_words(left)
    return replace(
        weighed,
        problems=(
            *found.problems,
            f"It needs about {needs} of memory and this machine has {has} left: close what else is open, or "
            "choose a smaller model.",
        ),
    )


def _of_hub(name: str) -> _Seen:
    from models import huggingface

    folder, held = hub.outlined(name)
    found = transformer.look(name, folder, "hub-id", held)

    def open_it() -> LanguageModel:
        model: Any = huggingface.load(hub.fetched(name))
        model.card = replace(model.card, name=name)
        return model

    return _Seen(preflight=found, open=open_it)


def _of_path(where: str, path: Path, root: Path | None) -> _Seen:
    if path.is_file():
        return _of_file(where, path, root, name=path.stem)
    if (path / checkpoints.CARD).is_file():
        return _Seen(preflight=ours.look(where, path), open=lambda: ours.opened(path))
    if (path / checkpoints.CONFIG).is_file():
        from models import huggingface

        found = transformer.look(where, path, "hugging-face-folder")
        return _Seen(preflight=found, open=lambda: huggingface.load(path))
    files = sorted(entry for entry in path.iterdir() if entry.suffix in WEIGHTS and not _listed(entry))
    if len(files) == 1:
        file = files[0] if root is None else confined(files[0], root)
        return _of_file(where, file, root, name=path.name)
    if files:
        names = ", ".join(file.name for file in files[:5])
        raise BadCheckpoint(f"{path.name} holds several models: name the file, one of {names}.")
    raise UnknownModel(f"{path.name} is not a model: there is no config.json and no file of weights in it.")


def _listed(entry: Path) -> bool:
    """Whether a file is a vocabulary rather than weights."""
    return entry.suffix == ".pkl" and entry.name.startswith(("itos", "vocab"))


def _of_file(where: str, path: Path, root: Path | None, *, name: str) -> _Seen:
    if path.suffix not in WEIGHTS:
        raise UnknownModel(
            f"{path.name} is not a model: give a folder, or a file of weights (.pth, .safetensors)."
        )
    if raw_lstm.described(path):
        raw = raw_lstm.look(where, path, root)
        return _Seen(preflight=raw.preflight, open=lambda: raw_lstm.opened(raw, name))
    found = fastai_files.look(where, path, root)
    if found is not None:
        return _Seen(preflight=found.preflight, open=lambda: fastai_files.opened(found, name))
    raise BadCheckpoint(
        f"{path.name} holds no AWD-LSTM of fastai's: for a plain nn.LSTM write {path.stem}.json beside it, "
        "for a transformer give its folder."
    )
