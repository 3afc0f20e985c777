"""trail: the edits of a text, one after the other, what the last one changed, and the way back."""

from collections.abc import Callable, Sequence

from dashboard.components import load

Step = tuple[
    str, str, str, str
]  # what stands before the change, what was there, what is there now, what follows


def trail(
    steps: Sequence[Step], at: int, rows: Sequence[tuple[str, str, str, str]], *, key: str,
    on_edit: Callable[[], None],
) -> None:  # fmt: skip
    """Draw it; before the first edit a line that says how to make one.

    Args:
        steps: Each text as its difference from the one before; the first as its beginning, in the first part.
        at: Which of them is looked at.
        rows: What the last edit changed: the number's name, before, after, the difference.
        key: The component's key; `choices.played(key)["edit"]` has where to go, or undo.
        on_edit: Called when the reader goes to another text.
    """
    if not 0 <= at < len(steps):
        raise ValueError(f"there is no text {at} among {len(steps)}")
    load("trail")(
        key=key,
        data={"steps": [list(step) for step in steps], "at": at, "rows": [list(row) for row in rows]},
        on_edit_change=on_edit,
    )
