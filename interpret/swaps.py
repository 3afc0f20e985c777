"""What a model would rather have in each place of a text: whole pieces that begin as the piece there begins."""

from collections.abc import Sequence

import torch
from torch import Tensor

from interpret.run import Run
from interpret.sentences import NAMED
from models.base import LanguageModel

OFFERED = 5
SEARCHED = 40  # of the likeliest pieces at a place; the rest is less likely than anybody would want


def instead(run: Run, logs: Tensor, ahead: int) -> tuple[tuple[tuple[str, float], ...], ...]:
    """For each token up to `OFFERED` other pieces with their probabilities, the likeliest first.

    Args:
        run: The text.
        logs: Log-probabilities, (T, V); row t is about token t + `ahead`.
        ahead: 1 for a model that writes, 0 for one that fills gaps.

    Returns:
        One entry per token; empty where nothing predicts it.
    """
    top = logs.topk(min(SEARCHED, logs.shape[-1]), dim=-1)
    shares, order = top.values.exp().tolist(), top.indices.tolist()
    known: dict[int, str] = {}
    found: list[tuple[tuple[str, float], ...]] = []
    for at, own in enumerate(run.tokens.ids.tolist()):
        row = at - ahead
        start, end = (int(edge) for edge in run.tokens.spans[at])
        if row < 0 or start == end or (not ahead and not run.of_text[at]):
            found.append(())
            continue
        first = run.tokens.text[start:end].strip()[:1]
        spaced = run.tokens.text[start].isspace()
        free = not spaced and (
            start == 0 or run.tokens.text[start - 1].isspace()
        )  # its space is another piece's
        fit = _fitting(run.model, order[row], shares[row], own, known, (first, spaced, free))
        found.append(fit)
    return tuple(found)


def _fitting(
    model: LanguageModel, order: Sequence[int], shares: Sequence[float], own: int, known: dict[int, str],
    like: tuple[str, bool, bool],
) -> tuple[tuple[str, float], ...]:  # fmt: skip
    """Of the likeliest pieces those that can stand where one stands that begins so: letter, space, either."""
    letter, spaced, free = like
    fit: list[tuple[str, float]] = []
    worded = len(model.shown(own).strip()) > 1
    for token, share in zip(order, shares, strict=True):
        piece = known.setdefault(token, model.shown(token))
        bare = piece.strip()
        if token == own or not bare or "\ufffd" in piece or piece in NAMED or "\n" in piece:
            continue
        same_kind = bare[0].isalnum() == letter.isalnum()
        same_gap = free or piece.startswith(" ") == spaced
        if (
            (piece[0] == " " or worded)
            and len(bare) == 1
            and bare.isascii()
            and bare.isalpha()
            and bare not in "aAI"
        ):
            continue  # no word but the beginning of one
        if same_kind and same_gap and bare not in (said.strip() for said, _ in fit):
            fit.append((piece, share))
        if len(fit) == OFFERED:
            break
    return tuple(fit)


def words_instead(run: Run) -> tuple[tuple[tuple[str, float], ...], ...]:
    """`instead` of a model that writes, from its own forward pass."""
    return instead(run, torch.log_softmax(run.logits.double(), dim=-1), 1)
