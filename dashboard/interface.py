"""What the interface says: one file of texts for each language, assets/texts/interface/<language>.json.

UNDERHOOD_LANGUAGE names the language. What its file does not have is said in English, which has everything.
"""

import json
import os
from functools import cache
from pathlib import Path

TEXTS = Path(__file__).parents[1] / "assets" / "texts" / "interface"
FIRST = "en"


def said(name: str, **filled: str) -> str:
    """The text of this name, "section.entry"; `filled` goes into its {places}.

    Raises:
        KeyError: No language has such a text.
    """
    chosen = texts(os.environ.get("UNDERHOOD_LANGUAGE", FIRST))
    found = chosen[name] if name in chosen else texts(FIRST)[name]
    return found.format(**filled) if filled else found


def section(name: str) -> dict[str, str]:
    """All texts of a section, in the order of the English file: entry -> text."""
    start = f"{name}."
    return {key.removeprefix(start): said(key) for key in texts(FIRST) if key.startswith(start)}


def question(path: str) -> str:
    """The question at the head of a page, by its address: its title in the menu, unless it has one of its own."""
    own = f"questions.{path}"
    return said(own if own in texts(FIRST) else f"pages.{path}")


@cache
def texts(language: str) -> dict[str, str]:
    """All texts of a language by name; none if there is no file of it."""
    known = {file.stem: file for file in TEXTS.glob("*.json")}
    if language not in known:
        return {}
    sections = json.loads(known[language].read_text(encoding="utf-8"))
    return {f"{part}.{entry}": text for part, entries in sections.items() for entry, text in entries.items()}
