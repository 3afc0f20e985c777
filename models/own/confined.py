"""Which paths a reader may name: those inside the folder that the operator of the dashboard named."""

from pathlib import Path

from models.refusals import Refusal


class OutOfBounds(Refusal):
    """A path outside the folder of models; whether it exists is not said."""


def confined(path: str | Path, root: Path) -> Path:
    """The file or folder that `path` names inside `root`, links followed.

    `path` is relative to `root`, or absolute and inside it. Refused (`OutOfBounds`, whether it exists or
    not) are `..`, anything outside, links that lead outside, and folders that hold such links.
    """
    asked, inside, shown = Path(path), root.resolve(), str(path)[:200]
    outside = OutOfBounds(f"{shown!r} is not inside the folder of models: choose one that is in it.")
    if ".." in asked.parts or "\0" in str(path):
        raise outside
    try:
        found = (inside / asked).resolve()
        if not found.is_relative_to(inside):
            raise outside
        led_out = found.is_dir() and any(_leads_out(entry, inside) for entry in found.iterdir())
    except (OSError, RuntimeError):  # a name too long, a circle of links, a folder that may not be read
        raise outside from None
    if led_out:
        raise OutOfBounds(f"{shown!r} holds a link to a place outside the folder of models: remove it.")
    return found


def _leads_out(entry: Path, inside: Path) -> bool:
    return entry.is_symlink() and not entry.resolve().is_relative_to(inside)
