"""What switching off changes, in numbers and in the text that is written."""

from difflib import SequenceMatcher
from html import escape
from itertools import groupby
from typing import Any

import numpy as np
import streamlit as st

from dashboard import choices, figures, frame
from dashboard.figures.ablation import controls
from dashboard.interface import says
from dashboard.literal import marked
from interpret.sentences import percent


def numbers(found: Any) -> None:
    """The chosen units beside random ones, and what the corpus costs."""
    frame.section(says("ablate.is-that-more-than-random"))
    alt = says(
        "ablate.nats-random-units", kl=found.kl, random=", ".join(f"{kl:.4f}" for kl in found.kl_random)
    )
    st.plotly_chart(controls(found), key=choices.key("controls"), config=figures.CONFIG, alt=alt)
    if found.loss is None:
        return
    before, after = found.loss
    usual = (
        says("ablate.random-units", loss_random=np.mean(found.loss_random)) if len(found.loss_random) else ""
    )
    said = says(
        "ablate.over-reviews" if found.classifies else "ablate.over-tokens",
        measured=found.measured,
        before=before,
        after=after,
        usual=usual,
    )
    if found.right is not None:
        said += says(
            "ablate.it-has-of-the-reviews", before=percent(found.right[0]), after=percent(found.right[1])
        )
    st.html(f'<p class="said">{escape(said)}</p>')


def texts(found: Any) -> None:
    """What it writes before and after, differences marked."""
    if not found.written:
        return
    frame.section(says("ablate.what-does-it-write"))
    same = SequenceMatcher(None, found.written, found.rewritten, autojunk=False).get_matching_blocks()
    one = _marked(found.written, [(m.a, m.size) for m in same])
    two = _marked(found.rewritten, [(m.b, m.size) for m in same])
    st.html(
        f'<table class="card snippets"><caption>{escape(says("ablate.drawn-with-the-same-chances"))}</caption>'
        f"<tr><th>{escape(says('ablate.as-it-is'))}</th><td>{one}</td></tr>"
        f"<tr><th>{escape(says('ablate.switched-off'))}</th><td>{two}</td></tr></table>"
    )


def _marked(pieces: tuple[str, ...], same: list[tuple[int, int]]) -> str:
    kept = {i for start, size in same for i in range(start, start + size)}
    runs = groupby(enumerate(pieces), lambda place: place[0] in kept)
    told = [(is_kept, "".join(piece for _, piece in run)) for is_kept, run in runs]
    return "".join(escape(said) if is_kept else marked(said) for is_kept, said in told)
