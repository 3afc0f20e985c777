"""The map of a model's words: where a word stands, who is near it in truth, words chosen with a lasso."""

from html import escape, unescape
from typing import Any

import streamlit as st

from dashboard import answers, choices, frame, shelf, worlds
from dashboard.figures import space as pictures
from dashboard.interface import says
from interpret.results import Neighbours, WordMap
from interpret.sentences import bare, nth

HOW = {"umap": "UMAP", "pca": "PCA"}
WHICH = {"input": says("words.how-it-reads-words"), "output": says("words.how-it-writes-words")}
COLOURS = {
    "kind": says("words.kind"),
    "groups": says("words.group"),
    "belief": says("words.how-true"),
    "benchmark": says("words.benchmark"),
}
KEY = "word-map"
MOST = 40  # words in the table of a selection


def show() -> None:
    """The word, its nearest in truth, and the map beside them."""
    word = choices.written("look_up", says("words.look-up-a-word", sum=_sum()))
    first, second, third = st.columns([2, 3, 2], vertical_alignment="bottom")
    with first:
        how, which = ways(), side()
    with second:
        colour = choices.pick("colour", says("words.colour-by"), COLOURS)
    with third:
        mine = choices.switch("mine", says("words.my-text-on-the-map"))
    near = answers.first("word_neighbours", word=word, how=how, which=which)
    groups, text = 8 if colour == "groups" else 0, choices.text() if mine else ""
    found, given = None, _judged() if colour == "benchmark" else {}
    if given:
        found = answers.first("word_map", how=how, which=which, groups=groups, text=text, **given)
    if found is None:
        found = answers.ask("word_map", how=how, which=which, groups=groups, text=text)
    if found.benchmark:
        frame.said(found.benchmark)
    frame.said(near.in_words() if near is not None else found.in_words())
    st.html(f'<p class="meta">{escape(f"{found.model} · {found.shows()}")}</p>')
    left, right = places(7, 3) if near is not None else (st.container(), None)
    with left:
        _map(found, near, colour, how, which)
    if near is not None and right is not None:
        with right:
            _nearest(near)
    _selected(found)
    frame.check(found)
    frame.notes("word_map")


def places(left: int, right: int) -> tuple[Any, Any]:
    """Where map and list stand: beside each other, with these widths; on one of two sides below each other."""
    if choices.side() is not None:
        return st.container(), st.container()
    first, second = st.columns([left, right], gap="medium")
    return first, second


def _judged() -> dict[str, str]:
    """The reader's file of word pairs, as options of the map; empty without one."""
    given = choices.handed_over(
        says("words.word-pairs-that-people-judged"),
        ["txt", "csv", "tsv"], key="word-pairs", megabytes=2,
    )  # fmt: skip
    if given is None:
        st.caption(says("words.two-words-and-a-number"))
        return {}
    return {"pairs": given.getvalue().decode("utf-8-sig", "replace") or "\n", "pairs_name": given.name}


def ways() -> str:
    """How the map is drawn: by UMAP where that stands at once, else by PCA until the reader asks for it."""
    return choices.pick("how", says("words.drawn-by"), HOW, "umap" if beginning().ready else "pca")


def side() -> str:
    """Which vectors: those of the input, unless there are others at the output and they are chosen."""
    if len(beginning().sides) == 1:
        return "input"
    return choices.pick("which", says("words.vectors"), WHICH)


def beginning() -> WordMap:
    """The map by PCA, which stands at once, and what it says of the model."""
    return answers.ask("word_map", how="pca")


def _sum() -> str:
    """A sum of words that the model knows."""
    if len(beginning().shown) < 200:
        return "A - a + e"
    return "sings - sing + laugh" if worlds.world(choices.model()) == "storyland" else "his - he + she"


def _map(found: WordMap, near: Neighbours | None, colour: str, how: str, which: str) -> None:
    key = choices.key(KEY)
    kept = answers.ask("map_trust", how=how, which=which).kept if colour == "belief" else None
    figure = pictures.vocabulary(found, near, kept)
    if kept is not None:
        pictures.belief_scale(figure)
    if len(found.text_rows):
        rows = found.text_rows.tolist()
        figure.add_trace(pictures.of_text(found.values, rows, [found.shown[row] for row in rows]))
    st.plotly_chart(
        figure, key=key, config=pictures.TOOLS, on_select=lambda: _clicked(key), alt=found.in_words(),
        selection_mode=("points", "box", "lasso"),
    )  # fmt: skip
    st.caption(says("words.point-at-a-dot") + ("" if kept is not None else found.sized_by()))


