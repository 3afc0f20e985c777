"""The same text the way of fastai's word models: rules, words, counts, numbers.

Rules rewrite the text so that what a capital or a repetition says becomes a word of its own (xxmaj, xxup,
xxrep, xxwrep); spaCy's English rules split it; a word that the counted texts hold less than `min_freq` times
becomes xxunk. Every step calls fastai's own functions. The counted texts are the bundled examples: a few
hundred words, where a real vocabulary is counted over millions.

Source: fastai.text.core and fastai.text.data, https://docs.fast.ai/text.core.html
"""

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from interpret.results.anatomy import Counted, Rule, WordPipeline

EXAMPLES = Path(__file__).parents[1] / "assets" / "texts" / "examples.json"
LEAST = 2  # min_freq
WORDS = 40
LETTERS = 5_000  # of a text that are prepared: some of fastai's patterns take time with the square of a run

DOES = {
    "fix_html": "puts HTML leftovers right",
    "replace_rep": "one letter three times or more: xxrep, how often, the letter",
    "replace_wrep": "one word three times or more: xxwrep, how often, the word",
    "spec_add_spaces": "spaces around / # \\",
    "rm_useless_spaces": "one space is enough",
    "replace_all_caps": "WORDS IN CAPITALS: xxup and the word in small letters",
    "replace_maj": "a capital first letter: xxmaj and the word in small letters",
    "lowercase": "everything in small letters; xxbos marks the beginning",
}


def word_pipeline(text: str, texts: tuple[str, ...] | None = None, least: int = LEAST) -> WordPipeline:
    """`text` through fastai's rules and its word tokenizer, with the vocabulary of `texts` (the examples)."""
    from fastai.text import core
    from fastai.text.data import make_vocab

    counted = _counts(examples() if texts is None else texts)
    vocabulary = make_vocab(counted, min_freq=least)
    numbers = {word: number for number, word in enumerate(vocabulary) if word != "xxfake"}
    special = set(core.defaults.text_spec_tok)
    begun = text[:LETTERS]
    words = _words(begun)
    return WordPipeline(
        rules=tuple(_ruled(begun, core.defaults.text_proc_rules)),
        words=tuple(
            Counted(
                shown=word, count=counted[word], number=numbers.get(word, numbers[core.UNK]),
                known=word in numbers, special=word in special,
            )
            for word in words[:WORDS]
        ),
        whole=len(words) <= WORDS and begun == text,
        vocabulary=len(numbers),
        least=least,
        texts=len(examples() if texts is None else texts),
        counted=sum(counted.values()),
        splitter="spaCy's English rules",
    )  # fmt: skip


def _ruled(text: str, rules: Any) -> list[Rule]:
    found = []
    for rule in rules:
        after = rule(text)
        name = rule.__name__
        found.append(
            Rule(name=name, does=DOES.get(name, rule.__doc__ or ""), text=after, changed=after != text)
        )
        text = after
    return found


@cache
def _splitter() -> Any:
    from fastai.text.core import WordTokenizer

    return WordTokenizer()


def _words(text: str) -> list[str]:
    """The text through all rules and the word tokenizer."""
    from fastai.text.core import tokenize1

    return [str(word) for word in tokenize1(text, _splitter()) or ()]


@cache
def _counts(texts: tuple[str, ...]) -> Counter[str]:
    return Counter(word for text in texts for word in _words(text))


@cache
def examples() -> tuple[str, ...]:
    """The bundled example texts in English and what is said of them."""
    entries = [e for e in json.loads(EXAMPLES.read_text(encoding="utf-8")) if "world" not in e]
    return tuple(f"{entry['text']}\n{entry['why']}" for entry in entries)
