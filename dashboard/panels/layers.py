"""Parts of "When did it decide?": how layers are read, which place, words to follow, training."""

from typing import Any

import streamlit as st

from dashboard import answers, cached, choices, figures, frame, shelf
from dashboard.figures import lens as pictures
from interpret.sentences import bare, named

READERS = {"logit": "as if it were the last (logit lens)", "tuned": "through a learned map (tuned lens)"}
SHADES = {
    "probability": "how sure", "rank": "rank of the final guess", "entropy": "how undecided",
    "divergence": "distance from the answer",
}  # fmt: skip


def reader() -> str:
    """How the layers are read: straight, or by a tuned lens where there is one."""
    known = READERS if shelf.has_lens(choices.model()) else {"logit": READERS["logit"]}
    if len(known) == 1:
        return "logit"
    return choices.pick("reader", "Read each layer", known)


def clicked(found: Any) -> tuple[int, ...] | None:
    """The cell the reader clicked, (row, place)."""
    return choices.clicked("place", _cell("lens"), found.values.shape)


def _cell(chart: str) -> tuple[int, int] | None:
    points = choices.points(chart)
    return (int(points[0]["y"]), int(points[0]["x"])) if points else None


def chosen(found: Any) -> int:
    """The place that is looked at: the clicked one, else the one behind the text."""
    cell = clicked(found)
    return cell[1] if cell else found.values.shape[1] - 1


def follow(found: Any, place: int, reader: str) -> None:
    """The way of the final guess, the clicked one and words of the reader's through the layers."""
    about = found.asked_of[place]
    where = "behind the text" if about >= len(found.tokens) else f"at {named(found.tokens[about])}"
    frame.section(f"How do words fare from layer to layer {where}?")
    cell = clicked(found)
    words = [found.candidates[-1][place][0]]
    if cell:
        words.append(found.candidates[cell[0]][place][0])
    own = choices.written("watch", "Words to watch, with | between them", "is | are")
    followed = answers.ask("lens", reader=reader, watch="|".join([*words, own]))
    if not followed.watched:
        return
    frame.said(_crossing(followed, place))
    st.plotly_chart(
        pictures.way(followed, place),
        key=choices.key("way"),
        config=figures.CONFIG,
        alt=_crossing(followed, place),
    )


def _crossing(found: Any, place: int) -> str:
    """Which watched word leads after which layer, in a sentence."""
    leads = found.watched_logs[:, place].argmax(-1)
    last = found.layers[-1]
    name = bare(found.watched[int(leads[-1])])
    changes = [row for row in range(1, len(leads)) if leads[row] != leads[row - 1]]
    if not changes:
        return f"Of these words “{name}” leads after every layer."
    before = bare(found.watched[int(leads[changes[-1] - 1])])
    at = found.layers[changes[-1]]
    when = f"only after the last, layer {at}" if at == last else f"from layer {at} on"
    return f"Of these words “{name}” leads {when}; before that “{before}” does."


def train() -> None:
    """Learn a tuned lens from the page: its curve while it learns, and how close it came."""
    known = cached.learning(choices.model())
    with st.expander("Train a tuned lens for this model", expanded=known is not None):
        st.caption(
            "A map is learned for each layer, from the bundled texts and texts the model writes itself, "
            "until the layer's answers come as close to the model's as they can."
        )
        seconds = choices.number("lens_seconds", "Seconds to learn", 10, 120, 30)
        going_on = known is not None and known.is_going_on()
        st.button(
            "Learn",
            key="learn-lens",
            disabled=going_on,
            on_click=cached.learn,
            args=(choices.model(), seconds),
        )
        if known is not None:
            st.fragment(_learning, run_every=1.0 if going_on else None)(going_on)


def _learning(began: bool) -> None:
    """How far it is; drawn anew every second until it ends. `began`: whether it went on when the page was drawn."""
    known = cached.learning(choices.model())
    if known is None:
        return
    if not known.is_going_on():
        if began:
            st.rerun()  # the page can now be read through the new lens
        _learned(known)
        return
    said = "The model writes texts to learn from"
    if known.found is not None:
        said = f"Learning: about {(1 - known.share) * known.found.options['seconds']:.0f} s left"
    st.progress(known.share, text=said)
    st.button(
        "Stop and keep what it has learned", key="stop-lens", disabled=known.found is None,
        on_click=known.stop,
    )  # fmt: skip
    if known.found is not None:
        frame.said(known.found.so_far())
        _curve(known.found, known.found.so_far())


def _learned(known: cached.Learning) -> None:
    if known.found is None or known.failed():
        frame.notice(
            "No lens was learned: the model was busy, or its texts were too few.", "Press “Learn” again.",
            role="status",
        )  # fmt: skip
        return
    frame.said(known.found.in_words())
    _curve(known.found, known.found.in_words())
    frame.check(known.found)
    st.button("Use it", key="use-lens", on_click=choices.set_to, args=("reader", "tuned"))


def _curve(found: Any, said: str) -> None:
    st.plotly_chart(pictures.learning(found), key="lens-learning", config=figures.CONFIG, alt=said)


def patch() -> None:
    """States of another text put in this one's place: which of them carry its answer over."""
    frame.section("Where does it keep what decides?")
    other = choices.written("other", "Another text, that should go on differently")
    if not other.strip():
        st.caption(
            "Write this text again with one word changed, such as a noun in the plural. Then each state of "
            "that text is put in the place of this one's, and the model goes on from it."
        )
        return
    straight = answers.part("patching", other=other)
    if straight is None:
        return
    source = _source(straight)
    found = straight if source < 0 else answers.ask("patching", other=other, source=source)
    frame.said(found.in_words())
    _patches(found, "patch")
    st.caption(
        "100\u00a0%: with this one state from the other text the model answers as after the other text. Click a "
        "state to see all that it changes."
    )
    if source >= 0:
        st.caption(
            "Any state put there also removes what stood there: choose another word beside it, and compare."
        )
    if cell := choices.clicked("patched", _cell("patch"), found.values.shape):
        _cone(found, *cell)
    frame.check(found)
    frame.python("patching")


def _source(found: Any) -> int:
    """The place of the other text whose state is taken; -1: for each place the same, counted from the end."""
    words = {at: f"{at + 1}. {bare(token)}" for at, token in enumerate(found.other_tokens) if bare(token)}
    known = {-1: "the word at the same place, counted from the end", **words}
    return choices.among("taken_from", "Take the state of, in the other text", known)


def _cone(found: Any, layer: int, place: int) -> None:
    """All that changes when one state is replaced."""
    options = {name: found.options[name] for name in ("other", "source")}
    moved = answers.part("patching", **options, layer=layer, place=place)
    if moved is None:
        return
    where = "embedding" if layer == 0 else f"layer {layer}"
    by = named(found.other_tokens[found.sources[place]])
    said = (
        f"What changes when the state of {where} at {named(found.tokens[place])} is replaced by that of {by}"
    )
    frame.said(f"{said}: all that is coloured, as a share of each state's length.")
    _patches(moved, "cone")


def _patches(found: Any, key: str) -> None:
    drawn, pick = pictures.patched(found), "rerun" if key == "patch" else "ignore"
    with st.container(key=f"{key}-scroll"):
        st.plotly_chart(
            drawn, key=key, config=figures.CONFIG, width=pictures.wide(drawn), on_select=pick,
            selection_mode="points", alt=found.in_words() if key == "patch" else "What changes",
        )  # fmt: skip
