"""confusion: who is taken for whom, as a table whose cells can be pressed."""

from collections.abc import Callable, Sequence

from dashboard.components import load


def confusion(
    classes: Sequence[str],
    counts: Sequence[Sequence[int]],
    *,
    key: str,
    pressed: tuple[int, int] | None = None,
    on_press: Callable[[], None],
    caption: str = "",
) -> None:
    """Draw the table.

    Args:
        classes: The names of K classes.
        counts: Texts of each true class (rows) that were given which class (columns), K x K.
        key: The component's key; what was pressed last is `choices.played(key)["cell"]`, row and column.
        pressed: The cell that is chosen now.
        on_press: Called when a cell was pressed.
        caption: Line under exported pictures.
    """
    if any(len(row) != len(classes) for row in counts) or len(counts) != len(classes):
        raise ValueError(f"{len(classes)} classes need as many rows and columns")
    load("confusion")(
        key=key,
        data={
            "classes": list(classes), "counts": [[int(n) for n in row] for row in counts],
            "pressed": list(pressed) if pressed else None, "name": "classes", "caption": caption,
        },
        on_cell_change=on_press,
    )  # fmt: skip
