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
    "ablate": {"units": "unit", "way": "way"},
    "select_units": {"places": "places", "kind": "kind"},
    "factors": {"count": "count", "layers": "layer"},
    "attention_norms": {"of": "of"},
}

STUDIES = {"over_texts": {"by": "method", "of": "of"}}  # options of studies, and their names in the address


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
            f"{before}from interpret import study\n\n"
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


def _options(method: str) -> str:
    """What the reader chose on the page, as arguments."""
    if method == "saliency_league":
        world = choices.kept("truth") or known_causes(choices.model())
        given = {"toys": ', world="toys"', "sentiment": ', data="data"'}.get(world, "")
        return given + (", count=6" if choices.kept("anew") == "True" else "")
    chosen = {name: choices.kept(written) for name, written in {**UNITS, **STUDIES}.get(method, {}).items()}
    given = {n: int(v) if n == "count" else v for n, v in chosen.items() if v and (n, v) != ("layers", "0")}
    return "".join(f", {name}={value!r}" for name, value in given.items())