def chosen(key: str = KEY) -> list[tuple[int, str]]:
    """Rows and names of the dots selected on the map; what the browser sends is not trusted."""
    points = choices.played(key).get("selection", {}).get("points", [])
    given = [point.get("customdata") for point in points]
    rows = {
        one[0]: str(one[1]) for one in given if isinstance(one, list) and len(one) > 1 and type(one[0]) is int
    }  # fmt: skip
    return sorted(rows.items())


def _clicked(key: str) -> None:
    """One dot was clicked: look its word up. For callbacks, which stand on no side."""
    found = chosen(key)
    if len(found) == 1:
        choices.set_to("look_up", unescape(found[0][1]))


def _selected(found: WordMap) -> None:
    """The words inside the reader's lasso, or those a link names; and where else they can be looked at."""
    live = [row for row, _ in chosen() if 0 <= row < len(found.shown)]
    rows = choices.picked("picked", live, len(found.shown))
    if len(rows) < 2:
        return
    frame.section(says("words.words-chosen-on-the-map", rows=len(rows)))
    words = list(dict.fromkeys(bare(found.shown[row]) for row in rows if found.shown[row].strip().isalpha()))
    if words:
        _taken_along(words)
    listed = "".join(
        f"<tr><td>{escape(bare(found.shown[row]))}</td><td>{escape(found.group_names[found.groups[row]])}</td>"
        f"<td>{int(found.ids[row]):,}</td></tr>"
        for row in rows[:MOST]
    )
    rest = (
        f'<p class="meta">{escape(says("words.and-more", more=len(rows) - MOST))}</p>'
        if len(rows) > MOST
        else ""
    )
    head = f"<tr>{frame.heads('words.word', 'words.what-it-is', 'words.its-number')}</tr>"
    st.html(f'<div class="scrolls"><table>{head}{listed}</table>{rest}</div>')


def _taken_along(words: list[str]) -> None:
    """Buttons that open the other views on these words."""
    mine = [word for word in words if word.casefold() in choices.text().casefold().split()]
    if mine:
        frame.quiet(says("words.in-your-text", mine=", ".join(mine[:MOST])))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        one = choices.among("picked_word", says("words.one-of-them"), {word: word for word in words[:MOST]})
        st.button(
            says("words.in-its-sentences"),
            key=choices.key("to-sentences"),
            on_click=choices.look_in_sentences,
            args=(one,),
        )
        st.button(
            says("words.its-neighbours"),
            key=choices.key("to-neighbours"),
            on_click=choices.set_to,
            args=("look_up", one),
        )
        if shelf.task(choices.model()) == "causal" and st.button(
            says("words.watch-them-from-layer"), key=choices.key("to-watch"), icon=":material/layers:",
            on_click=choices.watch, args=(words,),
        ):  # fmt: skip
            st.switch_page("views/decided.py")
        st.button(
            says("words.forget-them"), key=choices.key("forget-picked"), on_click=choices.forget_picked,
            args=("picked", choices.key(KEY)),
        )  # fmt: skip


def _nearest(near: Neighbours) -> None:
    """The list in the true space; what the map does not show near is said."""
    rows = "".join(
        f"<tr><th>{escape(bare(name))}</th><td><i style='inline-size:{2.5 * max(0.0, float(value)):.2f}em'></i>"
        f"{value:.2f}</td><td>{badge(int(rank), len(near.shown))}</td></tr>"
        for name, value, rank in zip(near.shown, near.values, near.map_rank, strict=True)
    )
    st.html(
        f'<div class="near"><h2>{escape(says("words.nearest-in-truth"))}</h2><table><thead>'
        f"<tr>{frame.heads('words.word', 'words.cosine', 'words.on-the-map')}</tr></thead>{rows}</table></div>"
    )
    frame.check(near)


def badge(rank: int, count: int) -> str:
    """Whether what is near in truth is near on the map, too (HTML)."""
    if rank <= count:
        return escape(says("words.near"))
    return f'<span class="off">{escape(says("words.not-near", rank=nth(rank)))}</span>'


LOOKS: dict[str, tuple[str, Any]] = {"map": (says("words.on-a-map"), show)}
