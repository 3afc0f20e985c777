"""The sections of “How is it built?”: tables and sentences from the records, escaped."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from html import escape

import streamlit as st

from dashboard import figures, frame
from dashboard.components.merges import merges
from dashboard.figures import anatomy as pictures
from dashboard.interface import says
from interpret.results.anatomy import Anatomy, Counted, Part, WordPipeline, about
from interpret.sentences import percent

HEAD = (
    says("anatomy-parts.part"),
    says("anatomy-parts.its-weights"),
    says("anatomy-parts.parameters"),
    says("anatomy-parts.share"),
    says("anatomy-parts.computes-for-this-text"),
    says("anatomy-parts.a-new-task"),
)


def said(text: str) -> None:
    """A paragraph of plain text."""
    whole = text.replace(" × ", "\u00a0×\u00a0")  # sizes stay on one line
    st.html(f'<p class="said">{escape(whole)}</p>')


def scrolling(name: str, head: Sequence[str], rows: Sequence[Sequence[str]], label: str) -> None:
    """A table that scrolls sideways on a narrow page; cells are plain text."""
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    st.html(
        f'<div class="scrolls {name}" tabindex="0" role="region" aria-label="{escape(label)}">'
        f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def size(shape: Sequence[int]) -> str:
    """Axes with a cross between them, 9 × 256."""
    return " × ".join(f"{axis:,}" for axis in shape)


def weights(part: Part) -> str:
    """The matrices of a part by name, and how many vectors beside them."""
    matrices = [(name, shape) for name, shape in part.shapes if len(shape) > 1]
    vectors = len(part.shapes) - len(matrices)
    listed = [f"{_bare(name)} {size(shape)}" for name, shape in matrices]
    listed += [f"{vectors} vector{'s' if vectors > 1 else ''}"] if vectors else []
    listed += [says("anatomy-parts.tied-the-s-matrix-counted", tied_to=part.tied_to)] if part.tied_to else []
    return ", ".join(listed) or says("anatomy-parts.counts-not-weights")


def _bare(name: str) -> str:
    parts = [part for part in name.split(".") if part not in ("weight", "bias") and not part.isdigit()]
    return parts[-1].lstrip("_").removesuffix("_l0")


def computes(part: Part) -> str:
    """How many numbers, and the shapes they come in."""
    counts = {shape: part.computed.count(shape) for shape in dict.fromkeys(part.computed)}
    listed = " + ".join((f"{n} × ({size(s)})" if n > 1 else size(s)) for s, n in counts.items())
    return f"{part.numbers:,} = {listed}" if part.numbers else "0"


def share(part: int, whole: int) -> str:
    """A percentage that says 100 only of the whole, and 0 only of nothing."""
    if not part:
        return "0\u00a0%"
    return f"{min(99.9, 100 * part / whole):.1f}\u00a0%" if 0.99 < part / whole < 1 else percent(part / whole)


def table(found: Anatomy) -> None:
    """Every part with its weights, what it computes, and what becomes of it."""
    rows = [
        (
            part.name, weights(part), f"{part.parameters:,}", share(part.parameters, found.parameters),
            computes(part), says("anatomy-parts.kept") if part.keeps else says("anatomy-parts.replaced"),
        )
        for part in found.parts
    ]  # fmt: skip
    rows.append(("together", "", f"{found.parameters:,}", "100\u00a0%", f"{found.numbers:,}", ""))
    scrolling("parts", HEAD, rows, says("anatomy-parts.the-parts-of-the-model"))


def difference(found: Anatomy) -> None:
    """Parameters against what a text makes of them."""
    looks = any(part.kind == "attention" for part in found.parts)
    grows = says("anatomy-parts.a-little-more-than-twice") if looks else says("anatomy-parts.twice-as-many")
    said(
        says(
            "anatomy-parts.the-parameters-were-found",
            parameters=about(found.parameters),
            numbers=about(found.numbers),
            tokens=len(found.tokens),
            grows=grows,
        )
    )


def kept(found: Anatomy) -> None:
    """What the encoder is, and what a new task replaces; how far training moved each part."""
    if not any(part.shapes for part in found.parts):
        said(says("anatomy-parts.it-holds-counts-not-weights"))
        return
    body = [part for part in found.parts if part.keeps]
    head = [part.name for part in found.parts if not part.keeps]
    lstm = any(part.kind == "lstm" for part in body)
    layers = (
        says("anatomy-parts.all-lstm-layers-with-all") if lstm else says("anatomy-parts.every-block-with-all")
    )
    heart = says("anatomy-parts.not-only-the-embedding") if lstm else says("anatomy-parts.the-whole-body")
    goes = " and ".join(f"the {name}" for name in head) or "nothing"
    said(
        says(
            "anatomy-parts.the-encoder",
            heart=heart,
            layers=layers,
            kept=found.kept(),
            parameters=found.parameters,
            share=share(found.kept(), found.parameters),
            goes=goes,
        )
    )
    if any(part.tied_to for part in found.parts):
        said(says("anatomy-parts.the-output-layer-here-shares"))
    if found.heirs:
        said(says("anatomy-parts.started-from-this-models", heirs=" and ".join(found.heirs)))
    if found.origin is None:
        said(says("anatomy-parts.this-model-was-trained-from"))
        return
    if all(part.moved is None for part in found.parts):
        said(says("anatomy-parts.it-started-from-which-keeps", origin=found.origin))
        return
    said(says("anatomy-parts.it-started-from-the-bars", origin=found.origin))
    st.plotly_chart(
        pictures.moves(found), key="moves", config=figures.CONFIG,
        alt=says("anatomy-parts.bars-relative-change-of-each", origin=found.origin),
    )  # fmt: skip


def _uncut(found: Anatomy) -> str:
    """How a model cuts that forms no pieces from bytes."""
    of_text = [token.strip(" ") for token in found.tokens if token]
    one_of = says("anatomy-parts.one-of-the-it-knows", vocabulary=frame.vocabulary())
    if all(len(token) <= 1 for token in of_text):
        return says("anatomy-parts.every-character-is-a-token", one_of=one_of)
    if of_text == re.findall(r"\w+|[^\w\s]", found.text):
        return says("anatomy-parts.every-word-and-every-mark", one_of=one_of)
    return says("anatomy-parts.this-model-cuts-its-texts")


def cutting(anatomy: Anatomy) -> None:
    """Bytes, merges, pieces, numbers, vectors: one word at a time."""
    found, text = anatomy.cutting, anatomy.text
    if found is None:
        said(says("anatomy-parts.the-words-below-are-fastais", anatomy=_uncut(anatomy)))
        return
    first, row = found.start, says("anatomy-parts.a-pieces-number-picks")
    start = (
        says("anatomy-parts.before-every-text-stands-piece", number=first.number, shown=first.shown)
        if first
        else ""
    )
    only = "" if found.whole else says("anatomy-parts.shown-are-the-first-words", words=len(found.words))
    said(
        says(
            "anatomy-parts.this-models-tokenizer-learned",
            merges=found.merges,
            vocabulary=found.vocabulary,
            what=row if found.width else "",
            start=start,
            only=only,
        )
    )
    merges(
        [asdict(word) for word in found.words], key="merges", width=found.width,
        direction=figures.direction(text), label=says("anatomy-parts.words-of-the-text-choose"),
        caption=frame.caption(anatomy, says("view-anatomy.how-does-the-text-become")),
    )  # fmt: skip


def words(found: WordPipeline) -> None:
    """The same text as fastai's word models get it."""
    said(
        says(
            "anatomy-parts.fastais-word-models-do",
            splitter=found.splitter,
            least=found.least,
            texts=found.texts,
            counted=found.counted,
        )
    )
    changed = [(rule.name, rule.does, rule.text) for rule in found.rules if rule.changed]
    if changed:
        scrolling(
            "rules",
            (
                says("anatomy-parts.rule"),
                says("anatomy-parts.what-it-does"),
                says("anatomy-parts.the-text-after"),
            ),
            changed,
            says("anatomy-parts.fastais-rules"),
        )
    idle = [rule.name for rule in found.rules if not rule.changed]
    said(
        says("anatomy-parts.nothing-to-do", idle=", ".join(idle))
        if idle
        else says("anatomy-parts.every-rule-had-something")
    )
    marks = "".join(f"<li>{_numbered(word)}</li>" for word in found.words)
    st.html(f'<ol class="numbered">{marks}</ol>')
    rest = "" if found.whole else says("anatomy-parts.only-the-first-words-are", words=len(found.words))
    said(says("anatomy-parts.under-each-word-its-number", rest=rest))


def _numbered(word: Counted) -> str:
    kind = "mark" if word.special else "known" if word.known else "unknown"
    shown = "⏎" if not word.shown.strip() else word.shown.replace("\n", "⏎")
    seen = "" if word.special else f" · {word.count}×"
    name = escape(shown) if word.known else f"xxunk <s>{escape(shown)}</s>"
    return f'<bdi class="{kind}">{name}</bdi><small>{word.number}{seen}</small>'
