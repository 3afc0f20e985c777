"""How far a long computation is, and whether anybody still waits for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Stopped(Exception):
    """Whoever asked has gone or pressed Stop."""


_listener: ContextVar[Callable[[float], bool] | None] = ContextVar("listener", default=None)


def tell(share: float) -> None:
    """Say which share (0 to 1) of the work is done; raises `Stopped` when the listener no longer wants it."""
    listener = _listener.get()
    if listener is not None and not listener(share):
        raise Stopped


@contextmanager
def heard_by(listener: Callable[[float], bool]) -> Iterator[None]:
    """Inside, `listener` is told of progress; it answers whether to go on."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def part(start: float, share: float) -> Iterator[None]:
    """Inside, 0 to 1 counts as `start` to `start + share` of the whole."""
    listener = _listener.get()
    if listener is None:
        yield
        return
    with heard_by(lambda done: listener(start + share * done)):
        yield
