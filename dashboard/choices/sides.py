"""Two sides of one page: its parts are drawn once for the reader's model and text, and again for the second ones.

Controls are drawn on the first side only and hold for both, so that one thing differs at a time; what is pointed at
or clicked in a picture is each side's own. Only the first side writes to the address.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TypeVar

import streamlit as st

from dashboard.choices import address

SECOND = "second-"  # before the keys of the second side
Given = ParamSpec("Given")
Chosen = TypeVar("Chosen")


class SideEnds(BaseException):
    """Draw nothing more on this side; the other one goes on. No Exception: nothing may swallow it."""


@dataclass(eq=False)
class Side:
    """One side: its model and text, and what both share.

    `alike`: whether the words of both sides are the same places of the same text. `above`, `below`: where stands
    what is said once for both; `controls`: where the controls stand that are no part of a fragment. `chosen`: what the
    first side's controls gave, by function and name. `said`: what already stands below.
    """

    second: bool
    model: str
    text: str
    alike: bool
    above: Any
    controls: Any
    below: Any
    chosen: dict[tuple[str, str], Any] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    fragments: int = 0  # that are being drawn, one in another


_side: ContextVar[Side | None] = ContextVar("side", default=None)


def side() -> Side | None:
    """The side that is being drawn; None on a page that shows one."""
    return _side.get()


def is_second() -> bool:
    """Whether the second side is being drawn."""
    now = side()
    return now is not None and now.second


@contextmanager
def on(drawn: Side) -> Iterator[None]:
    """Draw this side; it may end early."""
    token = _side.set(drawn)
    try:
        yield
    except SideEnds:
        pass
    finally:
        _side.reset(token)


def key(name: str) -> str:
    """The key of a picture or a button: one of its own for each side."""
    return f"{SECOND}{name}" if is_second() else name


def beside(name: str, found: Any) -> tuple[Any, Any] | None:
    """On the second side, what the first one found under this name, and the place below both for what differs.

    None on the first side, which keeps both for the second, and where there is but one.
    """
    now = side()
    if now is None or now.second:
        return now and now.chosen.get(("beside", name))
    now.chosen["beside", name] = found, now.below.container()
    return None


def group(name: str) -> str:
    """Strips of one group mark the word that another one points at: on both sides, where the words are the same."""
    now = side()
    return name if now is None or now.alike else key(name)


def fragment(part: Callable[Given, Any]) -> Callable[Given, Any]:
    """As `st.fragment`; when only this part is drawn again, it is still on its side."""

    @wraps(part)
    def drawn(*args: Given.args, **kwargs: Given.kwargs) -> Any:
        now = side()
        if now is None:
            return st.fragment(part)(*args, **kwargs)

        @wraps(part)
        def again(*args: Given.args, **kwargs: Given.kwargs) -> Any:
            now.fragments += 1
            try:
                if side() is not None:
                    return part(*args, **kwargs)
                with on(now):
                    return part(*args, **kwargs)
            finally:
                now.fragments -= 1

        return st.fragment(again)(*args, **kwargs)

    return drawn


def end_page() -> NoReturn:
    """Draw nothing more, on this side; what was chosen is written first where there is but one."""
    if side() is not None:
        raise SideEnds
    address.end_page()


def shared(choose: Callable[Given, Chosen], otherwise: Callable[..., Chosen]) -> Callable[Given, Chosen]:
    """A control that holds for both sides.

    Args:
        choose: Draws it; called on the first side only.
        otherwise: What the second side takes: called with what was chosen (None if nothing was) and the same
            arguments, because what the first side offers need not be offered on the second.
    """

    @wraps(choose)
    def chosen(*args: Given.args, **kwargs: Given.kwargs) -> Chosen:
        now = side()
        if now is None:
            return choose(*args, **kwargs)
        name = args[0] if args and isinstance(args[0], str) else ""
        if now.second:
            return otherwise(now.chosen.get((choose.__name__, name)), *args, **kwargs)
        with nullcontext() if now.fragments else now.controls:  # a fragment may draw in its own place only
            found = now.chosen[choose.__name__, name] = choose(*args, **kwargs)
        return found

    return chosen


def first_only(act: Callable[Given, None]) -> Callable[Given, None]:
    """What only the first side does, such as writing to the address."""

    @wraps(act)
    def done(*args: Given.args, **kwargs: Given.kwargs) -> None:
        if not is_second():
            act(*args, **kwargs)

    return done
