"""Training text: read it, write it the way people type it, and cut it into the shared subword pieces."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer

START = "<|start|>"  # stands before every document: "nothing has been said yet"
SPECIAL = (START, "<unk>", "<mask>", "<pad>")

# WikiText is split at punctuation; these undo the split so that the model reads ordinary typing.
_JOIN = (
    (re.compile(r"(?<!\S)\" ([^\"\n]*?) \"(?!\S)"), r'"\1"'),
    (re.compile(r" @([-,.])@ "), r"\1"),
    (re.compile(r" ([,.;:!?%)\]}])"), r"\1"),
    (re.compile(r"([(\[{]) "), r"\1"),
    (re.compile(r" (n't|'s|'re|'ve|'ll|'d|'m)\b"), r"\1"),
    (re.compile(r"\$ (?=\d)"), "$"),
)


class NoData(FileNotFoundError):
    """The training text is not where the recipe was told to look."""


@dataclass(frozen=True, kw_only=True)
class Documents:
    """The texts of one data set's part, with how many words the usual counting gives them."""

    texts: tuple[str, ...]
    words: int
    digest: str


def natural(line: str) -> str:
    """One line of WikiText as a person would type it."""
    line = " " + line.strip() + " "
    for pattern, written in _JOIN:
        line = pattern.sub(written, line)
    return line.strip()


def wikitext(data: Path, part: str) -> Documents:
    """Articles of WikiText-2; `words` counts its own tokens plus one per line, as published figures do."""
    path = data / "wikitext-2" / f"{part}.txt"
    if not path.is_file():
        raise NoData(f"No {path}: give --data a folder that holds wikitext-2/{part}.txt.")
    raw = path.read_text(encoding="utf-8")
    lines = raw.split("\n")
    heading = re.compile(r"^ = [^=].* = $")
    articles: list[list[str]] = [[]]
    for line in lines:
        if heading.match(line) and any(articles[-1]):
            articles.append([])
        if line.strip():
            articles[-1].append(natural(line))
    words = sum(len(line.split()) + 1 for line in lines[: -1 if not lines[-1] else None])
    texts = tuple("\n".join(article) for article in articles if article)
    return Documents(texts=texts, words=words, digest=hashlib.sha256(raw.encode()).hexdigest())


def imdb(data: Path, part: str) -> Documents:
    """Movie reviews (Maas et al. 2011); `words` counts as WikiText does, marks on their own."""
    import pyarrow.parquet as parquet

    path = data / "imdb" / f"{part}.parquet"
    if not path.is_file():
        raise NoData(f"No {path}: give --data a folder that holds imdb/{part}.parquet.")
    rows = parquet.read_table(path, columns=["text"]).column("text").to_pylist()
    texts = tuple(dict.fromkeys(review(row) for row in rows))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Documents(texts=texts, words=sum(map(count_words, texts)), digest=digest)


def count_words(text: str) -> int:
    """Words and punctuation marks, as WikiText's own text is cut ("don't" is 3, "the end." is 3)."""
    return len(re.findall(r"\w+|[^\w\s]", text))


def review(text: str) -> str:
    """A review with its line-break markup turned into line breaks."""
    return re.sub(r"\s*(?:<br\s*/?>\s*)+", "\n", text).strip()


def tokenizer(texts: Iterator[str], size: int) -> Tokenizer:
    """A byte-level subword tokenizer (BPE) of `size` pieces; it can write any text in any script."""
    cutter = Tokenizer(BPE())
    cutter.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    cutter.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        vocab_size=size,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    cutter.train_from_iterator(texts, trainer)
    return cutter


def tokenizer_file(work: Path, size: int = 8192) -> Path:
    """Where a recipe keeps the shared tokenizer."""
    return work / f"tokenizer-{size}.json"


def shared_tokenizer(data: Path, work: Path, size: int = 8192) -> Tokenizer:
    """The one tokenizer of all bundled English models, trained on WikiText-2 and IMDB training text."""
    path = tokenizer_file(work, size)
    if not path.is_file():
        texts = (*wikitext(data, "train").texts, *imdb(data, "train").texts)
        path.parent.mkdir(parents=True, exist_ok=True)
        tokenizer(iter(texts), size).save(str(path))
    return Tokenizer.from_file(str(path))


def piece(cutter: Tokenizer, name: str) -> int:
    """The number of a special piece, such as the start piece."""
    number = cutter.token_to_id(name)
    if number is None:
        raise ValueError(f"the tokenizer has no piece {name}")
    return number


def pieces(documents: Documents, cutter: Tokenizer, cache: Path) -> list[np.ndarray]:
    """Each document as piece numbers, kept under `cache` so that a resumed run starts at once."""
    key = hashlib.sha256(f"{documents.digest}{len(documents.texts)}{cutter.to_str()}".encode())
    path = cache / f"pieces-{key.hexdigest()[:16]}.npz"
    if path.is_file():
        with np.load(path) as kept:
            return np.split(kept["ids"].astype(np.int64), kept["ends"][:-1])
    encoded = [np.array(e.ids) for e in cutter.encode_batch_fast(list(documents.texts))]
    path.parent.mkdir(parents=True, exist_ok=True)
    ends = np.cumsum([len(e) for e in encoded])
    np.savez(path, ids=np.concatenate(encoded).astype(np.uint16), ends=ends)
    return [e.astype(np.int64) for e in encoded]


def digest_of(*documents: Documents) -> str:
    """One digest for everything a model was trained on."""
    return hashlib.sha256(json.dumps([d.digest for d in documents]).encode()).hexdigest()
