"""Sentences of a treebank in CoNLL-U, with parts of speech or with the number of a noun.

A folder is read by its own split: what ends in `train.conllu` (or `.conllu.gz`) is learned from, what ends in
`test.conllu` tested on. Of a single file 30 % of the sentences are held back.

Source: Universal Dependencies, https://universaldependencies.org/format.html.
"""

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from interpret.grammar.probing import Labelled
from models.refusals import Refusal

NUMBERS = {"Sing": "singular", "Plur": "plural"}
PLACES = ("noun", "1 word later", "2 words later", "3 words later")


@dataclass(frozen=True, kw_only=True)
class Word:
    """A line of CoNLL-U: form, universal part of speech, features, and what it hangs on (0: nothing)."""

    form: str
    tag: str
    features: dict[str, str]
    head: int
    relation: str


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A text and its words, numbered from 0."""

    text: str
    words: tuple[Word, ...]


def parts(place: Path, part: str) -> list[Path]:
    """The file, or the folder's files of this part ("train", "test")."""
    if not place.is_dir():
        return [place]
    found = sorted(p for end in (".conllu", ".conllu.gz") for p in place.glob(f"*{part}{end}"))
    if not found:
        raise Refusal(f"There is no {part}.conllu in {place.name}: name the folder of a treebank.")
    return found[:1]


def called(place: Path) -> str:
    """What to call a treebank: "UD English EWT" for its folder, a file by its name."""
    if place.is_dir() and place.name.startswith("ud_"):
        language, _, name = place.name.removeprefix("ud_").partition("_")
        return f"UD {language.capitalize()} {name.upper()}"
    return place.name


def digest(place: Path) -> str:
    """The SHA-256 of the file that is learned from."""
    return hashlib.sha256(parts(place, "train")[0].read_bytes()).hexdigest()


def read(place: Path, part: str = "train") -> list[Sentence]:
    """All sentences of a file, or of one part of a folder.

    Raises:
        Refusal: a file that cannot be read or is no CoNLL-U.
    """
    (file,) = parts(place, part)
    try:
        if file.suffix == ".gz":
            with gzip.open(file, "rt", encoding="utf-8") as lines:
                return list(_sentences(lines))
        with file.open(encoding="utf-8") as lines:
            return list(_sentences(lines))
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise Refusal(f"{file} cannot be read ({error}): name a .conllu file of a treebank.") from None


def tagged(sentences: list[Sentence], count: int, seed: int) -> list[Labelled]:
    """Sentences drawn by lot, up to `count` or 4 * `count` words, each word with its part of speech."""
    found, words = list[Labelled](), 0
    for one in _drawn(sentences, count, seed):
        if words >= 4 * count:
            break
        forms = tuple(word.form for word in one.words)
        found.append(Labelled(text=one.text, words=forms, labels=tuple(word.tag for word in one.words)))
        words += len(forms)
    return found


def nouns(sentences: list[Sentence], count: int, seed: int) -> list[Labelled]:
    """Up to `count` sentences with one of their nouns, which three words follow; as many plural as singular ones.

    The noun and each of the three words carry the noun's number as label.
    """
    found: dict[str, list[Labelled]] = {number: [] for number in NUMBERS.values()}
    lots = np.random.default_rng(seed + 1)
    for one in _drawn(sentences, len(sentences), seed):
        offered = [
            (at, NUMBERS[word.features["Number"]])
            for at, word in enumerate(one.words[: -len(PLACES) + 1])
            if word.tag == "NOUN" and word.features.get("Number") in NUMBERS
        ]
        if offered:
            at, number = offered[int(lots.integers(len(offered)))]
            places = tuple(range(at, at + len(PLACES)))
            labels = tuple(number if place in places else None for place in range(len(one.words)))
            words = tuple(word.form for word in one.words)
            found[number].append(Labelled(text=one.text, words=words, labels=labels, places=places))
    each = min(count // 2, *map(len, found.values()))
    return [one for pair in zip(*(some[:each] for some in found.values()), strict=True) for one in pair]


def _drawn(sentences: list[Sentence], count: int, seed: int) -> list[Sentence]:
    """`count` of the sentences by lot, so that not only the first genre is read."""
    order = np.random.default_rng(seed).permutation(len(sentences))[:count]
    return [sentences[at] for at in order]


def _sentences(lines: Iterator[str]) -> Iterator[Sentence]:
    text, words = "", list[Word]()
    for number, line in enumerate(lines, start=1):
        if line.startswith("# text = "):
            text, words = line[9:].rstrip("\n"), []
        elif line[:1].isdigit():
            columns = line.rstrip("\n").split("\t")
            if len(columns) < 4:
                said = f"Line {number}, “{line[:30].strip()}”, is no line of CoNLL-U"
                raise Refusal(f"{said}: it has fewer than four columns.")
            if columns[0].isdigit():
                words.append(_word(columns))
        elif not line.strip() and words:
            yield Sentence(text=text, words=tuple(words))
            words = []
    if words:
        yield Sentence(text=text, words=tuple(words))


def _word(columns: list[str]) -> Word:
    _, form, _, tag, _, features, head, relation = [*columns, *("_",) * 8][:8]
    pairs = (feature.partition("=") for feature in features.split("|"))
    return Word(
        form=form, tag=tag, features={name: value for name, sign, value in pairs if sign},
        head=int(head) if head.isdigit() else 0, relation=relation,
    )  # fmt: skip
