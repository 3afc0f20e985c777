"""A training watched again: the slider with its frames, and the heads that find repetitions."""

from typing import Any

import streamlit as st

from dashboard import choices, figures, frame
from dashboard.components.replay import replay
from dashboard.figures import replay as pictures
from dashboard.interface import says
from interpret.sentences import bare
from interpret.wording import surprises


@st.fragment
def slider(found: Any) -> None:
    """Every stage's answers are sent at once; moving the slider asks for nothing."""
    names = [name or "now" for name in found.stages]
    by_word = [surprises(one) for one in found.passes]
    frames = [
        {
            "name": _capital(found.named(k)),
            "read": says("stages.tokens-read-nats-a-token", tokens_seen=found.tokens_seen[k], losses=found.losses[k]),
            "bits": one.bits, "rank": one.rank, "band": one.band, "probability": one.probability,
            "expected": one.expected, "shares": found.shares[k],
        }
        for k, one in enumerate(by_word)
    ]  # fmt: skip
    key = f"replay-{choices.model()}"
    stage = replay(
        frames, [word.to_data() for word in by_word[-1].words], [bare(m) for m in found.marked()], key=key,
        stage=choices.stage(key, names), title=says("stages.what-it-expected-after-this"),
        pieces=by_word[-1].pieces, vocabulary=frame.vocabulary(), direction=figures.direction(found.text),
        caption=frame.caption(found, says("stages.stages-of-the-training")),
    )  # fmt: skip
    choices.keep_stage(names[stage])
    frame.share()


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def curve(found: Any) -> None:
    """The loss along the training, with the stages marked."""
    frame.section(says("stages.when-were-these-stages-kept"))
    st.plotly_chart(
        figures.draw(found), key="stages-curve", config=figures.CONFIG,
        alt=says("stages.loss-on-held-out-text", first=found.losses[0], now=found.losses[-1]),
    )  # fmt: skip


def heads(found: Any) -> None:
    """When heads learned to find what followed an earlier place of the same token."""
    if found.matching is None:
        return
    frame.section(says("stages.when-did-its-heads-learn"))
    frame.said(found.heads_in_words())
    st.plotly_chart(
        pictures.heads(found), key="stages-heads", config=figures.CONFIG, alt=found.heads_in_words()
    )
