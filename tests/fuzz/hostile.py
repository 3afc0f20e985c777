"""What cases are drawn from: texts nobody meant to be read, junk values, damaged bytes."""

import string
from typing import Any

from hypothesis import strategies as st

from tests.fuzz import payloads

LETTERS = st.text(st.characters(exclude_categories=[]), max_size=40)  # all of Unicode, half characters too
PLAIN = st.text(string.ascii_lowercase + " .,'\n", max_size=60)
PIECE = st.one_of(st.sampled_from(payloads.EVERY), LETTERS, PLAIN)


def texts(longest: int = 100_000) -> st.SearchStrategy[str]:
    """Any text up to `longest` characters: pieces in a row, some of them many times over."""

    def repeated(piece: str, times: int) -> str:
        return piece * min(times, longest // max(1, len(piece)))

    many = st.builds(repeated, PIECE, st.integers(1, longest))
    few = st.builds(repeated, PIECE, st.integers(1, 12))
    parts = st.lists(st.one_of(PIECE, few), max_size=8)
    return st.one_of(parts.map("".join), parts.map(" ".join), many).map(lambda text: text[:longest])


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(10**30, 10**400), st.floats(), PIECE,
    st.sampled_from(["", "0", "-1", "NaN", "1e999", "٣", "9" * 5000, "true", "None", "[]", "0x10", "1_0"]),
)  # fmt: skip
JSON: st.SearchStrategy[Any] = st.recursive(
    JUNK,
    lambda part: st.one_of(st.lists(part, max_size=4), st.dictionaries(PIECE, part, max_size=4)),
    max_leaves=8,
)


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """Bytes with some turned, cut out, put in or doubled."""
    found = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(found)))
        way = draw(st.sampled_from(["turn", "cut", "put", "end", "number"]))
        if way == "turn" and at < len(found):
            found[at] ^= 1 << draw(st.integers(0, 7))
        elif way == "cut":
            del found[at : at + draw(st.integers(1, 64))]
        elif way == "put":
            found[at:at] = draw(st.binary(min_size=1, max_size=16))
        elif way == "number":
            number = draw(st.sampled_from([0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1]))
            found[at : at + 8] = number.to_bytes(8, "little")
        else:
            del found[at:]
    return bytes(found)
