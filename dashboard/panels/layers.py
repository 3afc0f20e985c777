"""Parts of "When did it decide?": how layers are read, which place, words to follow, training."""

from typing import Any

import streamlit as st

from dashboard import answers, cached, choices, figures, frame, shelf
from dashboard.figures import lens as pictures
from dashboard.interface import layer_name, says
from interpret.sentences import bare, named

READERS = {"logit": says("layers.as-if-it-were"), "tuned": says("layers.through-a-learned-map-tuned")}
SHADES = {
    "probability": says("layers.how-sure"),
    "rank": says("layers.rank-of-the-final-guess"),
    "entropy": says("layers.how-undecided"),
    "divergence": says("layers.distance-from-the-answer"),
}


def reader() -> str:
    """How the layers are read: straight, or by a tuned lens where there is one."""
    known = READERS if shelf.has_lens(choices.model()) else {"logit": READERS["logit"]}
    if len(known) == 1:
        return "logit"
    return choices.pick("reader", says("layers.read-each-layer"), known)


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
    where = (
        says("layers.behind-the-text") if about >= len(found.tokens) else f"at {named(found.tokens[about])}"
    )
    frame.section(says("layers.how-do-words-fare-from", where=where))
    cell = clicked(found)
    words = [found.candidates[-1][place][0]]
    if cell:
        words.append(found.candidates[cell[0]][place][0])
    own = choices.written("watch", says("layers.words-to-watch-with-between"), "is | are")
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
        return says("layers.of-these-words-leads-after", name=name)
    before = bare(found.watched[int(leads[changes[-1] - 1])])
    at = found.layers[changes[-1]]
    when = says("layers.only-after-the-last-layer", at=at) if at == last else says("layers.from-layer", at=at)
    return says("layers.of-these-words-leads-before", name=name, when=when, before=before)


def train() -> None:
    """Learn a tuned lens from the page: its curve while it learns, and how close it came."""
    known = cached.learning(choices.model())
    with st.expander(says("layers.train-a-tuned-lens"), expanded=known is not None):
        st.caption(says("layers.a-map-is-learned"))
        seconds = choices.number("lens_seconds", says("layers.seconds-to-learn"), 10, 120, 30)
        going_on = known is not None and known.is_going_on()
        st.button(
            says("layers.learn"),
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
    said = says("layers.the-model-writes-texts")
    if known.found is not None:
        said = says("layers.learning-about-s-left", left=(1 - known.share) * known.found.options["seconds"])
    st.progress(known.share, text=said)
    st.button(
        says("layers.stop-and-keep-what"), key="stop-lens", disabled=known.found is None,
        on_click=known.stop,
    )  # fmt: skip
    if known.found is not None:
        frame.said(known.found.so_far())
        _curve(known.found, known.found.so_far())


def _learned(known: cached.Learning) -> None:
    if known.found is None or known.failed():
        frame.notice(
            says("layers.no-lens-was-learned"), says("layers.press-learn-again"),
            role="status",
        )  # fmt: skip
        return
    frame.said(known.found.in_words())
    _curve(known.found, known.found.in_words())
    frame.check(known.found)
    st.button(says("layers.use-it"), key="use-lens", on_click=choices.set_to, args=("reader", "tuned"))


def _curve(found: Any, said: str) -> None:
    st.plotly_chart(pictures.learning(found), key="lens-learning", config=figures.CONFIG, alt=said)


def patch() -> None:
    """States of another text put in this one's place: which of them carry its answer over."""
    frame.section(says("layers.where-does-it-keep-what"))
    other = choices.written("other", says("layers.another-text-that-should-go"))
    if not other.strip():
        st.caption(says("layers.write-this-text-again"))
        return
    straight = answers.part("patching", other=other)
    if straight is None:
        return
    source = _source(straight)
    found = straight if source < 0 else answers.ask("patching", other=other, source=source)
    frame.said(found.in_words())
    _patches(found, "patch")
    st.caption(says("layers.100-with-this-one-state"))
    if source >= 0:
        st.caption(says("layers.any-state-put-there-also"))
    if cell := choices.clicked("patched", _cell("patch"), found.values.shape):
        _cone(found, *cell)
    frame.check(found)
    frame.python("patching")


def _source(found: Any) -> int:
    """The place of the other text whose state is taken; -1: for each place the same, counted from the end."""
    words = {at: f"{at + 1}. {bare(token)}" for at, token in enumerate(found.other_tokens) if bare(token)}
    known = {-1: says("layers.the-word-at-the-same"), **words}
    return choices.among("taken_from", says("layers.take-the-state"), known)


def _cone(found: Any, layer: int, place: int) -> None:
    """All that changes when one state is replaced."""
    options = {name: found.options[name] for name in ("other", "source")}
    moved = answers.part("patching", **options, layer=layer, place=place)
    if moved is None:
        return
    where = layer_name(layer)
    by = named(found.other_tokens[found.sources[place]])
    said = says("layers.what-changes-when-the-state", where=where, tokens=named(found.tokens[place]), by=by)
    frame.said(says("layers.all-that-is-coloured-as", said=said))
    _patches(moved, "cone")


def _patches(found: Any, key: str) -> None:
    drawn, pick = pictures.patched(found), "rerun" if key == "patch" else "ignore"
    with st.container(key=f"{key}-scroll"):
        st.plotly_chart(
            drawn, key=key, config=figures.CONFIG, width=pictures.wide(drawn), on_select=pick,
            selection_mode="points", alt=found.in_words() if key == "patch" else says("layers.what-changes"),
        )  # fmt: skip
