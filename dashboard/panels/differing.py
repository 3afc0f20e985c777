"""Parts of "What differs?": which sides, which number, and both sides' answers laid on each other."""

from collections.abc import Callable
from html import escape
from typing import Any

import streamlit as st

from dashboard import answers, cached, choices, shelf
from dashboard.choices.second import Second
from dashboard.interface import says
from interpret.results.comparison import Comparison, Side, laid
from interpret.results.sides import (
    classes,
    next_tokens,
    of_head,
    of_layers,
    of_places,
    of_scores,
    of_surprise,
)

WHATS = {
    "classes": says("differing.which-class"),
    "surprise": says("differing.how-surprising-each-word"),
    "next": says("differing.what-comes-next"),
    "saliency": says("differing.which-words-led"),
    "attention": says("differing.where-a-head-looks"),
    "layers": says("differing.when-it-was-decided"),
}
GRAINS = {"words": says("differing.words"), "pieces": says("differing.pieces")}
FLAGSHIPS = (  # what to call it, and its choices
    (says("differing.what-did-fine-tuning-change"), {"model": "wiki-lstm", "with": "reviews-lstm"}),
    (says("differing.two-kinds-of-network-reviews"), {"model": "reviews-lstm", "with": "reviews-gpt"}),
    (says("differing.watch-it-learn-story-lstm"), {
        "model": "story-lstm", "with": "story-lstm", "with_stage": "0.2-percent",
        "text": "Sofia works behind the mill. The benches near the shell",
    }),
)  # fmt: skip
REVIEW = "The acting is wooden and the plot makes no sense, but the ending is surprisingly good."


def flagships() -> None:
    """Pairs worth a look, a button each."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.html(f'<p class="quiet">{escape(says("differing.worth-a-look"))}</p>', width="content")
        for title, given in FLAGSHIPS:
            st.button(
                title, key=f"pair-{given['model']}-{given['with']}", type="tertiary",
                on_click=choices.open_view, args=("compare", {"text": REVIEW, **given}),
            )  # fmt: skip


def sides() -> tuple[Second, Second]:
    """The reader's model and text, and the second ones."""
    choices.choose_second(always=True)
    first = choices.first()
    return first, choices.second() or first


def names(one: Second, other: Second) -> tuple[str, str]:
    """What to call the sides: their models, or, of one model, first and second text."""
    if one.model != other.model:
        return one.name, other.name
    return says("differing.first-text", name=one.name), says("differing.second-text", name=other.name)


def offered(one: Second, other: Second) -> dict[str, str]:
    """What can be compared: what both models can be asked."""
    tasks = {shelf.task(one.model), shelf.task(other.model)}
    known = []
    if tasks == {"classify"}:
        known = ["classes"] if shelf.card(one.model).classes == shelf.card(other.model).classes else []
    elif "classify" not in tasks:
        known = ["surprise"]
    if tasks == {"causal"}:
        known.append("next")
    if known and _methods(one, other):
        known.append("saliency")
    both = [{*cached.method_titles("head-maps", side.model)} for side in (one, other)]
    if "attention" in both[0] & both[1]:
        known.append("attention")
    if "classify" not in tasks and all(cached.method_titles("lens", side.model) for side in (one, other)):
        known.append("layers")
    return {what: WHATS[what] for what in WHATS if what in known}


def asked(one: Second, other: Second, what: str) -> Comparison | None:
    """Both sides' answers, laid on each other; None where one has none, which is said."""
    return {
        "surprise": _surprise, "next": _next, "saliency": _saliency, "attention": _attention, "layers": _layers,
        "classes": _classes,
    }[what](one, other)  # fmt: skip


def _of(side: Second, method: str, **options: Any) -> Any:
    return answers.of_text(side.text, side.model, method, **options)


def _both(one: Second, other: Second, method: str, **options: Any) -> tuple[Any, Any] | None:
    """Both sides' answers to the same question; None where one has none."""
    mine = _of(one, method, **options)
    theirs = None if mine is None else _of(other, method, **options)
    return None if theirs is None else (mine, theirs)


def _laid(
    one: Second, other: Second, what: Any, found: tuple[Any, Any] | None, make: Callable[[Any, str], Side],
    **said: Any,
) -> Comparison | None:  # fmt: skip
    if found is None:
        return None
    called = names(one, other)
    mine, theirs = (make(result, name) for result, name in zip(found, called, strict=True))
    return laid(mine, theirs, what, words=_by_words(one, other), **said)


def _by_words(one: Second, other: Second) -> bool:
    """Whether the strips show words; two texts are always laid on each other by words."""
    if one.text != other.text:
        return True
    return choices.pick("grain", says("differing.show"), GRAINS, "words", named=False) == "words"


