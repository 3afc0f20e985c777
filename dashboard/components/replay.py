"""replay: the answers that the stages of a training give, one behind the other, under a slider."""

from collections.abc import Sequence
from typing import Any

from dashboard.components import load
from dashboard.components.strip import SHARED, numbers, whole_numbers
from dashboard.interface import says

WORDS = ("bits", "rank", "band", "probability", "expected")


def replay(
    stages: Sequence[dict[str, Any]], words: Sequence[Any], candidates: Sequence[str], *, key: str,
    stage: int, title: str, pieces: Sequence[int], vocabulary: int, caption: str = "", direction: str = "ltr",
) -> int:  # fmt: skip
    """Draw slider, bars and text; returns the stage that is looked at.

    Args:
        stages: for each its `name`, what it had `read`, `shares` (a probability for each candidate), and for
            each word what `surprise_strip` takes: bits, rank, band, probability, expected.
        words: the text.
        candidates: what may come next, as shown.
        key: the component's key.
        stage: the one shown at first.
        title: what stands above the bars.
        pieces: how many pieces each word is cut into.
        vocabulary: how many pieces the model chooses from.
        caption: line under exported pictures.
        direction: "ltr" or "rtl".
    """
    for at in stages:
        if len(at["shares"]) != len(candidates) or any(len(at[name]) != len(words) for name in WORDS):
            raise ValueError(f"stage {at['name']!r}: one entry per word and per candidate")
    frames = [
        {
            **at, "bits": numbers(at["bits"]), "rank": whole_numbers(at["rank"]),
            "band": whole_numbers(at["band"]), "probability": numbers(at["probability"]),
            "shares": [float(share) for share in at["shares"]],
            "expected": [[[text, float(p)] for text, p in guesses or ()] for guesses in at["expected"]],
        }
        for at in stages
    ]  # fmt: skip
    strip = {
        "words": list(words), "pieces": [int(count) for count in pieces], "vocabulary": int(vocabulary),
        "name": "stages", "caption": caption, "direction": direction, "group": None,
        "label": says("component-replay.the-text-coloured-by-how"),
    }  # fmt: skip
    found = load("replay", *SHARED, "surprise")(
        key=key,
        data={
            "stages": frames,
            "strip": strip,
            "candidates": list(candidates),
            "title": title,
            "stage": stage,
        },
        default={"stage": stage},
        on_stage_change=lambda: None,
    )
    told = found.stage
    return told if type(told) is int and 0 <= told < len(frames) else stage
