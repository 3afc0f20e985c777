"""A comparison in one sentence, with its numbers."""

from typing import TYPE_CHECKING

import numpy as np

from interpret.sentences import named, percent, two_figures, with_sign

if TYPE_CHECKING:
    from interpret.results.comparison import Comparison

SAME = "There is no difference: both sides give the same numbers."


def in_words(found: "Comparison") -> str:
    """What each side says, where they are furthest apart, and what flipped."""
    if not found.both.any():
        return "Nothing stands on both sides, so there is nothing to compare: choose texts that share some words."
    if not found.difference.any() and not found.flipped.any():
        return SAME
    say = {
        "surprise": _surprise, "next": _next, "saliency": _saliency, "attention": _attention, "layers": _layers,
        "classes": _classes,
    }[found.what]  # fmt: skip
    return say(found)


def _word(found: "Comparison", at: int) -> str:
    return f"“{found.name(at)}”" if found.name(at) else "the start of the text"


def _apart(found: "Comparison", unit: str) -> str:
    at = found.apart(1)
    if not at:
        return ""
    one, other = found.values[:, at[0]]
    return f" They are furthest apart on {_word(found, at[0])}: {one:.2f} and {other:.2f} {unit}."


def _flips(found: "Comparison", what: str) -> str:
    count, of = int(found.flipped.sum()), int(found.both.sum())
    return f" {what} at {count} of {of} places." if count else ""


def _surprise(found: "Comparison") -> str:
    (one, other), both = found.names, found.both
    mine, theirs = (float(row[both].mean()) for row in found.values)
    wins, count = int((found.difference < 0).sum()), int(both.sum())
    return (
        f"{one} is surprised by {mine:.2f} bits a word, {other} by {theirs:.2f}; {other} expected {wins} of "
        f"{count} words better.{_apart(found, 'bits')}{_flips(found, 'The first guess is another one')}"
    )


def _next(found: "Comparison") -> str:
    firsts, shares = [int(row.argmax()) for row in found.values], found.values
    shared = f" They give {percent(found.shared or 0.0)} of their probability to the same tokens."
    if firsts[0] == firsts[1]:
        mine, theirs = (percent(float(row[firsts[0]])) for row in shares)
        guess = named(found.shown[0][firsts[0]])
        return (
            f"Both expect {guess} next: {found.names[0]} gives it {mine}, {found.names[1]} {theirs}.{shared}"
        )
    one, other = (
        f"{found.names[k]} expects {named(found.shown[0][at])} next ({percent(float(shares[k, at]))}; "
        f"{found.names[1 - k]} gives it {percent(float(shares[1 - k, at]))})"
        for k, at in enumerate(firsts)
    )
    return f"{one}, {other}.{shared}"


def _strongest(found: "Comparison", side: int) -> int:
    row = np.abs(found.values[side]) if found.signed else found.values[side]
    return int(np.where(found.known[side], row, -np.inf).argmax())


def _saliency(found: "Comparison") -> str:
    tops = [_strongest(found, side) for side in (0, 1)]

    def size(side: int) -> str:
        value = float(found.values[side, tops[side]])
        return with_sign(value) if found.signed else two_figures(value)

    said = [f"for {found.names[k]} {_word(found, tops[k])} matters most ({size(k)})" for k in (0, 1)]
    sentence = (
        f"{said[0][0].upper()}{said[0][1:]}, {said[1]}; the words' order is alike to {found.rho:.2f} of 1."
    )
    unit = found.unit if found.signed else ""
    turned = _flips(found, "A word pushes the other way") if found.signed else ""
    return f"{sentence}{_apart(found, unit)}{turned}".replace(" .", ".")


def _attention(found: "Comparison") -> str:
    tops = [_strongest(found, side) for side in (0, 1)]
    one, other = (
        f"{found.names[k]} looks hardest at {_word(found, at)} ({percent(float(found.values[k, at]))})"
        for k, at in enumerate(tops)
    )
    return f"{one}, {other}; where they look is alike to {found.rho:.2f} of 1."


def _layers(found: "Comparison") -> str:
    both = found.both
    mine, theirs = (percent(float(row[both].mean())) for row in found.values)
    return (
        f"{found.names[0]} settles its answer after {mine} of its layers on average, {found.names[1]} after {theirs}."
        f"{_flips(found, 'The answer in the end is another one')}"
    )


def _classes(found: "Comparison") -> str:
    tops = [int(row.argmax()) for row in found.values]
    one, other = (
        f"{found.names[k]} says {found.shown[0][at]} ({percent(float(found.values[k, at]))})"
        for k, at in enumerate(tops)
    )
    return f"{one}, {other}: {'the answer flips' if tops[0] != tops[1] else 'the same answer'}."
