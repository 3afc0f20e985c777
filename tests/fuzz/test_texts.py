"""Any text: cut into pieces, read by a model, asked by a method, drawn and said, or refused in one sentence."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import models
from dashboard import figures
from dashboard.figures import look
from interpret import explain, find, record
from interpret.results import NotFinite
from interpret.sentences import bare, harmless, named, visible
from interpret.target import UNITS, every
from models.base import LanguageModel, Tokens
from models.refusals import Refusal
from models.text import Cutter
from models.words import WordCutter
from tests import families, tiny
from tests.fuzz import payloads
from tests.fuzz.amount import cases
from tests.fuzz.hostile import texts

TAGS = re.compile(r"<(?!br>|/?b>|/?i>|/?u>|/?sub>|/?sup>|/?extra>)")
PLACES = re.compile(r"%\{(?!x|y|z|customdata|text|label|marker)")
KINDS = ("gpt2", "bert", "bert-classifier", "lstm", "words", "characters")
SLOW = ("kernel_shap", "lime", "shapley_sampling", "attention_swapped", "tree")


def sentence(refusal: Exception) -> str:
    """What was said, if it is one that can be shown."""
    said = str(refusal)
    said.encode()
    assert said.strip() and "\n" not in said.strip() and len(said) < 2000, said[:300]
    return said


def is_whole(tokens: Tokens, text: str, vocabulary: int) -> None:
    """Every piece has a place in the text, in order, and a number the model knows."""
    starts, ends = tokens.spans[:, 0], tokens.spans[:, 1]
    assert len(tokens.ids) == len(tokens.shown) == len(tokens.spans) == len(tokens.words)
    assert (starts >= 0).all() and (starts <= ends).all() and (ends <= len(text)).all()
    assert (np.diff(starts) >= 0).all() and (np.diff(tokens.words) >= 0).all()
    assert ((tokens.ids >= 0) & (tokens.ids < vocabulary)).all()


@cache
def cutters() -> dict[str, Callable[[str], Tokens]]:
    """Everything that cuts texts here: the bundled tokenizers, those of other families, lists of words."""
    found: dict[str, Callable[[str], Tokens]] = {}
    for name in models.names():
        found.setdefault((models.folder(name) / "tokenizer.json").read_text()[:4000], Cutter(
            models.folder(name) / "tokenizer.json", 0).cut)  # fmt: skip
    found = {str(number): cut for number, cut in enumerate(found.values())}
    words = tuple(dict.fromkeys(("xxunk", "xxpad", "xxbos", "xxmaj", *" ".join(tiny.SENTENCES).split())))
    found["fastai"] = WordCutter(words, "fastai").cut
    found["spaces"] = WordCutter(words, "spaces", unknown="xxunk").cut
    found["characters"] = WordCutter(tuple("abc xyz\n"), "characters", unknown="z", start=1).cut
    return found


@cases(400, seconds=3.0)
@given(st.data(), texts())
def test_any_text_is_cut_or_refused(data: st.DataObject, text: str):
    cut = cutters()[data.draw(st.sampled_from(sorted(cutters())))]
    try:
        tokens = cut(text)
    except Refusal as refusal:
        sentence(refusal)
        return
    is_whole(tokens, text, 2**31)
    is_whole(tokens.cut(40), text, 2**31)


@cases(150, seconds=0.1)
@given(texts(2000))
def test_any_text_can_be_shown(text: str):
    for said in (visible(text), named(text), bare(text), look.label(text)):
        said.encode()
        assert "\x00" not in said and "\u202e" not in said
    assert not TAGS.search(look.label(text)) and "<" not in look.label(text)
    assert look.direction(text) in ("ltr", "rtl")
    assert str(harmless(text))[:1] not in tuple("=+-@\t\r\n＝＋－＠")


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, LanguageModel]:
    """A small model of each kind."""
    folder = tmp_path_factory.mktemp("small")
    found = {name: models.load(families.folder(folder / name, name)) for name in KINDS[:3]}
    found["lstm"] = tiny.lstm_model(folder)
    found["bert-classifier"].card = replace(
        found["bert-classifier"].card, classes=(*payloads.MARKUP[6:8], "%{meta}")
    )
    for split in ("words", "characters"):
        words = [" ".join(tiny.SENTENCES).split(), list("abcdefghijklmnopqrstuvwxyz .,'\n<>=")][
            split == "characters"
        ]
        model = tiny.lstm_model(folder)
        listed = tuple(dict.fromkeys(("<unk>", *words, *map(str, range(tiny.VOCABULARY)))))[: tiny.VOCABULARY]
        model._cutter = WordCutter(listed, "spaces" if split == "words" else split, unknown="<unk>", start=0)  # type: ignore[assignment,arg-type]
        found[split] = model
    return found


def strings(part: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """All texts in a picture, with the name each stands under."""
    if isinstance(part, str):
        yield key, part
    elif isinstance(part, dict):
        for name, one in part.items():
            yield from strings(one, str(name))
    elif isinstance(part, list | tuple | np.ndarray):
        for one in part:
            yield from strings(one, key)


def is_drawn(result: Any) -> None:
    """A picture in whose texts nothing is markup or a template, and sentences and files that can be written."""
    for key, text in strings(figures.draw(result).to_plotly_json()):
        text.encode()
        assert not TAGS.search(text), (result.method, key, text[:200])
        assert not PLACES.search(text) or "template" not in key, (result.method, key, text[:200])
    for said in (result.in_words(), result.shows(), result.check.in_words(), *result.notes):
        said.encode()
        assert said and "\u202e" not in said
    json.dumps(result.to_json(), allow_nan=False, ensure_ascii=False).encode()
    table = result.to_frame().map(harmless).to_csv(index=False)
    table.encode()


@cases(260, seconds=4.0)
@given(st.data(), texts(400))
def test_any_text_goes_all_the_way_down_or_is_refused(known, data: st.DataObject, text: str):
    model = known[data.draw(st.sampled_from(KINDS))]
    method = data.draw(st.sampled_from(sorted(find())))
    most = 8 if method in SLOW else 40
    try:
        tokens = model.encode(text).cut(min(most, model.card.context or most))
        is_whole(tokens, text, model.card.vocabulary)
        run = record(model, tokens)
        measure = data.draw(st.sampled_from(sorted(UNITS)))
        result = explain(run, method, every(run, measure))  # type: ignore[arg-type]
    except (Refusal, NotFinite) as refusal:
        sentence(refusal)
        return
    is_drawn(result)
