"""What the interface says: a folder of texts for each language, assets/texts/interface/<language>/*.json.

UNDERHOOD_LANGUAGE names the language. What its folder does not have is said in English, which has everything.
A file is `{section: {entry: text}}`; a text's name is "section.entry", and what it is filled with stands in {braces}.
The scripts of a component say theirs by the same names, from the section "script-<its file>". What `interpret` says
of its results (checks, limits, refusals, names of methods) is that library's and in English.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).parents[1] / "assets" / "texts" / "interface"
NOTES = (
    TEXTS.parent / "notes"
)  # how to read each picture, and what it does not tell: a folder for each language too
FIRST = "en"


def says(name: str, /, **filled: object) -> str:
    """The text of this name, "section.entry"; `filled` goes into its {places}, which may say how: {share:.2f}.

    Raises:
        KeyError: No language has such a text.
    """
    found = _unfilled(name)
    return found.format(**filled) if filled else found


def section(name: str) -> dict[str, str]:
    """All texts of a section as they are written, in the order of the English file: entry -> text."""
    start = f"{name}."
    return {key.removeprefix(start): _unfilled(key) for key in texts(FIRST) if key.startswith(start)}


def question(path: str) -> str:
    """The question at the head of a page, by its address: its title in the menu, unless it has one of its own."""
    own = f"questions.{path}"
    return says(own if own in texts(FIRST) else f"pages.{path}")


def layer_name(layer: int) -> str:
    """What a layer is called in pictures and sentences; 0 is the embedding."""
    return says("layers.embedding") if layer == 0 else says("layers.layer", layer=layer)


def language() -> str:
    """The language that was asked for."""
    return os.environ.get("UNDERHOOD_LANGUAGE", FIRST)


def _unfilled(name: str) -> str:
    chosen = texts(language())
    return chosen[name] if name in chosen else texts(FIRST)[name]


@cache
def texts(language: str) -> dict[str, str]:
    """All texts of a language by name; none if there is no folder of it."""
    return {
        f"{part}.{entry}": text
        for part, entries in _merged(TEXTS, language).items()
        for entry, text in entries.items()
    }


def notes() -> dict[str, dict[str, Any]]:
    """How to read each picture and what it does not tell, by name; in English where the language has none."""
    return _merged(NOTES, FIRST) | _merged(NOTES, language())


@cache
def _merged(place: Path, language: str) -> dict[str, Any]:
    known = {folder.name: folder for folder in place.iterdir() if folder.is_dir()}
    files = sorted(known[language].glob("*.json")) if language in known else []
    return {
        name: held for file in files for name, held in json.loads(file.read_text(encoding="utf-8")).items()
    }
