"""Ready changes of a text: he for she, one for many, one name for another, is for is not.

Each list is pairs of words; a word of the text that stands on either side is replaced by the other, written as
it was written (He, HE). Every occurrence alone is one change, and all of them together another. Negation puts
“not” behind an auxiliary verb, or takes it away.
"""

from collections.abc import Iterator
from dataclasses import dataclass

PAIRS = {
    "he or she": (
        ("he", "she"), ("him", "her"), ("his", "her"), ("himself", "herself"), ("man", "woman"),
        ("men", "women"), ("boy", "girl"), ("boys", "girls"), ("father", "mother"), ("son", "daughter"),
        ("brother", "sister"), ("husband", "wife"), ("king", "queen"), ("uncle", "aunt"), ("actor", "actress"),
        ("actors", "actresses"), ("hero", "heroine"),
    ),
    "one or many": (
        ("is", "are"), ("was", "were"), ("has", "have"), ("does", "do"), ("this", "these"), ("that", "those"),
        ("it", "they"), ("key", "keys"), ("film", "films"), ("movie", "movies"), ("actor", "actors"),
        ("scene", "scenes"), ("character", "characters"), ("story", "stories"), ("child", "children"),
        ("man", "men"), ("woman", "women"), ("dog", "dogs"), ("cat", "cats"), ("book", "books"),
        ("house", "houses"), ("boy", "boys"), ("girl", "girls"),
    ),
    "names": (
        ("John", "Mary"), ("James", "Emily"), ("David", "Sarah"), ("Robert", "Anna"), ("Tom", "Maria"),
        ("Peter", "Laura"), ("Michael", "Jessica"), ("Mohammed", "Aisha"), ("Wei", "Priya"), ("Jack", "Rose"),
        ("Harry", "Sally"),
    ),
}  # fmt: skip
NEGATION = "is or is not"
VERBS = frozenset(
    {"is", "are", "was", "were", "am", "can", "could", "will", "would", "should", "must", "may", "might"}
    | {"do", "does", "did", "has", "have", "had"}
)
SHORT = {
    "isn't": "is", "aren't": "are", "wasn't": "was", "weren't": "were", "can't": "can", "couldn't": "could",
    "won't": "will", "wouldn't": "would", "shouldn't": "should", "don't": "do", "doesn't": "does", "didn't": "did",
    "hasn't": "has", "haven't": "have", "hadn't": "had",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A change of one word: which one (its index), and what stands there then; "" takes it away."""

    name: str
    word: int
    new: str


def ready(words: list[str]) -> Iterator[Ready]:
    """Every change of one word that a list knows, list by list, in the order of the text."""
    for name, pairs in PAIRS.items():
        known = dict(pairs)
        for one, other in pairs:
            known.setdefault(other, one)  # of her: his, or him; the first pair of a list decides
        for at, word in enumerate(words):
            other = known.get(word) or known.get(word.lower())
            if other and (word in known or name != "names"):
                yield Ready(name=name, word=at, new=_written_like(word, other))
    for at, word in enumerate(words):
        after = words[at + 1].lower() if at + 1 < len(words) else ""
        if word.lower() == "not" and at and words[at - 1].lower() in VERBS:
            yield Ready(name=NEGATION, word=at, new="")
        elif word.lower().replace("’", "'") in SHORT:
            yield Ready(
                name=NEGATION, word=at, new=_written_like(word, SHORT[word.lower().replace("’", "'")])
            )
        elif word.lower() in VERBS and after not in ("not", "n't"):
            yield Ready(name=NEGATION, word=at, new=f"{word} not")


def _written_like(word: str, other: str) -> str:
    """`other` with the capitals of `word`."""
    if len(word) > 1 and word.isupper():
        return other.upper()
    return other[:1].upper() + other[1:] if word[:1].isupper() else other
