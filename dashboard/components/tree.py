"""tree: ways to go on; a click keeps one, a button goes on from there."""

from collections.abc import Callable, Sequence
from typing import Any

from dashboard.components import load


def tree(
    parents: Sequence[int], shown: Sequence[str], ways: Sequence[str],
    shares: Sequence[float], paths: Sequence[float], *,
    key: str, on_go: Callable[[], None], label: str, name: str = "tree", caption: str = "",
) -> None:  # fmt: skip
    """Draw the tree; `choices.played(key)["go"]` is the node to go on from when `on_go` is called.

    Args:
        parents: of each node, which stands before it; -1 is the text.
        shown: each node's token.
        ways: what stands behind the text on the way to it, for reading.
        shares: its probability behind its parent.
        paths: the probability of all from the text to it.
        key: the component's key.
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
    load("tree", "frame")(
        key=key,
        data={"nodes": nodes, "label": label, "name": name, "caption": caption},
        on_go_change=on_go,
    )
