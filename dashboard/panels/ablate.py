"""What switching off changes, in numbers and in the text that is written."""

from difflib import SequenceMatcher
from html import escape
from itertools import groupby
from typing import Any

import numpy as np
import streamlit as st

from dashboard import choices, figures, frame
from dashboard.figures.ablation import controls
from dashboard.literal import marked
from interpret.sentences import percent


def numbers(found: Any) -> None:
    """The chosen units beside random ones, and what the corpus costs."""
    frame.section("Is that more than random units do?")
    alt = f"{found.kl:.4f} nats; random units {', '.join(f'{kl:.4f}' for kl in found.kl_random)}."
    st.plotly_chart(controls(found), key=choices.key("controls"), config=figures.CONFIG, alt=alt)
    before, after = found.loss
    of = "review" if found.classifies else "token"
    usual = f" (random units: {np.mean(found.loss_random):.3f})" if len(found.loss_random) else ""
    said = (
        f"Over {found.measured:,} {of}s of the bundled texts the loss goes from {before:.3f} to {after:.3f} "
        f"nats per {of}{usual}."
    )
    if found.right is not None:
        said += f" It has {percent(found.right[0])} of the reviews right before and {percent(found.right[1])} after."
    st.html(f'<p class="said">{escape(said)}</p>')


def texts(found: Any) -> None:
    """What it writes before and after, differences marked."""
    if not found.written:
        return
    frame.section("What does it write on?")
    same = SequenceMatcher(None, found.written, found.rewritten, autojunk=False).get_matching_blocks()
    one = _marked(found.written, [(m.a, m.size) for m in same])
    two = _marked(found.rewritten, [(m.b, m.size) for m in same])
    st.html(
        f'<table class="card snippets"><caption>Drawn with the same chances; what differs is marked</caption>'
        f"<tr><th>As it is</th><td>{one}</td></tr><tr><th>Switched off</th><td>{two}</td></tr></table>"
    )


def _marked(pieces: tuple[str, ...], same: list[tuple[int, int]]) -> str:
    kept = {i for start, size in same for i in range(start, start + size)}
    runs = groupby(enumerate(pieces), lambda place: place[0] in kept)
    told = [(is_kept, "".join(piece for _, piece in run)) for is_kept, run in runs]
    return "".join(escape(said) if is_kept else marked(said) for is_kept, said in told)
