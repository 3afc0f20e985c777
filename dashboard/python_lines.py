"""The lines of Python that come to the numbers of a page; tests run them."""

from dashboard import cached, choices, shelf, worlds

TRAINING = (
    "from interpret import explain, record\n"
    "from models import load\n"
    "from models.__main__ import main\n\n"
    'main("train story-lstm --size tiny --minutes 3 --seed 1 --work work --out work/out".split())\n'
    'model = load("work/out")\n'
    'text = "Sofia works behind the mill. The benches near the shell"\n'
    'print(explain(record(model, text), "next_words").in_words())'
)

UNITS = {  # options of methods about units, and their names in the address
    "unit": {"unit": "unit"},
    "memory": {"units": "unit"},
    "ablate": {"units": "unit", "way": "held"},
    "select_units": {"places": "places", "kind": "kind"},
    "factors": {"count": "count", "layers": "layer"},
    "attention_norms": {"of": "of"},
    "tree": {"depth": "ahead", "children": "children"},
    "write_on": {"count": "length"},
    "counterfactual": {"budget": "budget", "moves": "moves"},
    "lens": {"reader": "reader"},
    "patching": {"other": "other", "source": "taken_from"},
}
WHOLE = {"text_map": ("layer",), "patching": ("source",)}  # further options that are whole numbers
NUMBERS = ("budget", "count", "depth", "children", "seed", "factors")

STUDIES = {  # options of studies, and their names in the address
    "text_map": {"how": "texts_by", "layer": "texts_layer"},
    "word_map": {"how": "how", "which": "which"},
    "map_trust": {"how": "how", "which": "which"},
    "word_contexts": {"word": "in_sentences"},
    "word_shift": {"other": "relative", "word": "moved"},
    "over_texts": {"by": "method", "of": "of"},
    "texts": {"source": "source", "seed": "draw"},
    "text_factors": {"source": "source", "seed": "draw", "factors": "count", "layers": "layer"},
}


def python_lines(method: str) -> str:
    """What to type for the reader's model and text."""
    if method == "training":
        return TRAINING
    before, model = shelf.opening(choices.model())
    text = choices.text()
    if method == "anatomy":
        return (
            f"{before}from interpret import record\n"
            "from interpret.anatomy import anatomy\n\n"
            f"found = anatomy(record({model}, {text!r}))\n"
            "for part in found.parts:\n"
            "    print(part.name, part.parameters, part.numbers, part.shapes)"
        )
    if method == "stages":
        place = shelf.whereabouts(choices.model())
        given = f", place={place!r}" if place else ""
        return (
            f"{before}from interpret import study\n\n"
            f'found = study({model}, "stages", text={text!r}{given})\n'
            "print(found.in_words())\n"
            "print(found.to_frame())"
        )
    if method == "grammar":
        return (
            f"{before}from interpret import study\n\n"
            f'found = study({model}, "grammar", count=40)\n'
            "print(found.in_words())\n"
            "print(found.to_frame())"
        )
    if cached.is_study(method):
        return (
            f"{before}from interpret import study\n\n{_own_file(method)}{_own_lines(method)}"
            f"found = study({model}, {method!r}{_options(method)})\n"
            "print(found.in_words())\n"
            "print(found.to_frame())"
        )
    return (
        f"{before}from interpret import every, explain, record\n\n"
        f"run = record({model}, {text!r})\n"
        f"result = explain(run, {method!r}, every(run, {choices.measure()!r}){_options(method)})\n"
        "print(result.to_frame())"
    )


def known_causes(name: str) -> str:
    """Whose true causes are known: of a model's own "storyland" or "sentiment", else of the "toys" alone."""
    if worlds.world(name) == "storyland":
        return "storyland"
    return "sentiment" if {"positive", "negative"} <= set(shelf.card(name).classes) else "toys"


def _own_file(method: str) -> str:
    """How a reader's own file of texts is read, if one is looked at."""
    own = choices.own_texts()
    if method not in ("texts", "text_factors") or choices.kept("source") != "own" or own is None:
        return ""
    return (
        "from pathlib import Path\n\nfrom interpret.corpus import uploads\n\n"
        f"file = Path({own.name!r})\nread = uploads.read(file.name, file.read_bytes(){own.how})\n"
    )


def _own_lines(method: str) -> str:
    """How texts that a reader pasted are read, if their map is looked at."""
    if method != "text_map" or not choices.lines("texts_lines"):
        return ""
    return 'from pathlib import Path\n\nlines = Path("lines.txt").read_text()  # what you pasted, one text a line\n'


def _options(method: str) -> str:
    """What the reader chose on the page, as arguments."""
    if method == "saliency_league":
        world = choices.kept("truth") or known_causes(choices.model())
        given = {"toys": ', world="toys"', "sentiment": ', data="data"'}.get(world, "")
        return given + (", count=6" if choices.kept("anew") == "True" else "")
    own = ", texts=read.texts, labels=read.labels" if _own_file(method) else ""
    own += ", lines=lines" if _own_lines(method) else ""
    chosen = {name: choices.kept(written) for name, written in {**UNITS, **STUDIES}.get(method, {}).items()}
    whole = (*NUMBERS, *WHOLE.get(method, ()))
    given = {n: int(v) if n in whole else v for n, v in chosen.items() if v and (n, v) != ("layers", "0")}
    if method == "patching" and (cell := choices.kept("patched")):
        given |= dict(zip(("layer", "place"), map(int, cell.split("-")), strict=True))
    if method == "write_on":
        heat, most, mass, seed = choices.dials(f"dials-{choices.model()}")
        given |= {"temperature": heat, "top_k": most, "top_p": mass, "seed": seed}
    if own:
        given = {name: value for name, value in given.items() if name not in ("source", "seed")}
    return own + "".join(f", {name}={value!r}" for name, value in given.items())
