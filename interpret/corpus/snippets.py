"""Places of an index as text: the token, and what stands around it."""

from collections.abc import Sequence

from interpret.corpus.index import At, Index
from interpret.corpus.shards import LONGEST
from interpret.results import Snippet
from models.base import LanguageModel, Tokens

AROUND = 110  # characters of a snippet on either side


def encoded(model: LanguageModel, text: str) -> Tokens:
    """A text of an index as the index' own pass cut it."""
    return model.encode(text).cut(min(LONGEST, model.card.context or LONGEST))


def snippets(model: LanguageModel, index: Index, *lots: Sequence[At]) -> list[tuple[Snippet, ...]]:
    """The places of each lot as text; what an index no longer knows is left out."""
    texts = index.text([at.text for lot in lots for at in lot])
    tokens = {number: encoded(model, text) for number, text in texts.items()}
    return [
        tuple(
            snippet(tokens[at.text], at.place, at.place, at.value)
            for at in lot
            if at.text in tokens and at.place < len(tokens[at.text])
        )
        for lot in lots
    ]


def snippet(tokens: Tokens, first: int, last: int, value: float) -> Snippet:
    """The text around the tokens from `first` to `last`, as it is shown."""
    text, start, end = tokens.text, int(tokens.spans[first, 0]), int(tokens.spans[last, 1])
    left, right = max(0, start - AROUND), min(len(text), end + AROUND)
    return Snippet(
        before=("…" if left else "") + text[left:start],
        token=text[start:end],
        after=text[end:right] + ("…" if right < len(text) else ""),
        value=value,
    )
