"""clicker: the arrow keys, and the keys of a presenter's remote, turn the steps of a tour or lesson."""

from dashboard.components import load


def clicker(*, on: bool) -> None:
    """Listen to the keys while `on`; they press the buttons that stand there, "guide-next" and "guide-back"."""
    load("clicker")(key="clicker", data={"on": on})
