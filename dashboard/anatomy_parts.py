"""The sections of “How is it built?”: tables and sentences from the records, escaped."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from html import escape

import streamlit as st

from dashboard import figures, frame
from dashboard.components.merges import merges
from dashboard.figures import anatomy as pictures
from interpret.results.anatomy import Anatomy, Counted, Part, WordPipeline, about
from interpret.sentences import percent

HEAD = ("part", "its weights", "parameters", "share", "computes for this text", "a new task")


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
    listed += [f"tied: the {part.tied_to}'s matrix, counted there"] if part.tied_to else []
    return ", ".join(listed) or "counts, not weights"


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
            computes(part), "kept" if part.keeps else "replaced",
        )
        for part in found.parts
    ]  # fmt: skip
    rows.append(("together", "", f"{found.parameters:,}", "100\u00a0%", f"{found.numbers:,}", ""))
    scrolling("parts", HEAD, rows, "The parts of the model")


def difference(found: Anatomy) -> None:
    """Parameters against what a text makes of them."""
    looks = any(part.kind == "attention" for part in found.parts)
    grows = (
        "a little more than twice as many, for every token looks at every other" if looks else "twice as many"
    )
    said(
        f"The {about(found.parameters)} parameters were found by training and are stored in the file; they "
        f"do not depend on the text. The {about(found.numbers)} numbers (activations) are computed with "
        f"their help for these {len(found.tokens):,} tokens and thrown away afterwards. Twice the text: "
        f"{grows}."
    )


def kept(found: Anatomy) -> None:
    """What the encoder is, and what a new task replaces; how far training moved each part."""
    if not any(part.shapes for part in found.parts):
        said("It holds counts, not weights: there is no encoder to keep. For other texts one counts anew.")
        return
    body = [part for part in found.parts if part.keeps]
    head = [part.name for part in found.parts if not part.keeps]
    lstm = any(part.kind == "lstm" for part in body)
    layers = "all LSTM layers with all their weights" if lstm else "every block with all its weights"
    heart = "not only the embedding" if lstm else "the whole body"
    goes = " and ".join(f"the {name}" for name in head) or "nothing"
    said(
        f"The encoder is {heart}: it is the embedding and {layers}, {found.kept():,} of {found.parameters:,} "
        f"parameters ({share(found.kept(), found.parameters)}). A new task starts from these. What it "
        f"replaces is {goes}, which turns the last layer's vectors into answers. Fine-tuning then trains "
        "everything, the kept weights too."
    )
    if any(part.tied_to for part in found.parts):
        said(
            "The output layer here shares the embedding's matrix (tied weights), so that matrix is kept with "
            "the embedding although the output layer goes."
        )
    if found.heirs:
        said(f"{' and '.join(found.heirs)} started from this model's encoder.")
    if found.origin is None:
        said("This model was trained from random numbers, so there is no start to measure it against.")
        return
    if all(part.moved is None for part in found.parts):
        said(
            f"It started from {found.origin}, which keeps its weights under other names and in another order, so how "
            "far each part moved is not measured."
        )
        return
    said(f"It started from {found.origin}. The bars: how far training moved each part from there.")
    st.plotly_chart(
        pictures.moves(found), key="moves", config=figures.CONFIG,
        alt=f"Bars: relative change of each part's weights since {found.origin}",
    )  # fmt: skip


def _uncut(found: Anatomy) -> str:
    """How a model cuts that forms no pieces from bytes."""
    of_text = [token.strip(" ") for token in found.tokens if token]
    one_of = f"one of the {frame.vocabulary():,} it knows; anything else becomes “<unk>”."
    if all(len(token) <= 1 for token in of_text):
        return f"Every character is a token of its own, {one_of}"
    if of_text == re.findall(r"\w+|[^\w\s]", found.text):
        return f"Every word and every mark is a token of its own, {one_of}"
    return "This model cuts its texts in a way whose steps are not shown here."


def cutting(anatomy: Anatomy) -> None:
    """Bytes, merges, pieces, numbers, vectors: one word at a time."""
    found, text = anatomy.cutting, anatomy.text
    if found is None:
        said(f"{_uncut(anatomy)} The words below are fastai's.")
        return
    first, row = found.start, "; a piece's number picks its row of the embedding"
    start = f" Before every text stands piece {first.number}, “{first.shown}”." if first else ""
    only = "" if found.whole else f" Shown are the first {len(found.words)} words."
    said(
        f"This model's tokenizer learned {found.merges:,} pairs from its training text, one after the other. "
        "A word begins as its bytes (␣ is the space before it); of all pairs in it the one learned first is "
        f"joined, again and again. What is left are pieces, each one of {found.vocabulary:,}"
        f"{row if found.width else ''}.{start}{only}"
    )
    merges(
        [asdict(word) for word in found.words], key="merges", width=found.width,
        direction=figures.direction(text), label="Words of the text: choose one to see its merges",
    )  # fmt: skip


def words(found: WordPipeline) -> None:
    """The same text as fastai's word models get it."""
    said(
        f"fastai's word models do it differently: rules rewrite the text, {found.splitter} split it, and a "
        f"word seen at least {found.least} times (min_freq) gets a number; the others become xxunk. Counted "
        f"here are the {found.texts} example texts of this dashboard, {found.counted:,} words: far more is "
        "unknown than with a real vocabulary of up to 60,000 words."
    )
    changed = [(rule.name, rule.does, rule.text) for rule in found.rules if rule.changed]
    if changed:
        scrolling("rules", ("rule", "what it does", "the text after it"), changed, "fastai's rules")
    idle = [rule.name for rule in found.rules if not rule.changed]
    said(f"Nothing to do for: {', '.join(idle)}." if idle else "Every rule had something to do.")
    marks = "".join(f"<li>{_numbered(word)}</li>" for word in found.words)
    st.html(f'<ol class="numbered">{marks}</ol>')
    rest = "" if found.whole else f"Only the first {len(found.words)} words are shown. "
    said(f"{rest}Under each word: its number, and how often it was counted. Dashed: replaced by xxunk.")


def _numbered(word: Counted) -> str:
    kind = "mark" if word.special else "known" if word.known else "unknown"
    shown = "⏎" if not word.shown.strip() else word.shown.replace("\n", "⏎")
    seen = "" if word.special else f" · {word.count}×"
    name = escape(shown) if word.known else f"xxunk <s>{escape(shown)}</s>"
    return f'<bdi class="{kind}">{name}</bdi><small>{word.number}{seen}</small>'
