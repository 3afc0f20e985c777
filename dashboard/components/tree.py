"""tree: ways to go on; a click keeps one, a button goes on from there."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dashboard.components import load


def tree(
    parents: Sequence[int], shown: Sequence[str], ways: Sequence[str],
    shares: Sequence[float], paths: Sequence[float], *,
    key: str, held: Mapping[str, str], on_go: Callable[[], None], label: str, name: str = "tree", caption: str = "",
) -> str:  # fmt: skip
    """Draw the tree and return the way that is kept, as `node_at` reads it.

    `choices.played(key)["go"]` is the node to go on from when `on_go` is called.

    Args:
        parents: of each node, which stands before it; -1 is the text.
        shown: each node's token.
        ways: what stands behind the text on the way to it, for reading.
        shares: its probability behind its parent.
        paths: the probability of all from the text to it.
        key: the component's key.
        held: which way was kept before, see `choices.held`.
        on_go: called when the reader wants to go on from a node.
        label: what is drawn, for a screen reader.
        name: stem of the names of downloads.
        caption: line under exported pictures.
    """
    if any(not -1 <= up < i for i, up in enumerate(parents)):
        raise ValueError("a node stands before its parent")
    nodes: list[dict[str, Any]] = [
        {"up": int(up), "t": t, "said": said, "p": float(p), "way": float(way)}
        for up, t, said, p, way in zip(parents, shown, ways, shares, paths, strict=True)
    ]
    kept = node_at(held["at"], parents)
    load("tree", "frame")(
        key=key,
        data={
            "nodes": nodes, "label": label, "name": name, "caption": caption, "kept": kept, "of": held["of"],
        },
        default={"held": None},
        on_held_change=lambda: None,
        on_go_change=on_go,
    )  # fmt: skip
    return "" if kept is None else held["at"]


def node_at(told: str, parents: Sequence[int]) -> int | None:
    """The node at the end of a way, which says what child to take each time ("0-2-1"): a deeper tree has it, too.

    None, if there is none such.
    """
    node = -1
    for part in told.split("-"):
        children = [child for child, up in enumerate(parents) if up == node]
        if part not in map(str, range(len(children))):
            return None
        node = children[int(part)]
    return node
