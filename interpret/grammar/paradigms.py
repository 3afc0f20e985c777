"""The paradigms: what each rule is, in which lines it is tested, and the pairs those lines write.

All of it is our own writing, in assets/texts/pairs: words.json (the words, each one piece of the shared
tokenizer), english.json and storyland.json (the lines). A new paradigm is one more entry there.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from interpret.grammar import templates
from interpret.grammar.templates import Pair, Pools
from models.refusals import Refusal

FOLDER = Path(__file__).parents[2] / "assets" / "texts" / "pairs"
WORLDS = ("english", "storyland")
COUNT, SEED = 200, 7


@dataclass(frozen=True, kw_only=True)
class Paradigm:
    """One rule, tested in one way.

    `between`: how many nouns stand between subject and verb (None: the paradigm is not part of that curve),
    all of the other number, or with `same` all of the subject's own.
    """

    name: str
    title: str
    phenomenon: str  # what the table calls the rule
    rule: str
    templates: tuple[str, ...] = ()
    cut: str = ""  # Storyland: pairs are cut out of stories at this phenomenon
    attractors: tuple[int, int] = (0, 9)
    forms: str = ""
    between: int | None = None
    same: bool = False
    written: tuple[Pair, ...] = ()  # pairs from a file: nothing is generated

    def pairs(self, count: int = COUNT, seed: int = SEED) -> tuple[Pair, ...]:
        """The first `count` pairs of a seed; of a file, the first of it."""
        return self.written[:count] if self.written else _generated(self, count, seed)


@cache
def _generated(paradigm: Paradigm, count: int, seed: int) -> tuple[Pair, ...]:
    own = (seed, int.from_bytes(hashlib.sha256(paradigm.name.encode()).digest()[:4]))
    if not paradigm.cut:
        return tuple(templates.pairs(paradigm.templates, pools(_world_of(paradigm)), own, count))  # type: ignore[arg-type]
    from interpret.grammar.stories import cut_pairs

    return tuple(cut_pairs(paradigm.cut, own[0] + own[1], count, paradigm.attractors, paradigm.forms))


def _world_of(paradigm: Paradigm) -> str:
    return "storyland" if paradigm.name.startswith("story_") else "english"


@cache
def paradigms(world: str = "english") -> dict[str, Paradigm]:
    """The paradigms of a world by name, in the order of the table."""
    if world not in WORLDS:
        raise Refusal(f"There is no world {world!r}: choose one of {', '.join(WORLDS)}.")
    written = _read(world)
    return {
        entry["name"]: Paradigm(
            **{**entry, "phenomenon": written["phenomena"][entry["phenomenon"]], **_tuples(entry)}
        )
        for entry in written["paradigms"]
    }


def chosen(names: tuple[str, ...], world: str) -> list[Paradigm]:
    """The named paradigms, or all of a world; refuses unknown names."""
    known = paradigms(world)
    if wrong := [name for name in names if name not in known]:
        raise Refusal(f"There is no paradigm {wrong[0]!r} in {world}: choose of {', '.join(known)}.")
    return [known[name] for name in names] if names else list(known.values())


def _tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(entry[key]) for key in ("templates", "attractors") if key in entry}


@cache
def pools(world: str = "english") -> Pools:
    """The words of a world, each with its forms."""
    if world == "storyland":
        from interpret.grammar.stories import pools as of_storyland

        return of_storyland()
    return {name: [tuple(word.split("/")) for word in line.split()] for name, line in _read("words").items()}


@cache
def digest(world: str) -> str:
    """Which words and lines the pairs of a world are made from."""
    files = ("words", "english") if world == "english" else ("storyland",)
    return hashlib.sha256("\n".join(json.dumps(_read(file)) for file in files).encode()).hexdigest()


def _read(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