def _surprise(one: Second, other: Second) -> Comparison | None:
    found = _both(one, other, "next_words")
    return _laid(one, other, "surprise", found, of_surprise, about="surprise", unit="bits")


def _layers(one: Second, other: Second) -> Comparison | None:
    about = says("differing.share-of-the-layers-after")
    return _laid(one, other, "layers", _both(one, other, "lens"), of_layers, about=about)


def _next(one: Second, other: Second) -> Comparison | None:
    found = _both(one, other, "next_shares")
    return None if found is None else next_tokens(*found, names(one, other))


def _classes(one: Second, other: Second) -> Comparison | None:
    found = _both(one, other, "classes")
    return None if found is None else classes(*found, names(one, other))


def _places(one: Second, other: Second) -> Comparison | None:
    """Which words of one side stand beside which of the other."""
    judges = shelf.task(one.model) == "classify"
    found = _both(one, other, "classes" if judges else "next_words")
    return None if found is None else laid(of_places(found[0]), of_places(found[1]), "attention", words=True)


def _methods(one: Second, other: Second) -> dict[str, str]:
    """The methods that can look into both models."""
    mine, theirs = (cached.method_titles("token-grid", side.model) for side in (one, other))
    return {name: title for name, title in mine.items() if name in theirs}


def _saliency(one: Second, other: Second) -> Comparison | None:
    known = _methods(one, other)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        method = choices.among("method", says("differing.method"), known)
        targets = _targets(one, other)
    if targets is None:
        return None
    mine = _of(one, method, target=targets[0])
    theirs = None if mine is None else _of(other, method, target=targets[1])
    if mine is None or theirs is None:
        return None
    return _laid(
        one, other, "saliency", (mine, theirs), of_scores, about=mine.asked.in_words(), unit=mine.unit,
        signed=mine.signed, notes=tuple(dict.fromkeys((*mine.notes, *theirs.notes))),
    )  # fmt: skip


def _targets(one: Second, other: Second) -> tuple[str, str] | None:
    """What is explained on either side, as `interpret.target.parse` reads it: the same word or class."""
    if shelf.task(one.model) == "classify":
        named = {name: name for name in shelf.card(one.model).classes}
        chosen = choices.among("explained", says("differing.what-is-explained"), named, list(named)[-1])
        return chosen, chosen
    places = _places(one, other)
    if places is None:
        return None
    known: dict[int, str] = {}
    guess = ""
    if {shelf.task(side.model) for side in (one, other)} == {"causal"}:
        guess = _first_guess(one)
        known[-1] = (
            says("differing.the-next-word", guess=guess)
            if guess
            else says("differing.each-sides-own-next-token")
        )
    first = 1 if known else 0
    known |= {
        at: f"{places.name(at)} ({at})"
        for at in range(first, len(places.kinds))
        if places.both[at] and places.name(at) and places.tokens[:, at, 0].min() >= first
    }
    if not known:
        return None
    at = choices.among("explained", says("differing.what-is-explained"), known)
    if at < 0:
        target = f"next:{guess}" if guess else "next"
        return target, target
    return _target(places, 0, at), _target(places, 1, at)


def _target(places: Comparison, side: int, at: int) -> str:
    first, end = places.tokens[side, at].tolist()
    return str(first) if end - first == 1 else f"{first}-{end - 1}"


def _first_guess(one: Second) -> str:
    """The likeliest next token of the first side that is a word by itself; "" if none of the first is."""
    found = _of(one, "next_words")
    pieces = () if found is None else found.candidates[-1]
    return next((piece.strip() for piece in pieces[:3] if piece[:1] == " " and piece.strip().isalpha()), "")


def _attention(one: Second, other: Second) -> Comparison | None:
    found, places = _both(one, other, "attention"), _places(one, other)
    if found is None or places is None:
        return None
    layers, heads = (min(side.values.shape[axis] for side in found) for axis in (0, 1))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        layer = choices.number("layer", says("differing.layer"), 1, layers, layers)
        head = choices.number("head", says("differing.head"), 0, heads - 1, 0)
        known = {at: f"{places.name(at)} ({at})" for at in range(len(places.kinds)) if places.both[at]}
        at = choices.among("asking", says("differing.who-asks"), known, list(known)[-1]) if known else -1
    if not known:
        return None
    queries = places.tokens[:, at, 1] - 1
    called = names(one, other)
    mine, theirs = (
        of_head(side, layer, head, int(query), name)
        for side, query, name in zip(found, queries, called, strict=True)
    )
    about = says("differing.how-head-shares-its-attention", layer=layer, head=head, at=places.name(at))
    return laid(mine, theirs, "attention", about=about, unit="share", words=_by_words(one, other))
